import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { labInventory } from '../../lab/inventory.ts';
import { openLab } from '../../lab/lab.ts';
import { loadInventory, parseInventory } from '../../src/config/load.ts';
import type { ErrorCode, ErrorRef } from '../../src/domain/errors.ts';
import { errorRef } from '../../src/domain/errors.ts';
import type { SshSettings } from '../../src/domain/host-settings.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { Run } from '../../src/domain/run.ts';
import type { RunbookId } from '../../src/domain/runbook.ts';
import { translate } from '../../src/i18n/translate.ts';
import type { WakeUpQueues } from '../../src/jobs/queue/queue.ts';
import { openQueues } from '../../src/jobs/queue/queue.ts';
import { startWorker } from '../../src/main/worker.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { mustRun, sql } from '../lab/support.ts';
import { DATA, makePair } from '../runbooks/support/pair.ts';
import { bareLab } from './bare-lab.ts';
import type { Office } from './office.ts';
import { openOffice } from './office.ts';
import { tracesOn } from './traces.ts';

const lab = openLab();
const log = createLogger(process.env['ZAPAS_LOG'] ?? 'fatal');
const BIN = '/opt/mmedica/pgsql-17/bin';
const CERT = '/opt/mmedica/certs/replication.crt';
/** No refusal lets a person wait longer, in milliseconds. */
const PATIENCE = 30_000;

let office: Office;
let queues: WakeUpQueues;

beforeAll(async () => {
  await bareLab(lab);
  office = await openOffice(lab);
  queues = await openQueues({ pool: office.store.queuePool }, log);
});
afterAll(async () => {
  await queues.close();
  await office.close();
  await bareLab(lab);
});

interface Refusal {
  readonly code: ErrorCode;
  readonly params: ErrorRef['params'];
}

/** Asks for the runbook as it is on these hosts, grants whatever is asked for, and holds the end to what is promised of a refusal. */
async function expectRefusal(refusal: Refusal, inventory = office.inventory, runbook: RunbookId = 'setup') {
  const before = await tracesOn(lab);
  const started = Date.now();
  const run = await askFor(runbook, inventory);
  const took = Date.now() - started;
  const after = await tracesOn(lab);
  process.stderr.write(`${refusal.code} after ${took} ms\n`);
  expect({ state: run.state, code: run.error?.code }).toEqual({ state: 'failed', code: refusal.code });
  expect(run.error?.params).toMatchObject(refusal.params);
  expectNextCommand(run.error);
  // The text says what differs, the digest that nothing else does.
  expect(after.text).toBe(before.text);
  expect(after.digest).toBe(before.digest);
  expect(run.steps.filter(({ state, unchanged }) => state === 'done' && unchanged === false)).toEqual([]);
  expect(took).toBeLessThan(PATIENCE);
}

async function askFor(runbook: RunbookId, inventory: Inventory): Promise<Run> {
  const verifyingKey = createPublicKey(readFileSync(join(office.dir, 'verify.pem')));
  const worker = startWorker({ store: office.store, queues, inventory, verifyingKey, env: process.env, log });
  try {
    const { id } = await office.request(runbook);
    return await office.seeThrough(id, 60);
  } finally {
    await worker.stop();
  }
}

/** In both languages: nothing is left open in the text, and it ends in a command to type. */
function expectNextCommand(error: ErrorRef | undefined): void {
  if (!error) throw new Error('no error');
  for (const language of ['en', 'pl'] as const) {
    const open: string[] = [];
    const note = (_key: string, names: readonly string[]) => open.push(...names);
    translate(language, `error.${error.code}.what`, error.params, note);
    expect(translate(language, `error.${error.code}.hint`, error.params, note)).toMatch(/zapas [a-z]+/);
    expect(open).toEqual([]);
  }
}

/** The inventory with another transport for a host. */
function withTransport(host: string, change: Partial<SshSettings>): Inventory {
  const known = office.inventory.hosts[host];
  if (known?.os !== 'linux') throw new Error(`no Linux host ${host}`);
  const { privateKey: _key, ...transport } = known.transport;
  const keep = 'password' in change ? transport : known.transport;
  return {
    ...office.inventory,
    hosts: { ...office.inventory.hosts, [host]: { ...known, transport: { ...keep, ...change } } },
  };
}

/** The inventory for the vendor's base backup, with another password of its account when one is given. */
function vendorInventory(backupPassword?: string): Inventory {
  const source = labInventory(lab, { basebackup: 'vendor' });
  const parsed = parseInventory(
    backupPassword === undefined ? source : source.replace(/backupPassword: .*/, `backupPassword: '${backupPassword}'`),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.inventory;
}

async function secretFile(name: string, content: string): Promise<string> {
  const path = join(office.dir, name);
  await writeFile(path, `${content}\n`, { mode: 0o600 });
  return `file:${path}`;
}

/** Puts the fault there, and takes it away whatever happened. */
async function during(fault: () => Promise<unknown>, undo: () => Promise<unknown>, act: () => Promise<void>) {
  await fault();
  try {
    await act();
  } finally {
    await undo();
  }
}

async function following(): Promise<void> {
  const query = 'select count(*) from pg_stat_wal_receiver';
  await vi.waitFor(async () => expect(await sql(lab, 'standby', query)).toBe('1'), { timeout: 30_000, interval: 200 });
}

describe('what is compared before and after', () => {
  it.each([
    [
      'a line in postgresql.conf',
      `echo '# seen' >> ${DATA}/postgresql.conf`,
      `sed -i '/^# seen$/d' ${DATA}/postgresql.conf`,
    ],
    ['a signal file', `touch ${DATA}/recovery.signal`, `rm ${DATA}/recovery.signal`],
    ['a directory of ours', 'mkdir -p /var/lib/zapas/aside', 'rm -r /var/lib/zapas'],
    ['a unit', 'touch /etc/systemd/system/seen.service', 'rm /etc/systemd/system/seen.service'],
  ])('shows %s', async (_what, change, undo) => {
    const before = await tracesOn(lab);
    await mustRun(lab, 'primary', change);
    const changed = await tracesOn(lab);
    await mustRun(lab, 'primary', undo);
    expect(changed.digest).not.toBe(before.digest);
    expect((await tracesOn(lab)).text).toBe(before.text);
  });

  it('shows a role and a slot', async () => {
    const before = await tracesOn(lab);
    await sql(lab, 'primary', 'create role seen');
    const role = await tracesOn(lab);
    await sql(lab, 'primary', `drop role seen; select pg_create_physical_replication_slot('seen')`);
    const slot = await tracesOn(lab);
    await sql(lab, 'primary', `select pg_drop_replication_slot('seen')`);
    expect(new Set([before, role, slot].map(({ digest }) => digest)).size).toBe(3);
    expect((await tracesOn(lab)).text).toBe(before.text);
  });
});

describe('a wrong inventory', () => {
  it('is refused with file, line and key before any host is asked', async () => {
    const path = join(office.dir, 'wrong.yaml');
    await writeFile(path, labInventory(lab).replace('        standby: standby', '        standby: stanby'));
    const before = await tracesOn(lab);
    const error = errorRef(await loadInventory(path).catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({
      code: 'config.invalid',
      params: { file: path, key: 'sites.klinika.clusters.demo.standby' },
    });
    const line = Number(error.params['line']);
    expect(readFileSync(path, 'utf8').split('\n')[line - 1]).toContain('stanby');
    expectNextCommand(error);
    expect((await tracesOn(lab)).text).toBe(before.text);
  });

  it('is refused by the worker, when the cluster has gone from it since the request', async () => {
    const site = office.inventory.sites['klinika'];
    if (!site) throw new Error('no site');
    const inventory = { ...office.inventory, sites: { klinika: { ...site, clusters: {} } } };
    await expectRefusal({ code: 'input.unknown-cluster', params: { cluster: 'demo' } }, inventory);
  });
});

describe('a host that does not let us in', () => {
  it.each(['standby', 'primary'])('%s is unreachable', async (host) => {
    const { address } = lab.host(host);
    await during(
      () => lab.cut(host),
      () => lab.heal(host),
      () => expectRefusal({ code: 'host.unreachable', params: { host, address } }),
    );
  });

  it('shows another host key', async () => {
    const inventory = withTransport('standby', { hostKeys: [lab.host('app').hostKey] });
    await expectRefusal({ code: 'host.key-changed', params: { host: 'standby' } }, inventory);
  });

  it('is given a wrong password; with the right one it lets us in', async () => {
    await during(
      () =>
        mustRun(
          lab,
          'standby',
          `echo zapas:right | chpasswd
          sed -i 's/^PasswordAuthentication no/PasswordAuthentication yes/' /etc/ssh/sshd_config.d/lab.conf
          systemctl reload ssh`,
        ),
      () =>
        mustRun(
          lab,
          'standby',
          `usermod --lock zapas
          sed -i 's/^PasswordAuthentication yes/PasswordAuthentication no/' /etc/ssh/sshd_config.d/lab.conf
          systemctl reload ssh`,
        ),
      async () => {
        const right = withTransport('standby', { password: await secretFile('right', 'right') });
        expect((await askFor('check', right)).state).toBe('succeeded');
        const wrong = withTransport('standby', { password: await secretFile('wrong', 'wrong') });
        await expectRefusal({ code: 'host.auth-failed', params: { host: 'standby', user: 'zapas' } }, wrong);
        // Not so often as would lock an account.
        const tries = await mustRun(lab, 'standby', 'journalctl -u ssh -o cat | grep -c "Failed password for zapas"');
        expect(tries.trim()).toBe('1');
      },
    );
  });

  it('is given a secret that is not there', async () => {
    const ref = `file:${join(office.dir, 'nowhere')}`;
    await expectRefusal(
      { code: 'config.secret-missing', params: { ref } },
      withTransport('standby', { password: ref }),
    );
  });
});

describe('a pair that is not as it must be before setup', () => {
  it('the account of M15 has another password than the inventory says; with the right one the check finds nothing', async () => {
    const right = vendorInventory();
    expect((await askFor('check', right)).error).toBeUndefined();
    const wrong = vendorInventory(await secretFile('admin', 'not the password of admin'));
    const params = { host: 'standby', user: 'admin', detail: 'password_refused' };
    await expectRefusal({ code: 'replication.login-failed', params }, wrong);
  });

  it('the client certificate is missing', async () => {
    await during(
      () => mustRun(lab, 'standby', `mv ${CERT} ${CERT}.away`),
      () => mustRun(lab, 'standby', `mv ${CERT}.away ${CERT}`),
      () => expectRefusal({ code: 'certificate.missing', params: { host: 'standby', path: CERT } }),
    );
  });

  it.each(['standby', 'primary'])('the disk of the %s is full', async (host) => {
    await during(
      () => lab.fillDisk(host),
      () => lab.freeDisk(host),
      () => expectRefusal({ code: 'disk.full', params: { host, path: DATA, free: 0 } }),
    );
  });

  it('the data directory is occupied by somebody’s files', async () => {
    await during(
      () => mustRun(lab, 'standby', `mkdir -p ${DATA}; echo precious > ${DATA}/faktury.txt`),
      () => mustRun(lab, 'standby', `rm -r ${DATA}`),
      () => expectRefusal({ code: 'data-directory.occupied', params: { host: 'standby', path: DATA } }),
    );
  });

  it('the data directory is occupied by another database server', async () => {
    await during(
      () =>
        mustRun(
          lab,
          'standby',
          `install -d -o postgres -m 700 ${DATA}; runuser -u postgres -- ${BIN}/initdb -D ${DATA} >/dev/null`,
        ),
      () => mustRun(lab, 'standby', `rm -r ${DATA}`),
      () =>
        expectRefusal({
          code: 'data-directory.occupied',
          params: { host: 'standby', path: DATA, detail: 'otherSystem' },
        }),
    );
  });

  it('the standby’s programs are an old PostgreSQL', async () => {
    // Only 17 is in the lab, so its server program is made to call itself 16; the rest of the file stays what it is.
    await during(
      () =>
        mustRun(
          lab,
          'standby',
          `cd ${BIN}; mv postgres postgres.17
          printf '#!/bin/sh\\n"%s/postgres.17" "$@" | sed "s/(PostgreSQL) 17[.0-9]*/(PostgreSQL) 16.9/"\\n' "$PWD" > postgres
          chmod 755 postgres; ./postgres --version | grep -q ' 16.9'`,
        ),
      () => mustRun(lab, 'standby', `cd ${BIN}; mv postgres.17 postgres`),
      () => expectRefusal({ code: 'version.unsupported', params: { host: 'standby', version: '16.9' } }),
    );
  });

  it('the primary is stopped', async () => {
    await during(
      () => mustRun(lab, 'primary', 'systemctl stop postgresmm-17'),
      () => mustRun(lab, 'primary', 'systemctl start postgresmm-17'),
      () => expectRefusal({ code: 'primary.not-running', params: { host: 'primary', state: 'stopped' } }),
    );
  });
});

describe('a standby that somebody has promoted already', () => {
  beforeAll(async () => {
    await makePair(lab);
    await following();
    await mustRun(
      lab,
      'standby',
      `cd /; runuser -u postgres -- ${BIN}/pg_ctl promote -w -D ${DATA} && runuser -u postgres -- ${BIN}/psql -XAtqc checkpoint`,
    );
  });

  const refusal: Refusal = { code: 'standby.already-promoted', params: { host: 'standby', timeline: 2 } };

  it('is not set up again', () => expectRefusal(refusal));

  it('is not failed over to', async () => {
    await lab.killPostgres('primary');
    await expectRefusal(refusal, office.inventory, 'failover');
  });
});
