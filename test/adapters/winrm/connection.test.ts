import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../src/adapters/winrm/endpoint.ts';
import type { OpsError } from '../../../src/domain/errors.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { TestAuthority } from '../../fakes/winrm/certificates.ts';
import type { FakeOptions } from '../../fakes/winrm/host.ts';
import { type Bench, bench, failure, NTLM, PASSWORD, run, until } from './support.ts';

let authority: TestAuthority;
let ways: Record<string, () => Promise<Bench>>;

beforeAll(() => {
  authority = new TestAuthority();
  const server = authority.issue('server', 'IP:127.0.0.1');
  const rsa = { ...authority.issue('rsa-server', 'IP:127.0.0.1', { rsa: true, digest: 'sha384' }), digest: 'sha384' };
  const client = authority.issue('zapas', 'otherName:1.3.6.1.4.1.311.20.2.3;UTF8:zapas@localhost');
  const trust = { kind: 'ca', pem: authority.pem } as const;
  const sha256 = new X509Certificate(server.certificate).fingerprint256;
  const secure = (login: Endpoint['login'], options: FakeOptions = {}) =>
    bench({ tls: server, ...options }, { scheme: 'https', trust, login });
  ways = {
    'http, NTLM with sealing': () => bench(),
    'https, NTLM with channel binding': () => secure(NTLM),
    'https, NTLM, certificate with RSA and SHA-384': () => secure(NTLM, { tls: rsa }),
    'https, NTLM, pinned certificate': () =>
      bench({ tls: server }, { scheme: 'https', login: NTLM, trust: { kind: 'pin', sha256 } }),
    'https, Basic': () => secure({ kind: 'basic', user: 'zapas', password: NTLM.password }, { methods: ['Basic'] }),
    'https, client certificate': () =>
      secure(
        { kind: 'certificate', certificate: client.certificate, key: new Secret(client.key) },
        { tls: { ...server, clientAuthority: authority.pem } },
      ),
  };
});

afterAll(() => authority.remove());

describe.each([
  'http, NTLM with sealing',
  'https, NTLM with channel binding',
  'https, NTLM, certificate with RSA and SHA-384',
  'https, NTLM, pinned certificate',
  'https, Basic',
  'https, client certificate',
])('%s', (name) => {
  const open = (): Promise<Bench> => ways[name]?.() ?? Promise.reject(new Error(name));

  it('gives exit code, output and errors of a command', async () => {
    const { connection } = await open();
    const { code, stdout, stderr } = await run(connection, 'echo "zażółć <&>"; echo oops >&2; exit 7');
    expect({ code, out: Buffer.from(stdout).toString(), err: Buffer.from(stderr).toString() }).toEqual({
      code: 7,
      out: 'zażółć <&>\n',
      err: 'oops\n',
    });
  });

  it('carries bytes both ways at once, unchanged', async () => {
    const { connection } = await open();
    const stdin = randomBytes(700_000);
    const { stdout } = await run(connection, 'cat', { stdin });
    expect(createHash('sha256').update(stdout).digest('hex')).toBe(createHash('sha256').update(stdin).digest('hex'));
  });

  it('logs each connection in once and keeps its shell for the next commands', async () => {
    const { connection, host } = await open();
    for (let index = 0; index < 10; index += 1) await run(connection, 'true');
    expect(host.count('Create')).toBe(1);
    expect(host.connections).toBeLessThanOrEqual(3);
    expect(host.logins).toBe(name.includes('client certificate') ? 0 : host.connections);
  });
});

describe('a command', () => {
  it('that reads its standard input finds its end, also when there is none to send', async () => {
    const { connection } = await bench();
    expect((await run(connection, 'wc -c')).stdout.toString().trim()).toBe('0');
  });

  it('that does not read its input ends as it ends', async () => {
    const { connection } = await bench();
    expect((await run(connection, 'exit 3', { stdin: randomBytes(2_000_000) })).code).toBe(3);
  });

  it('that is silent for longer than the poll is polled (the fault 2150858793)', async () => {
    const { connection, host } = await bench({}, {}, { pollMs: 40 });
    expect((await run(connection, 'sleep 0.4; echo done')).stdout.toString()).toBe('done\n');
    expect(host.count('Receive')).toBeGreaterThan(2);
  });

  it('arrives as it was written: quotes, markup, line ends, tabs', async () => {
    const { connection } = await bench();
    const text = `printf %s "a'b<c>&amp;\td\ne\rf" | od -An -tx1 | tr -d ' \\n'`;
    expect((await run(connection, text)).stdout.toString()).toBe(Buffer.from("a'b<c>&amp;\td\ne\rf").toString('hex'));
  });

  it('with characters that no XML can carry is refused before anything is sent', async () => {
    const { connection, host } = await bench();
    const error = await failure(run(connection, 'echo \u0000'));
    expect(error.code).toBe('input.invalid');
    expect(host.count('Command')).toBe(0);
  });
});

describe('many commands at once', () => {
  it('use at most four shells, below the host’s quota, and all succeed', async () => {
    const { connection, host } = await bench({ quota: 5 });
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => run(connection, `sleep 0.02; echo ${index}`)),
    );
    expect(results.map(({ stdout }) => Number(stdout.toString()))).toEqual(
      Array.from({ length: 20 }, (_, index) => index),
    );
    expect(host.shells.peak).toBeLessThanOrEqual(4);
    expect(host.logins).toBe(host.connections);
  });

  it('wait for a place when others use the quota up, and say host.quota when it does not get free', async () => {
    const { connection, host } = await bench({ quota: 1 });
    const other = host.shells.create({}, undefined);
    expect((await failure(run(connection, 'true'))).code).toBe('host.quota');
    expect(host.count('Create')).toBe(3);
    host.shells.delete(other.id);
    expect((await run(connection, 'echo free')).stdout.toString()).toBe('free\n');
  });
});

describe('a command that is given up', () => {
  it('by an abort ends on the host, with everything it started', async () => {
    const { connection, host } = await bench();
    const stop = new AbortController();
    const running = failure(run(connection, 'sleep 60 & sleep 60; echo never', { signal: stop.signal }));
    await until(() => host.count('Receive') > 0);
    const [command] = [...host.shells.all.values()].flatMap((shell) => [...shell.commands.values()]);
    stop.abort();
    expect((await running).code).toBe('exec.aborted');
    expect(host.shells.all.size).toBe(0);
    await until(() => !groupAlive(command?.pid));
  });

  it('by its time-out does too', async () => {
    const { connection, host } = await bench();
    const error = await failure(run(connection, 'sleep 60', { timeoutMs: 200 }));
    expect(error.code).toBe('exec.timeout');
    expect(host.shells.all.size).toBe(0);
  });

  it('before it started never starts', async () => {
    const { connection, host } = await bench();
    const stop = new AbortController();
    stop.abort();
    expect((await failure(run(connection, 'echo never', { signal: stop.signal }))).code).toBe('exec.aborted');
    expect(host.count('Command')).toBe(0);
  });

  it('while it waits for a place leaves no gap behind', async () => {
    const { connection, host } = await bench({}, {}, { shells: 1 });
    const first = run(connection, 'sleep 0.3');
    await until(() => host.count('Receive') > 0);
    const stop = new AbortController();
    const waiting = failure(run(connection, 'echo never', { signal: stop.signal }));
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    expect((await waiting).code).toBe('exec.aborted');
    await first;
    expect((await run(connection, 'echo third')).stdout.toString()).toBe('third\n');
    expect(host.count('Command')).toBe(2);
  });

  it('leaves the connection fit for the next one', async () => {
    const { connection } = await bench();
    await failure(run(connection, 'sleep 60', { timeoutMs: 100 }));
    expect((await run(connection, 'echo next')).stdout.toString()).toBe('next\n');
  });
});

describe('a host that changes between commands', () => {
  it('ended the shell: the command runs in a new one', async () => {
    const { connection, host } = await bench();
    await run(connection, 'true');
    await until(() => host.count('Signal') > 0);
    host.shells.clear();
    expect((await run(connection, 'echo again')).stdout.toString()).toBe('again\n');
    expect(host.count('Create')).toBe(2);
  });

  it('cut the connections: they are opened and logged in anew', async () => {
    const { connection, host } = await bench();
    await run(connection, 'true');
    await until(() => host.count('Signal') > 0);
    host.cutAll();
    // A command that met the cut itself is not known to have run; it is never tried again by itself.
    const first = await run(connection, 'echo again').catch((error: OpsError) => error);
    expect('code' in first && first.code).toBeOneOf([0, 'exec.outcome-unknown']);
    expect((await run(connection, 'echo again')).stdout.toString()).toBe('again\n');
    expect(host.count('Command')).toBeLessThanOrEqual(3);
    expect(host.logins).toBe(host.connections);
  });
});

describe('closing', () => {
  it('deletes the shells; a later command opens everything anew', async () => {
    const { connection, host } = await bench();
    await run(connection, 'true');
    await connection.close();
    expect(host.shells.all.size).toBe(0);
    expect((await run(connection, 'echo anew')).stdout.toString()).toBe('anew\n');
  });
});

it('the password is in no error', async () => {
  const { connection } = await bench({ accounts: [] });
  const error = await failure(run(connection, 'true'));
  expect(JSON.stringify([error, error.message, String(error.cause), error.params])).not.toContain(PASSWORD);
});

function groupAlive(pid: number | undefined): boolean {
  try {
    process.kill(-(pid ?? 0), 0);
    return true;
  } catch {
    return false;
  }
}
