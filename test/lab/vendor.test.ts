import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { canRunLabs, mustRun, sql, testLab } from './support.ts';

const TLS =
  'PGSSLMODE=verify-ca PGSSLROOTCERT=/opt/mmedica/certs/root.crt PGSSLCERT=/opt/mmedica/certs/admin.crt PGSSLKEY=/opt/mmedica/certs/admin.key';
const MANUAL =
  '--pgdata=../data --format=p --write-recovery-conf --checkpoint=fast --label=mmedica --progress --host=10.77.0.12 --port=5432 --username=admin -R';

/** M10–M12 by hand: the primary listens, lets the standby in, and knows the replication role. */
async function openPrimary(lab: Lab): Promise<void> {
  await sql(lab, 'primary', `create role replication replication login password 'it''s \\a "test"'`);
  await mustRun(
    lab,
    'primary',
    `cd /opt/mmedica/pgsql-17/data
    sed -i "s/^listen_addresses = .*/listen_addresses = '*'/" postgresql.conf
    echo 'hostssl replication replication,admin 10.77.0.13/32 md5 clientcert=verify-ca' >> pg_hba.conf
    systemctl restart postgresmm-17`,
  );
}

/** Runs something on the standby as postgres in a bin directory, with the administrator's password in a file. */
async function asPostgres(lab: Lab, bin: string, command: string): Promise<string> {
  const password = readFileSync(join(lab.dir, 'keys', 'admin.password'), 'utf8');
  return mustRun(
    lab,
    'standby',
    `umask 077; cd ${bin}; echo '*:*:*:admin:${password.trim()}' > /run/pgpass; chown postgres /run/pgpass
    runuser -u postgres -- env PGPASSFILE=/run/pgpass ${command}`,
  );
}

async function startStandby(lab: Lab): Promise<void> {
  await mustRun(
    lab,
    'standby',
    'cd / && runuser -u postgres -- /opt/mmedica/pgsql-17/bin/pg_ctl start -w -D /opt/mmedica/pgsql-17/data',
  );
}

async function streams(lab: Lab): Promise<string> {
  await expect
    .poll(() => sql(lab, 'primary', 'select count(*) from pg_stat_replication'), { timeout: 20_000 })
    .toBe('1');
  return sql(
    lab,
    'primary',
    'select usename, state, version, client_dn from pg_stat_replication join pg_stat_ssl using (pid)',
  );
}

describe.skipIf(!canRunLabs())('the vendor’s procedure by hand', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = testLab('vend');
    await lab.up(['primary', 'standby', 'app'], { lcMessages: 'pl_PL.UTF-8', walSafety: 'checksums' });
    await openPrimary(lab);
    await lab.save('open');
  }, 300_000);
  afterAll(async () => {
    await lab.down({ purge: true });
  });
  afterEach(async () => {
    await lab.restore('open');
  });

  it('replicates over TLS with a client certificate (M11, M14, M16, M18), and writes come by the name db', async () => {
    await asPostgres(lab, '/opt/mmedica/pgsql-17/bin', `env ${TLS} ./pg_basebackup ${MANUAL}`);
    await startStandby(lab);
    expect(await streams(lab)).toBe('admin|streaming|TLSv1.3|/CN=admin');
    await mustRun(lab, 'app', `psql -X service=db -c "insert into visits (note) values ('from the app')"`);
    await expect
      .poll(() => sql(lab, 'standby', "select count(*) from visits where note = 'from the app'"), { timeout: 10_000 })
      .toBe('1');
    expect((await lab.status()).hosts.map((host) => host.postgres)).toEqual(['primary', 'standby', 'down']);
  });

  it('redirects the application by one command (M24)', async () => {
    await mustRun(lab, 'app', 'zapas-redirect 10.77.0.13');
    expect((await lab.run('app', 'psql -X service=db -c "select 1"')).stderr).toContain('10.77.0.13');
    await mustRun(lab, 'app', 'zapas-redirect 10.77.0.12; psql -X service=db -c "select 1"');
    expect((await mustRun(lab, 'app', 'grep -c " db$" /etc/hosts')).trim()).toBe('1');
    expect((await lab.run('app', 'zapas-redirect "1.2.3.4 evil"')).code).toBe(64);
  });

  it('is refused without the client certificate (M11)', async () => {
    await expect(
      asPostgres(lab, '/opt/mmedica/pgsql-17/bin', `env PGSSLMODE=require ./pg_basebackup ${MANUAL}`),
    ).rejects.toThrow(/wymaga poprawnego certyfikatu klienta/);
  });

  it('has a stand-in for the vendor’s pg_basebackup with the four options of the manual (M14)', async () => {
    const bin = await lab.vendorBasebackup('standby');
    const help = await mustRun(lab, 'standby', `${bin}/pg_basebackup --help`);
    expect(help).toContain('--replication-password=');
    expect(help).toMatch(/^ {2}-M.*\n(.*\n)* {2}-o.*\n(.*\n)* {2}-O/m);
    const certificates =
      '-M /opt/mmedica/certs/root.crt -o /opt/mmedica/certs/replication.crt -O /opt/mmedica/certs/replication.key';
    const secret = `"--replication-password=it's \\\\a \\"test\\""`;
    await asPostgres(lab, bin, `./pg_basebackup ${MANUAL} ${secret} ${certificates}`);
    await startStandby(lab);
    expect(await streams(lab)).toBe('replication|streaming|TLSv1.3|/CN=replication');
  });

  it('leaves the stock pg_basebackup without them', async () => {
    const help = await mustRun(lab, 'standby', '/opt/mmedica/pgsql-17/bin/pg_basebackup --help');
    expect(help).not.toContain('replication-password');
  });

  it('writes its log in Polish when asked to, and has checksums', async () => {
    expect(await sql(lab, 'primary', 'show data_checksums')).toBe('on');
    expect(await sql(lab, 'primary', 'show wal_log_hints')).toBe('off');
    const log = await mustRun(lab, 'primary', 'cat /opt/mmedica/pgsql-17/data/pg_log/*.log');
    expect(log).toContain('system bazy danych jest gotowy do przyjmowania połączeń');
  });
});

describe.skipIf(!canRunLabs())('a standby on which nobody has installed PostgreSQL (M06)', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = testLab('bare');
    await lab.up(['standby'], { binaries: 'none', volumeMiB: 1024 });
  }, 300_000);
  afterAll(async () => {
    await lab.down({ purge: true });
  });

  it('has no programs, and gets working ones from the archive that the lab serves', async () => {
    expect((await lab.run('standby', 'command -v psql || ls /usr/lib/postgresql /opt/mmedica/pgsql-17')).code).not.toBe(
      0,
    );
    const server = await lab.serveArchive();
    try {
      expect(server.url).toMatch(/^http:\/\/10\.77\.0\.1:\d+\/PostgreSQL-17\.\d+-Linux\.tar$/);
      await mustRun(
        lab,
        'standby',
        `set -e; cd /tmp; curl -fsSO ${server.url}; echo '${server.sha256}  ${server.url.split('/').at(-1)}' | sha256sum -c
        tar -C /opt/mmedica -xf PostgreSQL-17.*-Linux.tar; chown -R postgres: /opt/mmedica/pgsql-17; cd /opt/mmedica/pgsql-17/bin
        runuser -u postgres -- ./initdb -D ../data >/dev/null
        runuser -u postgres -- ./pg_ctl start -w -D ../data -l ../log`,
      );
      const asked =
        'cd /opt/mmedica/pgsql-17/bin && runuser -u postgres -- ./psql -XAtqc "select 6 * 7; show data_directory" postgres';
      expect(await mustRun(lab, 'standby', asked)).toBe('42\n/opt/mmedica/pgsql-17/data\n');
    } finally {
      await server.stop();
    }
    expect((await lab.run('standby', `curl -fsS --max-time 2 -o /dev/null ${server.url}`)).code).not.toBe(0);
  });
});
