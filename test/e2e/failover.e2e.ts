import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { InventoryOptions } from '../../lab/inventory.ts';
import { openLab } from '../../lab/lab.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import type { LogReport, OutageReport, StatusReport } from '../../src/domain/report.ts';
import type { Run } from '../../src/domain/run.ts';
import { openGate } from '../../src/domain/run.ts';
import { mustRun, sql } from '../lab/support.ts';
import { DATA, makePair } from '../runbooks/support/pair.ts';
import type { Office, WorkerFaults, WorkerProcess } from './office.ts';
import { openOffice } from './office.ts';

const lab = openLab();
const NOT_FOUND = 'no such file';

/** A clinic that works: one visit after the other; each line of `acked` is a visit the database has promised to keep. */
const WORK = `
rm -f /run/acked /run/stop
setsid bash -c 'n=0; while [ ! -e /run/stop ]; do n=$((n+1))
  if psql -X -q service=db -c "insert into visits (note) values (\\$\\$v$n\\$\\$)" 2>/dev/null; then echo "v$n $(date +%s%3N)"; fi >> /run/acked
done' >/dev/null 2>&1 </dev/null &`;

async function streaming(): Promise<void> {
  const query = `select count(*) from pg_stat_replication where state = 'streaming'`;
  await vi.waitFor(async () => expect(await sql(lab, 'primary', query)).toBe('1'), { timeout: 30_000, interval: 200 });
}

/** What was promised before and is not on the server now, with the time of the promise in milliseconds. */
async function lostVisits(host: string): Promise<readonly number[]> {
  const acked = (await mustRun(lab, 'app', 'touch /run/stop; sleep 0.5; cat /run/acked')).trim().split('\n');
  const kept = new Set((await sql(lab, host, 'select note from visits')).split('\n'));
  return acked.flatMap((line) => {
    const [note = '', at] = line.split(' ');
    return kept.has(note) ? [] : [Number(at)];
  });
}

async function workFor(seconds: number): Promise<void> {
  await mustRun(lab, 'app', `${WORK}\nsleep ${seconds}`);
}

function evidenceOf(run: Run): Evidence {
  const evidence = run.plan?.evidence;
  if (!evidence) throw new Error(`no evidence: ${JSON.stringify(run.error)}`);
  return evidence;
}

function reportOf<Kind extends Run['reports'][number]['kind']>(run: Run, kind: Kind) {
  const found = run.reports.find((report) => report.kind === kind);
  if (!found) throw new Error(`no ${kind} report`);
  return found as Extract<Run['reports'][number], { kind: Kind }>;
}

/** M19–M23 on the new primary's disk, file by file. */
async function expectEndState(timeline: number): Promise<void> {
  const seen = await mustRun(
    lab,
    'standby',
    `cd ${DATA}; ls standby.signal recovery.signal backup_* zapas.* 2>/dev/null || true; grep -c primary_ postgresql.auto.conf || true`,
  );
  expect(seen.trim()).toBe('0');
  expect(await sql(lab, 'standby', 'select pg_is_in_recovery(), timeline_id from pg_control_checkpoint()')).toBe(
    `f|${timeline}`,
  );
  expect(await mustRun(lab, 'standby', 'ls /var/lib/zapas/aside/*/')).toContain('backup_label.old');
}

describe('failover on real hosts', () => {
  let office: Office;

  beforeAll(async () => {
    await lab.up();
    await lab.save('before-failover');
    await makePair(lab);
    await streaming();
    await lab.save('failover-pair');
  });
  beforeEach(async () => {
    await lab.restore('failover-pair');
    await streaming();
  });
  afterEach(async () => {
    await mustRun(lab, 'app', 'touch /run/stop');
    await office.close();
  });
  afterAll(() => lab.restore('before-failover'));

  async function open(options: InventoryOptions = {}, faults?: WorkerFaults): Promise<WorkerProcess> {
    office = await openOffice(lab, { redirect: 'command', ...options });
    return office.startWorker(faults);
  }

  /** Asks for the failover, lets the second person approve, and measures from there. */
  async function failOver(seconds = 120): Promise<{ readonly run: Run; readonly approvedAt: number }> {
    const { id } = await office.request('failover');
    const asked = await office.until(id, (run) => openGate(run) !== undefined || run.error !== undefined);
    expect(asked.error).toBeUndefined();
    const approvedAt = Date.now();
    await office.grant(asked, 'piotr');
    return { run: await office.seeThrough(id, seconds), approvedAt };
  }

  it('PostgreSQL is killed in the middle of work: nothing lost beyond the evidence, traffic goes on (M19–M25)', async () => {
    await open();
    await workFor(1);
    await lab.killPostgres('primary');
    const { run, approvedAt } = await failOver();
    expect(run.error).toBeUndefined();
    expect(run.state).toBe('succeeded');
    const evidence = evidenceOf(run);
    expect(evidence.fencing).toBe('possible');
    expect(evidence.loss.kind).toBe('bounded');
    const outage: OutageReport = reportOf(run, 'outage');
    process.stderr.write(
      `approval → first write: ${Date.parse(outage.firstWrite) - approvedAt} ms; outage ${outage.milliseconds} ms\n`,
    );
    expect(outage.timeline).toBe(2);
    const log: LogReport = reportOf(run, 'log');
    expect(log.verdict).toBe('ok');
    await expectEndState(2);
    // The clinic works again, by the same name.
    await expect
      .poll(() => sql(lab, 'standby', "select count(*) from visits where at > now() - interval '1 second'"))
      .not.toBe('0');
    // No lost visit without a lost byte.
    expect((await lostVisits('standby')).length).toBeLessThanOrEqual(Number(evidence.loss.bytes));
    // The old primary stays down, also when its machine comes up again (H46).
    await lab.powerOff('primary');
    await lab.boot('primary');
    expect((await lab.run('primary', 'systemctl is-active postgresmm-17')).stdout.trim()).toBe('inactive');
    expect((await lab.run('primary', 'systemctl start postgresmm-17')).code).not.toBe(0);
    expect(await office.store.clusters.roles('demo')).toEqual({ primary: 'standby', standby: 'primary' });
  });

  it('the primary is stopped in order: the evidence says that nothing is lost, and nothing is (H38)', async () => {
    await open();
    await workFor(1);
    await mustRun(lab, 'primary', 'systemctl stop postgresmm-17');
    const { run } = await failOver();
    expect(run.state).toBe('succeeded');
    expect(evidenceOf(run).loss).toEqual({ kind: 'none', bytes: '0', seconds: 0 });
    expect(await lostVisits('standby')).toEqual([]);
  });

  it('the power of the primary fails: UNFENCED, and what is lost was promised after the last contact', async () => {
    await open();
    await workFor(1);
    await lab.powerOff('primary');
    const { run, approvedAt } = await failOver();
    expect(run.error).toBeUndefined();
    expect(run.state).toBe('succeeded');
    const evidence = evidenceOf(run);
    expect(evidence.fencing).toBe('unreachable');
    expect(evidence.loss.kind).toBe('unknown');
    const contact = Date.parse(evidence.lastContact ?? '');
    for (const promised of await lostVisits('standby')) expect(promised).toBeGreaterThanOrEqual(contact);
    const outage: OutageReport = reportOf(run, 'outage');
    process.stderr.write(`silent host: approval → first write ${Date.parse(outage.firstWrite) - approvedAt} ms\n`);
    await expectEndState(2);
    // It was not fenced: back on power it takes writes, and status says so.
    await lab.boot('primary');
    await expect.poll(() => sql(lab, 'primary', 'select pg_is_in_recovery()').catch(String)).toBe('f');
    const { id } = await office.request('status');
    const seen: StatusReport = reportOf(await office.seeThrough(id), 'status');
    expect([seen.primary.host, seen.primary.timeline]).toEqual(['standby', 2]);
    expect(seen.findings.find((one) => one.id === 'standby.role')?.verdict).toBe('failed');
  });

  it('the primary is cut off and goes on working: what it took is lost, and the evidence allowed for it', async () => {
    await open();
    await lab.cut('primary');
    await sql(lab, 'primary', `insert into visits (note) values ('written alone')`);
    const { run } = await failOver();
    expect(run.state).toBe('succeeded');
    const evidence = evidenceOf(run);
    expect([evidence.fencing, evidence.loss.kind]).toEqual(['unreachable', 'unknown']);
    const promised = Number(
      await sql(lab, 'primary', `select extract(epoch from at) * 1000 from visits where note = 'written alone'`),
    );
    expect(promised).toBeGreaterThanOrEqual(Date.parse(evidence.lastContact ?? ''));
    expect(await sql(lab, 'standby', `select count(*) from visits where note = 'written alone'`)).toBe('0');
    await lab.heal('primary');
  });

  it('the manual’s literal way reaches the same end state on the same timeline (M19–M23, H1)', async () => {
    await open({ failoverMethod: 'manual' });
    await workFor(1);
    await mustRun(lab, 'primary', 'systemctl stop postgresmm-17');
    const { run } = await failOver();
    expect(run.error).toBeUndefined();
    expect(run.state).toBe('succeeded');
    await expectEndState(1);
    expect(await lostVisits('standby')).toEqual([]);
  });

  it('the line between the two is cut, then PostgreSQL dies: what is lost is counted to the byte (H38)', async () => {
    await open();
    await lab.blackhole('primary', 'standby');
    await workFor(1);
    // The cut stays: otherwise the kernel of the primary would still deliver what its dead server had sent.
    await lab.killPostgres('primary');
    const { run } = await failOver();
    expect(run.error).toBeUndefined();
    expect(run.state).toBe('succeeded');
    const { loss, lastContact } = evidenceOf(run);
    expect(loss.kind).toBe('bounded');
    const lost = await lostVisits('standby');
    expect(lost.length).toBeGreaterThan(0);
    for (const promised of lost) expect(promised).toBeGreaterThanOrEqual(Date.parse(lastContact ?? ''));
    // An inserted visit takes some hundred bytes of WAL with its commit; the bound neither misses one nor dreams.
    expect(Number(loss.bytes)).toBeGreaterThan(lost.length * 100);
    expect(Number(loss.bytes)).toBeLessThan(lost.length * 1_000 + 64 * 1024);
  });

  it('PostgreSQL hangs: it is killed, not waited for', async () => {
    await open();
    await mustRun(lab, 'primary', 'systemctl kill --signal=SIGSTOP postgresmm-17');
    const { run } = await failOver();
    expect(run.error).toBeUndefined();
    expect(run.state).toBe('succeeded');
    expect(evidenceOf(run).sightings).toContainEqual({ by: 'primary', way: 'postgres', saw: 'dead', detail: 'hung' });
    expect((await lab.run('primary', 'pgrep -x postgres')).stdout).toBe('');
  });

  it('the disk of the primary is full: it is fenced all the same (H46)', async () => {
    await open();
    await lab.fillDisk('primary');
    await lab.killPostgres('primary');
    const { run } = await failOver();
    expect(run.error).toBeUndefined();
    expect(run.state).toBe('succeeded');
    await lab.freeDisk('primary');
    expect((await lab.run('primary', 'systemctl start postgresmm-17')).code).not.toBe(0);
  });

  it('a worker that dies after every change: the manual’s way still starts the server once and ends right', async () => {
    const killAt = ['change-applied'];
    const worker = await open({ failoverMethod: 'manual' }, { killAt });
    await lab.killPostgres('primary');
    const { run } = await failOver(300);
    expect(run.error).toBeUndefined();
    expect(run.state).toBe('succeeded');
    await expectEndState(1);
    expect(worker.kills()).toBeGreaterThan(8);
    const starts = `grep -h 'starting PostgreSQL' ${DATA}/pg_log/* | wc -l`;
    expect((await mustRun(lab, 'standby', starts)).trim()).toBe('3');
  }, 400_000);

  it('refuses while the primary lives, also when only the standby cannot see it; nothing is touched', async () => {
    await open();
    const before = await mustRun(lab, 'standby', `cd ${DATA}; ls -A; cat postgresql.auto.conf`);
    await lab.blackhole('primary', 'standby');
    const { id } = await office.request('failover');
    const run = await office.seeThrough(id);
    expect([run.state, run.error?.code]).toEqual(['failed', 'primary.alive']);
    await lab.unblackhole('primary', 'standby');
    expect(await mustRun(lab, 'standby', `cd ${DATA}; ls -A; cat postgresql.auto.conf`)).toBe(before);
    expect((await lab.run('primary', `ls ${DATA}/recovery.conf`)).stderr.toLowerCase()).toContain(NOT_FOUND);
    expect(await sql(lab, 'primary', 'select pg_is_in_recovery()')).toBe('f');
  });

  it('goes back to the gate when the primary lives again before it is approved', async () => {
    await open();
    await lab.killPostgres('primary');
    const { id } = await office.request('failover');
    const asked = await office.until(id, (run) => openGate(run) !== undefined);
    await mustRun(lab, 'primary', 'systemctl reset-failed postgresmm-17; systemctl start postgresmm-17');
    await office.grant(asked, 'piotr');
    const run = await office.seeThrough(id);
    expect([run.state, run.error?.code]).toEqual(['failed', 'primary.alive']);
    expect(await sql(lab, 'standby', 'select pg_is_in_recovery()')).toBe('t');
  });

  it('refuses a standby that was promoted by somebody else', async () => {
    await open();
    await lab.killPostgres('primary');
    await mustRun(lab, 'standby', `runuser -u postgres -- /opt/mmedica/pgsql-17/bin/pg_ctl promote -D ${DATA}`);
    const { id } = await office.request('failover');
    const run = await office.seeThrough(id);
    expect([run.state, run.error?.code]).toEqual(['failed', 'standby.already-promoted']);
  });

  it('refuses a standby whose replay stands still for low parameters (H16)', async () => {
    await open();
    await mustRun(
      lab,
      'primary',
      `echo 'max_connections = 200' >> ${DATA}/postgresql.conf; systemctl restart postgresmm-17`,
    );
    await expect
      .poll(() => sql(lab, 'standby', 'select pg_get_wal_replay_pause_state()'), { timeout: 30_000 })
      .toBe('paused');
    await lab.killPostgres('primary');
    const { id } = await office.request('failover');
    const run = await office.seeThrough(id);
    expect([run.state, run.error?.code]).toEqual(['failed', 'standby.replay-paused']);
    expect(run.error?.params['reason']).toBe('max_connections');
  });
});
