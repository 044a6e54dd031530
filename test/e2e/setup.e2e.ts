import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArchiveServer } from '../../lab/lab.ts';
import { openLab } from '../../lab/lab.ts';
import { mustRun, sql } from '../lab/support.ts';
import type { Office, WorkerProcess } from './office.ts';
import { openOffice } from './office.ts';

const lab = openLab();
const PG = '/opt/mmedica/pgsql-17';
const PASSFILE = `${PG}/zapas-demo.pgpass`;

/** Everything that setup might change, as one text: files of the standby, configuration, roles and slots of the primary. */
async function fingerprint(): Promise<string> {
  const files = `find ${PG} /opt/mmedica/certs /etc/systemd/system -xdev ! -path '*/pg_log*' ! -path '*/data/*' -printf '%p %m %u %s\\n' | sort`;
  const configuration = `cd ${PG}/data 2>/dev/null && sha256sum postgresql.conf postgresql.auto.conf pg_hba.conf`;
  const parts = await Promise.all(
    ['primary', 'standby'].map((host) => lab.run(host, `${files}; ${configuration}; nft list ruleset`)),
  );
  return parts.map(({ stdout }) => stdout).join('\n');
}

describe('a pair with a firewall, a tablespace, and a standby without PostgreSQL', () => {
  let office: Office;
  let worker: WorkerProcess;
  let archive: ArchiveServer;

  beforeAll(async () => {
    await lab.up();
    await lab.save('before-setup');
    archive = await lab.serveArchive();
    await mustRun(lab, 'standby', `rm -r ${PG}/bin`);
    await Promise.all(['primary', 'standby'].map((host) => mustRun(lab, host, CLOSE_FIREWALL)));
    await mustRun(lab, 'primary', "install -d -o postgres -g postgres '/srv/big one'");
    await sql(lab, 'primary', "create tablespace big location '/srv/big one'");
    await sql(lab, 'primary', 'create table scans tablespace big as select generate_series(1, 10000) as id');
    office = await openOffice(lab, { archive: { url: archive.url, sha256: archive.sha256 } });
    worker = office.startWorker();
  }, 120_000);
  afterAll(async () => {
    await worker.stop();
    await office.close();
    await archive.stop();
    await lab.restore('before-setup');
  }, 120_000);

  it('is set up (M01–M18)', async () => {
    const { id } = await office.request('setup');
    const run = await office.seeThrough(id, 180);
    expect({ state: run.state, error: run.error }).toEqual({ state: 'succeeded', error: undefined });
    expect(await sql(lab, 'standby', 'select pg_is_in_recovery(), count(*) from scans')).toBe('t|10000');
    const log = run.reports.find(({ kind }) => kind === 'log');
    expect(log).toMatchObject({ host: 'standby', verdict: 'ok' });
  }, 200_000);

  it('lets exactly the other server in, also after the firewalls are loaded anew (M09)', async () => {
    await mustRun(lab, 'primary', 'systemctl restart nftables');
    const knock = 'timeout 2 bash -c ": <>/dev/tcp/10.77.0.12/5432" && echo open || echo closed';
    expect([await mustRun(lab, 'standby', knock), await mustRun(lab, 'app', knock)]).toEqual(['open\n', 'closed\n']);
  });

  it('keeps the generated password to the password file alone (H24)', async () => {
    const password = (await mustRun(lab, 'standby', `cut -d: -f5 ${PASSFILE}`)).trim();
    expect(password.length).toBeGreaterThan(30);
    expect((await mustRun(lab, 'standby', `stat -c '%a %U' ${PASSFILE}`)).trim()).toBe('600 postgres');
    const everywhere = `grep -rlF -e "$P" ${PG} /var/lib/zapas /var/log /etc 2>/dev/null | grep -v pgpass || true`;
    for (const host of ['primary', 'standby'])
      expect(await mustRun(lab, host, `P='${password}'; ${everywhere}`)).toBe('');
    const audit = JSON.stringify(await office.store.audit.read());
    expect(audit.length).toBeGreaterThan(1000);
    expect(audit).not.toContain(password);
  });

  it('finds everything done when asked again, and changes nothing', async () => {
    const before = await fingerprint();
    const { id } = await office.request('setup');
    const run = await office.seeThrough(id);
    expect(run.state).toBe('succeeded');
    expect(run.steps.filter(({ unchanged }) => !unchanged)).toEqual([]);
    expect(await fingerprint()).toBe(before);
  });

  it('refuses a standby that somebody has promoted', async () => {
    await mustRun(lab, 'standby', `runuser -u postgres -- ${PG}/bin/pg_ctl promote -w -D ${PG}/data`);
    const { id } = await office.request('setup');
    const run = await office.seeThrough(id);
    expect({ state: run.state, code: run.error?.code }).toEqual({ state: 'failed', code: 'standby.already-promoted' });
  });
});

const CLOSE_FIREWALL = `cat > /etc/nftables.conf <<'RULES'
flush ruleset
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    iif lo accept
    ct state established,related accept
    tcp dport { 22, 80 } accept
    ip protocol icmp accept
  }
}
RULES
systemctl enable --now --quiet nftables`;

describe('a line that is cut while the database is copied', () => {
  let office: Office;
  let worker: WorkerProcess;

  beforeAll(async () => {
    await lab.up();
    office = await openOffice(lab);
    worker = office.startWorker();
    await lab.slow('primary', '20mbit');
  }, 120_000);
  afterAll(async () => {
    await lab.unslow('primary');
    await lab.unblackhole('primary', 'standby');
    await worker.stop();
    await office.close();
    await lab.restore('before-setup');
  }, 120_000);

  it('is waited out: 30 s without the line, one copy, the pair replicates (H32)', async () => {
    const { id } = await office.request('setup');
    const seen = office.seeThrough(id, 240);
    const copied = async () => (await lab.run('standby', `du -sk ${PG}/data.clone-* 2>/dev/null | cut -f1`)).stdout;
    while (Number(await copied()) < 8_000) await new Promise((resolve) => setTimeout(resolve, 200));
    await lab.blackhole('primary', 'standby');
    await new Promise((resolve) => setTimeout(resolve, 30_000));
    await lab.unblackhole('primary', 'standby');
    const run = await seen;
    expect({ state: run.state, error: run.error }).toEqual({ state: 'succeeded', error: undefined });
    expect(await sql(lab, 'standby', 'select pg_is_in_recovery()')).toBe('t');
    expect(await mustRun(lab, 'standby', `ls -d ${PG}/data.clone-* 2>/dev/null || true`)).toBe('');
  }, 300_000);
});
