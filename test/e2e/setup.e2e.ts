import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArchiveServer } from '../../lab/lab.ts';
import { openLab } from '../../lab/lab.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
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

/** One way in which a pair cannot be set up: what is wrong, how it is mended, and what people are told. */
interface Obstacle {
  readonly name: string;
  readonly code: ErrorCode;
  readonly arrange: () => Promise<unknown>;
  readonly mend: () => Promise<unknown>;
}

const standby = (script: string) => () => mustRun(lab, 'standby', script);
const primary = (script: string) => () => mustRun(lab, 'primary', script);

const OBSTACLES: readonly Obstacle[] = [
  {
    name: 'a stopped primary',
    code: 'primary.not-running',
    arrange: primary('systemctl stop postgresmm-17'),
    mend: primary('systemctl start postgresmm-17'),
  },
  {
    name: 'an occupied data directory (H31)',
    code: 'data-directory.occupied',
    arrange: standby(`install -d -o postgres ${PG}/data; echo keep > ${PG}/data/photos`),
    mend: standby(`grep -q keep ${PG}/data/photos && rm -r ${PG}/data`),
  },
  {
    name: 'a missing client certificate (M11)',
    code: 'certificate.missing',
    arrange: standby('mv /opt/mmedica/certs/replication.crt /opt/mmedica/certs/aside'),
    mend: standby('mv /opt/mmedica/certs/aside /opt/mmedica/certs/replication.crt'),
  },
  {
    name: 'a key that everybody may read',
    code: 'certificate.missing',
    arrange: standby('chmod 644 /opt/mmedica/certs/replication.key'),
    mend: standby('chmod 600 /opt/mmedica/certs/replication.key'),
  },
  {
    name: 'a full disk (H36)',
    code: 'disk.full',
    arrange: () => lab.fillDisk('standby'),
    mend: () => lab.freeDisk('standby'),
  },
  {
    name: 'an old PostgreSQL (M06)',
    code: 'version.unsupported',
    arrange: standby(`cd ${PG} && mv bin bin.17 && mkdir bin && for p in bin.17/*; do
      printf '#!/bin/sh\\necho "postgres (PostgreSQL) 13.4"\\n' > "bin/\${p##*/}"; chmod 755 "bin/\${p##*/}"; done`),
    mend: standby(`cd ${PG} && rm -r bin && mv bin.17 bin`),
  },
  {
    name: 'no programs and no archive (M06)',
    code: 'binaries.missing',
    arrange: standby(`mv ${PG}/bin ${PG}/elsewhere`),
    mend: standby(`mv ${PG}/elsewhere ${PG}/bin`),
  },
];

describe('a pair that cannot be set up', () => {
  let office: Office;
  let worker: WorkerProcess;

  beforeAll(async () => {
    await lab.up();
    await lab.save('before-setup');
    office = await openOffice(lab);
    worker = office.startWorker();
  }, 120_000);
  afterAll(async () => {
    await worker.stop();
    await office.close();
  });

  it.each(OBSTACLES)('$name: $code, and both hosts as they were', async ({ code, arrange, mend }) => {
    await arrange();
    try {
      const before = await fingerprint();
      const { id } = await office.request('setup');
      const run = await office.seeThrough(id);
      expect({ state: run.state, code: run.error?.code }).toEqual({ state: 'failed', code });
      expect(await fingerprint()).toBe(before);
    } finally {
      await mend();
    }
  });
});

describe('a pair with a firewall, a tablespace, and a standby without PostgreSQL', () => {
  let office: Office;
  let worker: WorkerProcess;
  let archive: ArchiveServer;

  beforeAll(async () => {
    await lab.up();
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
