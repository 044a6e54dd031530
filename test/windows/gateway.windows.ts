import { createHash, randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWindowsGateway } from '../../src/adapters/gateway/windows-gateway.ts';
import { createWinrmConnection } from '../../src/adapters/winrm/connection.ts';
import type { CommandLine } from '../../src/domain/command.ts';
import { text } from '../../src/domain/command.ts';
import { inventorySchema } from '../../src/domain/inventory.ts';
import type { Fence, HostGateway, Hosts } from '../../src/domain/ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { WriteChange } from '../../src/domain/step.ts';
import { examineHosts } from '../../src/main/doctor.ts';
import { BIN, DATA, follow, lab, password, TRANSPORTS, windowsHost } from './bench.ts';

/** What the gateway contract asks of Linux hosts, asked of a Windows host in its own words (test/contracts/gateway.ts). */
const cmd = (line: string, timeoutMs = 60_000): CommandLine => ({ argv: ['cmd', '/d', '/c', line], timeoutMs });
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
const newId = (): string => `windows.${randomInt(1e9)}.job`;
const { signal } = new AbortController();

let hosts: Hosts;
let gateway: HostGateway;
/** Waits a second for the lock, not a minute. */
let hasty: HostGateway;
let closeHasty: () => Promise<void>;
const fences = (): ((token: number | string) => Fence) => {
  const resource = `windows-${randomInt(1e9)}`;
  return (token) => ({ resource, token: `${token}` });
};
const write = (
  change: Partial<WriteChange> & { readonly path: string },
  fence = fences()(1),
): Promise<Uint8Array | undefined> =>
  gateway.write({ kind: 'write', host: 'primary', content: '', ifHash: 'absent', ...change }, fence, signal);
const processes = async (): Promise<string> => text((await gateway.ask(cmd('tasklist'), signal)).stdout);

beforeAll(async () => {
  const made = windowsHost('primary', 'NTLM in TLS');
  hosts = made.hosts;
  gateway = hosts.gateway(made.host);
  const { address } = made.host;
  const connection = createWinrmConnection('primary', async () => ({
    scheme: 'http',
    host: address,
    port: 5985,
    login: { kind: 'ntlm', user: 'LAB\\zapas', password: new Secret(password()) },
  }));
  hasty = createWindowsGateway(made.host, connection, 1);
  closeHasty = () => connection.close();
});
afterAll(async () => {
  await Promise.all([hosts?.close(), closeHasty?.()]);
});

describe('the ways into a Windows host', () => {
  it.each(Object.keys(TRANSPORTS) as (keyof typeof TRANSPORTS)[])('%s', async (way) => {
    const made = windowsHost('standby', way);
    try {
      const { code, stdout } = await made.hosts.gateway(made.host).ask(cmd('exit 3'), signal);
      expect([code, stdout.length]).toEqual([3, 0]);
    } finally {
      await made.hosts.close();
    }
  });

  it('zapas doctor sees an administrator behind each of them', async () => {
    const made = windowsHost('standby', 'sealed NTLM');
    try {
      const inventory = inventorySchema.parse({ sites: {}, people: {}, hosts: { standby: made.settings } });
      expect(await examineHosts(inventory, made.hosts)).toEqual([{ what: 'host', subject: 'standby' }]);
    } finally {
      await made.hosts.close();
    }
  });

  it('a host without power is unreachable, and answers again when it is back', async () => {
    const made = windowsHost('standby', 'NTLM in TLS');
    const standby = made.hosts.gateway(made.host);
    try {
      await lab.powerOff('standby');
      await expect(standby.ask(cmd('exit 0'), signal)).rejects.toMatchObject({ code: 'host.unreachable' });
      await lab.boot('standby');
      await expect.poll(() => standby.reach(5986, signal), { timeout: 60_000 }).toBe(true);
      expect((await standby.ask(cmd('exit 0'), signal)).code).toBe(0);
    } finally {
      await made.hosts.close();
    }
  });
});

describe('a Windows host is asked', () => {
  it('by its own programs, from paths with blanks, brackets and Polish letters', async () => {
    const argv = [`${BIN}\\pg_controldata.exe`, '-D', DATA] as const;
    const { code, stdout } = await gateway.ask({ argv, env: { LC_ALL: 'C' }, timeoutMs: 60_000 }, signal);
    expect(code).toBe(0);
    expect(text(stdout)).toContain('Database cluster state:               in production');
  });

  it('with any argument, any environment and any standard input, byte for byte', async () => {
    // psql takes its arguments in the code page of the machine, so what that lacks is not among them.
    const words = ['', 'a b', '"', '\\', 'a\\', 'a b\\', '\\"', 'a\\\\"b', '%PATH%', '^&|<>!', 'zażółć', '-x', "it's"];
    const named = words.flatMap((word, at) => ['-v', `w${at}=${word}`]);
    const command: CommandLine = {
      argv: [`${BIN}\\psql.exe`, '-XAtq', '-h', '127.0.0.1', '-U', 'postgres', '-d', 'postgres', ...named],
      env: { PGPASSWORD: password(), PGCLIENTENCODING: 'UTF8', PGAPPNAME: 'a%PATH%"b' },
      stdin: `${words.map((_, at) => `\\echo [:w${at}]`).join('\n')}\nselect current_setting('application_name'), 'gęś';\n`,
      timeoutMs: 60_000,
    };
    const { code, stdout, stderr } = await gateway.ask(command, signal);
    expect([code, text(stderr)]).toEqual([0, '']);
    const said = new TextDecoder('windows-1250').decode(stdout).split('\r\n');
    expect(said.slice(0, words.length)).toEqual(words.map((word) => `[${word}]`));
    expect(text(stdout).split('\r\n').at(-2)).toBe('a%PATH%"b|gęś');
  });

  it('for a program that is not there, which is 127', async () => {
    const { code, stderr } = await gateway.ask({ argv: ['zapas-no-such-program'], timeoutMs: 20_000 }, signal);
    expect([code, text(stderr)]).toEqual([127, expect.stringContaining('zapas-no-such-program')]);
  });

  it('until the time is over; then nothing of it runs', async () => {
    await expect(gateway.ask(cmd('ping -n 300 127.0.0.1', 1_500), signal)).rejects.toMatchObject({
      code: 'exec.timeout',
      params: { host: 'primary', seconds: 1.5 },
    });
    await expect.poll(processes, { timeout: 20_000 }).not.toContain('ping.exe');
  });

  it.each(['tool.bat', 'C:\\x\\TOOL.CMD'])(
    'never for a batch file, whose arguments cmd would read: %s',
    async (program) => {
      await expect(gateway.ask({ argv: [program], timeoutMs: 5_000 }, signal)).rejects.toMatchObject({
        code: 'input.invalid',
      });
    },
  );
});

describe('the fence on a Windows host', () => {
  it('lets the same and newer tokens of 64 bits through and refuses older ones', async () => {
    const fence = fences();
    for (const token of ['9', '9', '18446744073709551614'])
      expect((await gateway.exec(cmd('exit 0'), fence(token), signal)).code).toBe(0);
    await expect(gateway.exec(cmd('exit 0'), fence('9223372036854775807'), signal)).rejects.toMatchObject({
      code: 'host.fenced',
      params: { token: '18446744073709551614' },
    });
  });

  it('lets one change run at a time', async () => {
    const fence = fences();
    const step = cmd('echo in>>C:\\serial& ping -n 2 127.0.0.1 >nul& echo out>>C:\\serial');
    await Promise.all(Array.from({ length: 3 }, () => gateway.exec(step, fence(1), signal)));
    expect(text((await gateway.read('C:\\serial', signal)) ?? Buffer.alloc(0))).toBe('in\r\nout\r\n'.repeat(3));
  });

  it('says that the host is busy when the change before does not end', async () => {
    const fence = fences();
    const slow = gateway.exec(cmd('echo x>C:\\slow& ping -n 25 127.0.0.1 >nul'), fence(1), signal);
    await expect.poll(() => gateway.read('C:\\slow', signal), { timeout: 30_000 }).toBeDefined();
    await expect(hasty.exec(cmd('exit 0'), fence(2), signal)).rejects.toMatchObject({ code: 'host.busy' });
    expect((await slow).code).toBe(0);
  });
});

describe('files of a Windows host', () => {
  const path = `D:\\zażółć (${randomInt(1e9)}).conf`;

  it('are read byte by byte; undefined where there is none', async () => {
    await lab.run('primary', `printf 'a\\0\\377\\r\\n' >/opt/mmedica/bytes; chown windows /opt/mmedica/bytes`);
    expect(await gateway.read('D:\\bytes', signal)).toEqual(Buffer.from([97, 0, 255, 13, 10]));
    expect(await gateway.read('D:\\none', signal)).toBeUndefined();
    await expect(gateway.read('D:\\certs', signal)).rejects.toMatchObject({ code: 'fact.unreadable' });
  });

  it('are made and replaced as given, without a byte order mark, and nothing stays beside them (H21)', async () => {
    expect(await write({ path, content: 'zażółć\n' })).toBeUndefined();
    expect(text((await write({ path, content: 'gęś\r\n', ifHash: sha256('zażółć\n') })) ?? Buffer.alloc(0))).toBe(
      'zażółć\n',
    );
    expect(await gateway.read(path, signal)).toEqual(Buffer.from('gęś\r\n'));
    expect((await lab.run('primary', 'ls -A /opt/mmedica | grep -F .zapas; :')).stdout).toBe('');
  });

  it('are not touched when they are not what the plan saw', async () => {
    for (const ifHash of ['absent', sha256('plan')])
      await expect(write({ path, content: 'mine', ifHash })).rejects.toMatchObject({
        code: 'file.changed',
        params: { path, found: sha256('gęś\r\n') },
      });
    await expect(write({ path: 'D:\\gone', ifHash: sha256('x') })).rejects.toMatchObject({ code: 'file.changed' });
  });

  it('of two writers who saw the same file one wins', async () => {
    const fence = fences()(1);
    const tries = await Promise.allSettled(
      ['one', 'two'].map((content) => write({ path, content, ifHash: sha256('gęś\r\n') }, fence)),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('are put back when their validation refuses them', async () => {
    const before = await gateway.read(path, signal);
    const change = { path, content: 'bad', ifHash: sha256(text(before ?? Buffer.alloc(0))) };
    const validate = { command: cmd('echo line 1 is bad'), rejected: 'pg-hba.rejected' } as const;
    await expect(write({ ...change, validate })).rejects.toMatchObject({
      code: 'pg-hba.rejected',
      params: { detail: 'line 1 is bad' },
    });
    expect(await gateway.read(path, signal)).toEqual(before);
    await write({ ...change, validate: { ...validate, command: cmd('exit 0') } });
    expect(await gateway.read(path, signal)).toEqual(Buffer.from('bad'));
    expect((await lab.run('primary', 'ls -A /opt/mmedica | grep -F .zapas; :')).stdout).toBe('');
  });

  it('obey the fence', async () => {
    const fence = fences();
    await gateway.exec(cmd('exit 0'), fence(5), signal);
    await expect(write({ path: 'D:\\late' }, fence(4))).rejects.toMatchObject({ code: 'host.fenced' });
  });

  it('a directory that is not there is no reason to make one', async () => {
    await expect(write({ path: 'D:\\no\\file' })).rejects.toMatchObject({ code: 'file.write-failed' });
  });
});

describe('jobs on a Windows host', () => {
  it('run to their end without us, and give output and exit code by offset', async () => {
    const id = newId();
    const line = 'sort& echo err 1>&2& ping -n 3 127.0.0.1 >nul& exit 7';
    await gateway.startJob(id, { ...cmd(line), stdin: new Secret('b\r\na\r\n') }, fences()(1), signal);
    const { output, last } = await follow(gateway, id);
    // The outputs are two pipes there: each is in order, but not beside the other.
    expect([output.split(/\s+/).filter(Boolean).toSorted(), last.state, last.code]).toEqual([
      ['a', 'b', 'err'],
      'exited',
      7,
    ]);
    await gateway.removeJob(id, signal);
    expect(await gateway.pollJob(id, 0, signal)).toMatchObject({ state: 'absent', offset: 0 });
  });

  it('started by three at once run once', async () => {
    const [id, fence] = [newId(), fences()(1)];
    const command = cmd(`echo run>>C:\\once.${id}& exit 3`);
    await Promise.all(Array.from({ length: 3 }, () => gateway.startJob(id, command, fence, signal)));
    expect((await follow(gateway, id)).last).toMatchObject({ state: 'exited', code: 3 });
    expect(text((await gateway.read(`C:\\once.${id}`, signal)) ?? Buffer.alloc(0))).toBe('run\r\n');
    await gateway.removeJob(id, signal);
  });

  it('do not keep the lock, are ended with everything they started, and never start again', async () => {
    const [id, fence] = [newId(), fences()];
    await gateway.startJob(id, cmd('cmd /c ping -n 500 127.0.0.1'), fence(1), signal);
    await expect.poll(processes, { timeout: 30_000 }).toContain('ping.exe');
    await expect(gateway.removeJob(id, signal)).rejects.toMatchObject({ code: 'exec.failed' });
    await gateway.cancelJob(id, fence(2), signal);
    expect(await processes()).not.toContain('ping.exe');
    expect((await gateway.pollJob(id, 0, signal)).state).toBe('vanished');
    await gateway.startJob(id, cmd('echo again>C:\\again'), fence(2), signal);
    expect((await gateway.pollJob(id, 0, signal)).state).toBe('vanished');
    expect(await gateway.read('C:\\again', signal)).toBeUndefined();
    await gateway.removeJob(id, signal);
  });

  it('end by themselves when their time is over', async () => {
    const id = newId();
    await gateway.startJob(id, cmd('ping -n 500 127.0.0.1', 1_500), fences()(1), signal);
    expect((await follow(gateway, id)).last).toMatchObject({ state: 'exited', code: 124 });
    await gateway.removeJob(id, signal);
  });
});
