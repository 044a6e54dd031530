import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openLab } from '../../lab/lab.ts';
import type { RehearsalReport } from '../../src/domain/report.ts';
import { mustRun, sql } from '../lab/support.ts';
import { DATA, makePair } from '../runbooks/support/pair.ts';
import type { Office } from './office.ts';
import { openOffice } from './office.ts';
import { beginWork, endWork, standbyStreams } from './visits.ts';

const lab = openLab();
const SLOTS = 'select slot_name, active, temporary from pg_replication_slots order by 1';
const SPACE = '/opt/mmedica/archive';
/** Nobody writes there meanwhile. */
const SPACE_FILES = `cd ${SPACE} && find . -type f -exec stat -c '%n %s %y' {} + | sort`;
const LEFT = `ls -d ${DATA}.rehearsal-* ${SPACE}.rehearsal-* 2>/dev/null; for p in /proc/[0-9]*; do readlink $p/cwd; done | grep rehearsal; true`;

/** What the primary has done until now is in the standby's files, and so is its tablespace. */
async function flushStandby(): Promise<void> {
  await sql(lab, 'primary', 'checkpoint');
  const lsn = await sql(lab, 'primary', 'select pg_current_wal_flush_lsn()');
  const replayed = `select pg_last_wal_replay_lsn() >= '${lsn}'::pg_lsn`;
  await vi.waitFor(async () => expect(await sql(lab, 'standby', replayed)).toBe('t'), {
    timeout: 30_000,
    interval: 100,
  });
  await sql(lab, 'standby', 'checkpoint');
}

/** The pair is what it was: one slot, one stream, and nothing of a rehearsal on the standby. */
async function expectUntouched(slots: string): Promise<void> {
  expect(await mustRun(lab, 'standby', LEFT)).toBe('');
  expect(await sql(lab, 'primary', SLOTS)).toBe(slots);
  expect(await sql(lab, 'standby', 'select pg_is_in_recovery(), timeline_id from pg_control_checkpoint()')).toBe('t|1');
  expect(await sql(lab, 'standby', 'select count(*) from pg_replication_slots')).toBe('0');
  await standbyStreams(lab, 'primary');
}

describe('a rehearsal on real hosts', () => {
  let office: Office;

  beforeAll(async () => {
    await lab.up();
    await lab.save('before-rehearsal');
    await makePair(lab);
    // Nothing but this file makes checkpoints, so that what a copy has to replay is known.
    await sql(lab, 'primary', `alter system set checkpoint_timeout = '1d'`);
    await sql(lab, 'primary', 'select pg_reload_conf()');
    for (const host of ['primary', 'standby']) await mustRun(lab, host, `install -d -o postgres -g postgres ${SPACE}`);
    await sql(lab, 'primary', `create tablespace archive location '${SPACE}'`);
    await sql(
      lab,
      'primary',
      'create table scans with (autovacuum_enabled = false) tablespace archive as select n from generate_series(1, 5000) n',
    );
    await standbyStreams(lab, 'primary');
    office = await openOffice(lab, { redirect: 'command' });
  });
  afterAll(async () => {
    await mustRun(lab, 'app', 'touch /run/stop');
    await office.close();
    await lab.restore('before-rehearsal');
  });

  it('refuses where replay would lead the copy into the standby’s own tablespace (H35)', async () => {
    const worker = office.startWorker();
    const slots = await sql(lab, 'primary', SLOTS);
    const { id } = await office.request('rehearse');
    const run = await office.seeThrough(id);
    expect([run.state, run.error?.code]).toEqual(['failed', 'job.failed']);
    expect(run.error?.params['detail']).toContain('a tablespace was made a short time ago');
    await worker.stop();
    await expectUntouched(slots);
  });

  it('is timed while the office works; whatever dies on the way, nothing is left, and the standby never stops streaming', async () => {
    await flushStandby();
    const slots = await sql(lab, 'primary', SLOTS);
    const files = await mustRun(lab, 'standby', SPACE_FILES);
    const receiver = await sql(lab, 'standby', 'select pid from pg_stat_wal_receiver');
    // What an earlier rehearsal has left goes first.
    await mustRun(lab, 'standby', `install -d -o postgres ${DATA}.rehearsal-old`);
    const worker = office.startWorker({ killAt: ['change-applied rehearse.start'] });
    await beginWork(lab);
    const { id } = await office.request('rehearse');
    const run = await office.seeThrough(id);
    const { lost } = await endWork(lab, 'primary');
    expect([run.state, run.error]).toEqual(['succeeded', undefined]);
    expect(lost).toEqual([]);
    expect(worker.kills()).toBe(1);
    const proof = run.reports.find((report): report is RehearsalReport => report.kind === 'rehearsal');
    expect(proof).toMatchObject({ host: 'standby', timeline: 2 });
    expect(proof?.milliseconds).toBeGreaterThan(0);
    expect(Math.abs(Date.parse(proof?.at ?? '') - Date.now())).toBeLessThan(600_000);
    const status = await office.seeThrough((await office.request('status')).id);
    expect(status.reports).toContainEqual(
      expect.objectContaining({ kind: 'status', rehearsed: { at: proof?.at, milliseconds: proof?.milliseconds } }),
    );
    expect(run.steps.find(({ id: step }) => step === 'rehearse.room')?.findings).toContainEqual(
      expect.objectContaining({ id: 'rehearsal.left-over', params: { paths: `${DATA}.rehearsal-old` } }),
    );
    await expectUntouched(slots);
    expect(await mustRun(lab, 'standby', SPACE_FILES)).toBe(files);
    expect(await sql(lab, 'standby', 'select pid from pg_stat_wal_receiver')).toBe(receiver);
    expect(await sql(lab, 'standby', `select to_regclass('zapas_rehearsal') is null`)).toBe('t');
  });

  it('a copy that cannot be promoted is removed, too', async () => {
    const slots = await sql(lab, 'primary', SLOTS);
    await mustRun(lab, 'standby', 'mv /opt/mmedica/pgsql-17/bin/pg_ctl /opt/mmedica/pgsql-17/bin/pg_ctl.away');
    const { id } = await office.request('rehearse');
    const run = await office.seeThrough(id);
    await mustRun(lab, 'standby', 'mv /opt/mmedica/pgsql-17/bin/pg_ctl.away /opt/mmedica/pgsql-17/bin/pg_ctl');
    expect([run.state, run.steps.find(({ state }) => state === 'failed')?.id]).toEqual(['failed', 'rehearse.promote']);
    expect(run.undone).toEqual(['rehearse.remove']);
    await expectUntouched(slots);
  });
});
