import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openLab } from '../../lab/lab.ts';
import type { Run } from '../../src/domain/run.ts';
import { openGate } from '../../src/domain/run.ts';
import type { Finding } from '../../src/domain/step.ts';
import { fenceRequest } from '../../src/domain/system-request.ts';
import { mustRun, sql } from '../lab/support.ts';
import { DATA, makePair } from '../runbooks/support/pair.ts';
import type { Office } from './office.ts';
import { openOffice } from './office.ts';
import { beginWork, endWork, standbyStreams, visitsOn } from './visits.ts';

const lab = openLab();

function findingOf(run: Run, id: Finding['id']): Finding | undefined {
  return run.steps.flatMap(({ findings = [] }) => findings).findLast((one) => one.id === id);
}

async function expectFollower(host: string, primary: string): Promise<void> {
  await standbyStreams(lab, primary);
  await sql(lab, primary, `insert into visits (note) values ('after the rebuild of ${host}')`);
  const expected = await visitsOn(lab, primary);
  await vi.waitFor(async () => expect(await visitsOn(lab, host)).toBe(expected), { timeout: 20_000 });
  expect((await mustRun(lab, host, 'systemctl is-enabled postgresmm-17')).trim()).toBe('enabled');
  expect((await lab.run(host, `ls ${DATA}/recovery.conf`)).code).not.toBe(0);
}

/** One story: the pair goes from failure to failure, and each server comes back as the other's standby. */
describe('rebuild on real hosts', () => {
  let office: Office;

  beforeAll(async () => {
    await lab.up();
    await lab.save('before-rebuild');
    await makePair(lab);
    await standbyStreams(lab, 'primary');
    office = await openOffice(lab, { redirect: 'command' });
    office.startWorker();
  });
  afterAll(async () => {
    await mustRun(lab, 'app', 'touch /run/stop');
    await office.close();
    await lab.restore('before-rebuild');
  });

  async function failOver(): Promise<void> {
    const { id } = await office.request('failover');
    const run = await office.seeThrough(id);
    expect(run.error).toBeUndefined();
  }

  async function rebuild(options: Run['options'] = {}): Promise<Run> {
    const { id } = await office.request('rebuild', 'anna', options);
    const run = await office.seeThrough(id);
    expect(run.error).toBeUndefined();
    expect(run.state).toBe('succeeded');
    return run;
  }

  it('after a kill -9 in the middle of work: pg_rewind, its own configuration kept (H3, H4)', async () => {
    await mustRun(lab, 'primary', `echo "log_min_duration_statement = 4321" >> ${DATA}/postgresql.conf`);
    await lab.blackhole('primary', 'standby');
    await beginWork(lab);
    await lab.killPostgres('primary');
    await failOver();
    const { lost } = await endWork(lab, 'standby');
    await lab.unblackhole('primary', 'standby');
    const run = await rebuild();
    expect(findingOf(run, 'rebuild.way')?.params).toMatchObject({ way: 'rewind', reason: 'forked' });
    expect(findingOf(run, 'ghost.writes')?.params['transactions']).toBeGreaterThanOrEqual(lost.length);
    expect(lost.length).toBeGreaterThan(0);
    await expectFollower('primary', 'standby');
    expect(await mustRun(lab, 'primary', `cat ${DATA}/postgresql.conf`)).toContain('log_min_duration_statement = 4321');
    // What it wrote alone is still to be had.
    expect(await mustRun(lab, 'primary', 'ls /var/lib/zapas/rebuild/*/wal')).toMatch(/^00000001/);
  });

  it('a ghost: the old primary comes back, the system fences it unasked and says what it took, then it is rebuilt (H46)', async () => {
    await lab.powerOff('standby');
    await failOver();
    await lab.boot('standby');
    await expect.poll(() => sql(lab, 'standby', 'select pg_is_in_recovery()').catch(String)).toBe('f');
    await sql(lab, 'standby', `insert into visits (note) values ('into the ghost')`);
    const seen = { id: 'ghost1', occasion: 'back', at: new Date().toISOString() };
    const request = fenceRequest({ id: 'demo', site: 'klinika' }, seen);
    await office.store.runs.request(request);
    expect((await office.store.runs.request({ ...request, id: 'ghost2' })).created).toBe(false);
    const run = await office.seeThrough(seen.id);
    expect(run.error).toBeUndefined();
    expect(run.state).toBe('succeeded');
    expect(run.gate).toBeUndefined();
    expect(findingOf(run, 'ghost.writes')?.params['transactions']).toBeGreaterThanOrEqual(1);
    expect((await lab.run('standby', 'systemctl start postgresmm-17')).code).not.toBe(0);
    expect((await lab.run('standby', 'systemctl is-enabled postgresmm-17')).stdout.trim()).toBe('disabled');
    expect(await sql(lab, 'primary', 'select pg_is_in_recovery()')).toBe('f');
    await rebuild();
    await expectFollower('standby', 'primary');
  });

  it('by a new copy: the old data is kept aside, its size told, and removed when a person says so (H31, M14)', async () => {
    await lab.killPostgres('primary');
    await failOver();
    const run = await rebuild({ method: 'clone' });
    await expectFollower('primary', 'standby');
    const kept = findingOf(run, 'old-data');
    expect(kept?.params['megabytes']).toBeGreaterThan(10);
    expect(await mustRun(lab, 'primary', `ls ${kept?.params['path']}`)).toContain('PG_VERSION');
    const { id } = await office.request('rebuild', 'anna', { discardOld: true });
    const asked = await office.until(id, (one) => openGate(one) !== undefined);
    expect(openGate(asked)?.kind).toBe('confirm');
    const discarded = await office.seeThrough(id);
    expect(discarded.state).toBe('succeeded');
    expect((await lab.run('primary', `ls -d ${DATA}.old-*`)).code).not.toBe(0);
    await standbyStreams(lab, 'standby');
  });
});

/** The manual's literal way leaves both servers on one timeline, where pg_rewind sees nothing to do. */
describe('rebuild after a failover in the manual’s own way, with a tablespace', () => {
  const SPACE = '/opt/mmedica/archive';
  let office: Office;

  beforeAll(async () => {
    await lab.up();
    await lab.save('before-rebuild-manual');
    await makePair(lab);
    for (const host of ['primary', 'standby']) await mustRun(lab, host, `install -d -o postgres -g postgres ${SPACE}`);
    await sql(lab, 'primary', `create tablespace archive location '${SPACE}'`);
    await sql(lab, 'primary', 'create table scans tablespace archive as select n from generate_series(1, 5000) n');
    await standbyStreams(lab, 'primary');
    office = await openOffice(lab, { redirect: 'command', failoverMethod: 'manual' });
    office.startWorker();
  });
  afterAll(async () => {
    await office.close();
    await lab.restore('before-rebuild-manual');
  });

  it('a new copy is chosen though pg_rewind would call it done, and the tablespace’s old data is kept aside, too (H1, H2, H35)', async () => {
    await lab.blackhole('primary', 'standby');
    await sql(lab, 'primary', `insert into visits (note) values ('never arrived')`);
    await lab.killPostgres('primary');
    const failover = await office.request('failover');
    expect((await office.seeThrough(failover.id)).state).toBe('succeeded');
    expect(await sql(lab, 'standby', 'select timeline_id from pg_control_checkpoint()')).toBe('1');
    await lab.unblackhole('primary', 'standby');
    const { id } = await office.request('rebuild');
    const run = await office.seeThrough(id);
    expect([run.state, run.error]).toEqual(['succeeded', undefined]);
    expect(findingOf(run, 'rebuild.way')?.params).toMatchObject({ way: 'clone', reason: 'same_timeline' });
    await expectFollower('primary', 'standby');
    expect(await sql(lab, 'primary', 'select count(*) from scans')).toBe('5000');
    expect(await sql(lab, 'primary', `select count(*) from visits where note = 'never arrived'`)).toBe('0');
    const kept = await mustRun(lab, 'primary', `ls -d ${DATA}.old-${id} ${SPACE}.old-${id}; ls ${SPACE}`);
    expect(kept).toContain('PG_17_');
  });
});
