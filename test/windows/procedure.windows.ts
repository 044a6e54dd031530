import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandLine } from '../../src/domain/command.ts';
import { text } from '../../src/domain/command.ts';
import type { HostGateway, Hosts } from '../../src/domain/ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import { decodeLog } from '../../src/runbooks/postgres/log/decode.ts';
import { parseProgress } from '../../src/runbooks/postgres/progress.ts';
import { BIN, DATA, follow, lab, password, windowsHost } from './bench.ts';

/**
 * Chapter 3.4 of the manual and a failover on a Windows pair, each row by hand through the gateway: the ground that the runbooks stand on.
 */
const { signal } = new AbortController();
const fence = { resource: 'windows-procedure', token: '1' };
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let opened: readonly Hosts[] = [];
let primary: HostGateway;
let standby: HostGateway;

function tool(name: string, ...words: readonly string[]): CommandLine {
  return { argv: [`${BIN}\\${name}.exe`, ...words], env: { LC_ALL: 'C' }, timeoutMs: 120_000 };
}

/** The password is in a file, as on a customer's host: the environment of a process can be read by others. */
function psql(statements: string): CommandLine {
  const command = tool(
    'psql',
    '-XAtqw',
    '-v',
    'ON_ERROR_STOP=1',
    '-h',
    '127.0.0.1',
    '-U',
    'postgres',
    '-d',
    'postgres',
  );
  return { ...command, env: { LC_ALL: 'C', PGPASSFILE: 'D:\\certs\\pgpass.conf' }, stdin: statements };
}

async function said(gateway: HostGateway, command: CommandLine): Promise<string> {
  const { code, stdout, stderr } = await gateway.exec(command, fence, signal);
  if (code !== 0) throw new Error(`${command.argv.join(' ')}: ${text(stderr)}${text(stdout)}`);
  return text(stdout).trim();
}

async function content(gateway: HostGateway, path: string): Promise<Uint8Array> {
  const bytes = await gateway.read(path, signal);
  if (!bytes) throw new Error(`${path} is not there`);
  return bytes;
}

/** H27: the service manager's word is not enough, so the server is asked. */
async function accepts(gateway: HostGateway): Promise<void> {
  await expect
    .poll(async () => (await gateway.ask(tool('pg_isready', '-q', '-h', '127.0.0.1'), signal)).code, {
      timeout: 90_000,
    })
    .toBe(0);
}

beforeAll(async () => {
  const hosts = (['primary', 'standby'] as const).map((name) => windowsHost(name, 'NTLM in TLS'));
  opened = hosts.map((one) => one.hosts);
  [primary, standby] = hosts.map((one) => one.hosts.gateway(one.host)) as [HostGateway, HostGateway];
  const passfile = new Secret(`*:*:*:postgres:${password()}\n*:*:*:replication:${password()}\n`);
  const path = 'D:\\certs\\pgpass.conf';
  for (const gateway of [primary, standby]) {
    if (await gateway.read(path, signal)) continue;
    await gateway.write({ kind: 'write', host: '', path, content: passfile, ifHash: 'absent' }, fence, signal);
  }
});
afterAll(() => Promise.all(opened.map((hosts) => hosts.close())));

describe('the procedure on a Windows pair', () => {
  it('M10, M11, M12: the primary listens, lets the standby in by certificate and password, and is restarted', async () => {
    await said(primary, psql(`create role replication login replication password '${password()}';\n`));
    const edit = async (file: string, line: string, problems: string): Promise<void> => {
      const path = `${DATA}\\${file}`;
      const before = await content(primary, path);
      const validate = { command: psql(`${problems};\n`), rejected: 'pg-hba.rejected' } as const;
      const change = { path, content: `${text(before)}${line}\n`, ifHash: sha256(before), validate };
      await primary.write({ kind: 'write', host: 'primary', ...change }, fence, signal);
    };
    const { address } = lab.host('standby');
    await edit(
      'postgresql.conf',
      "listen_addresses = '*'",
      'select error from pg_file_settings where error is not null',
    );
    await edit(
      'pg_hba.conf',
      `hostssl replication replication ${address}/32 scram-sha-256 clientcert=verify-ca`,
      'select error from pg_hba_file_rules where error is not null',
    );
    for (const verb of ['stop', 'start'])
      await said(primary, { argv: ['net', verb, 'postgresmm-17'], timeoutMs: 120_000 });
    await accepts(primary);
    expect(await said(primary, psql('show listen_addresses;\n'))).toBe('*');
  });

  it('M11: a pg_hba.conf that the server would not take does not stay (H20)', async () => {
    const path = `${DATA}\\pg_hba.conf`;
    const before = await content(primary, path);
    const problems = 'select error from pg_hba_file_rules where error is not null;\n';
    const validate = { command: psql(problems), rejected: 'pg-hba.rejected' } as const;
    const change = { path, content: `${text(before)}hostssl nonsense\n`, ifHash: sha256(before), validate };
    await expect(primary.write({ kind: 'write', host: 'primary', ...change }, fence, signal)).rejects.toMatchObject({
      code: 'pg-hba.rejected',
    });
    expect(await content(primary, path)).toEqual(before);
  });

  it('M14, M15: the base backup runs as a detached job with progress, its password from a file', async () => {
    const source = `host=${lab.host('primary').address} user=replication sslmode=verify-ca sslrootcert=D:/certs/root.crt sslcert=D:/certs/replication.crt sslkey=D:/certs/replication.key`;
    const words = ['--pgdata', DATA, '--format=p', '--write-recovery-conf', '--checkpoint=fast', '--label=mmedica'];
    const command: CommandLine = {
      ...tool('pg_basebackup', ...words, '--progress', '--no-password', '--dbname', source),
      env: { LC_ALL: 'C', PGPASSFILE: 'D:\\certs\\pgpass.conf' },
      timeoutMs: 600_000,
    };
    await said(standby, { argv: ['cmd', '/d', '/c', 'mkdir', 'D:\\Zażółć gęślą'], timeoutMs: 30_000 });
    await standby.startJob('procedure.basebackup', command, fence, signal);
    const { output, last } = await follow(standby, 'procedure.basebackup');
    expect([last.state, last.code, output]).toEqual(['exited', 0, expect.any(String)]);
    expect(parseProgress(output)).toMatchObject({ percent: 100 });
    await standby.removeJob('procedure.basebackup', signal);
    expect(text(await content(standby, `${DATA}\\postgresql.auto.conf`))).toMatch(/^primary_conninfo = .*passfile=/m);
  });

  it('M07, M16: the service is registered, starts, and the standby streams', async () => {
    await said(standby, tool('pg_ctl', 'register', '-N', 'postgresmm-17', '-D', DATA, '-w', '-t', '300'));
    await said(standby, { argv: ['net', 'start', 'postgresmm-17'], timeoutMs: 180_000 });
    await accepts(standby);
    await expect
      .poll(() => said(primary, psql('select state from pg_stat_replication;\n')), { timeout: 60_000 })
      .toBe('streaming');
  });

  it('M17: the log that the server itself names says so (H43, H44)', async () => {
    const files = text(await content(standby, `${DATA}\\current_logfiles`));
    const [, file = ''] = /^stderr (.*?)\r?$/m.exec(files) ?? [];
    const log = decodeLog(await content(standby, `${DATA}\\${file.replaceAll('/', '\\')}`));
    expect(log.map((line) => line.text).join('\n')).toMatch(/started streaming WAL from primary/);
  });

  it('M18: it is read-only and follows', async () => {
    await said(primary, psql("create table visits (note text); insert into visits values ('zażółć');\n"));
    await expect
      .poll(async () => text((await standby.ask(psql('select note from visits;\n'), signal)).stdout).trim(), {
        timeout: 60_000,
      })
      .toBe('zażółć');
    await expect(said(standby, psql("insert into visits values ('x');\n"))).rejects.toThrow(/read-only transaction/);
  });

  it('M19–M23: with the primary dead it is promoted, cleaned up and takes writes on a timeline of its own', async () => {
    await lab.powerOff('primary');
    await said(standby, tool('pg_ctl', 'promote', '-D', DATA, '-w'));
    await said(standby, psql('alter system reset primary_conninfo;\nselect pg_reload_conf();\n'));
    await said(standby, { argv: ['cmd', '/d', '/c', 'mkdir', 'D:\\aside'], timeoutMs: 30_000 });
    await said(standby, { argv: ['cmd', '/d', '/c', 'move', `${DATA}\\backup_*`, 'D:\\aside'], timeoutMs: 30_000 });
    await said(standby, psql("insert into visits values ('after');\n"));
    expect(await said(standby, psql('select count(*), pg_is_in_recovery() from visits;\n'))).toBe('2|f');
    expect(await said(standby, psql('select timeline_id from pg_control_checkpoint();\ncheckpoint;\n'))).toMatch(
      /^\d$/,
    );
    expect(text(await content(standby, `${DATA}\\postgresql.auto.conf`))).not.toContain('primary_conninfo');
    expect(await standby.read(`${DATA}\\standby.signal`, signal)).toBeUndefined();
    expect(await standby.read(`${DATA}\\pg_wal\\00000002.history`, signal)).toBeDefined();
    const left = text(
      (await standby.ask({ argv: ['cmd', '/d', '/c', 'dir', '/b', DATA], timeoutMs: 30_000 }, signal)).stdout,
    );
    expect(left).not.toMatch(/^backup_/m);
  });
});
