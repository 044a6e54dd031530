import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RehearsalReport } from '../../src/domain/report.ts';
import { DATA, lab } from './bench.ts';
import { findingOf, openPair, type Pair } from './pair.ts';

const SLOTS = 'select slot_name, active, temporary from pg_replication_slots order by 1';
const PROGRAM = '/home/windows/.wine/drive_c/Program Files (x86)/PostgreSQL/17/bin/pg_ctl.exe';
const LEFT_OVER = `${DATA}.rehearsal-old`;

let pair: Pair;

beforeAll(async () => {
  pair = await openPair();
}, 1_200_000);
afterAll(async () => {
  await pair?.close();
  await lab.restore('fresh');
}, 300_000);

/** The pair is what it was: one slot, one stream, and nothing of a rehearsal on the standby. */
async function expectUntouched(slots: string): Promise<void> {
  expect(await pair.said('standby', 'cmd', '/d', '/c', 'dir', '/b', `${DATA}\\..`)).not.toContain('.rehearsal-');
  expect((await lab.run('standby', 'pgrep -fc "[p]ostgres.exe.*rehearsal"')).stdout.trim()).toBe('0');
  expect(await pair.sql('primary', SLOTS)).toBe(slots);
  expect(await pair.sql('standby', 'select pg_is_in_recovery(), timeline_id from pg_control_checkpoint()')).toBe('t|1');
  expect(await pair.sql('standby', 'select count(*) from pg_replication_slots')).toBe('0');
}

describe('a rehearsal on a Windows standby', () => {
  it('promotes a copy, times it and removes it, and what an earlier one has left; the standby never stops streaming', async () => {
    const slots = await pair.sql('primary', SLOTS);
    const receiver = await pair.sql('standby', 'select pid from pg_stat_wal_receiver');
    await lab.run('standby', `mkdir '/opt/mmedica/Zażółć gęślą/data.rehearsal-old'`);
    const run = await pair.done('rehearse');
    const proof = run.reports.find((report): report is RehearsalReport => report.kind === 'rehearsal');
    expect(proof).toMatchObject({ host: 'standby', timeline: 2 });
    expect(proof?.milliseconds).toBeGreaterThan(0);
    expect(proof?.recoveryMilliseconds).toBeGreaterThan(0);
    expect(findingOf(run, 'rehearsal.left-over')?.params).toEqual({ paths: LEFT_OVER });
    await expectUntouched(slots);
    expect(await pair.sql('standby', 'select pid from pg_stat_wal_receiver')).toBe(receiver);
    expect(await pair.sql('standby', `select to_regclass('zapas_rehearsal') is null`)).toBe('t');
  }, 1_200_000);

  it('removes a copy that cannot be started, too', async () => {
    const slots = await pair.sql('primary', SLOTS);
    await lab.run('standby', `mv '${PROGRAM}' '${PROGRAM}.away'`);
    const run = await pair.carriedOut('rehearse');
    await lab.run('standby', `mv '${PROGRAM}.away' '${PROGRAM}'`);
    expect([run.state, run.steps.find(({ state }) => state === 'failed')?.id]).toEqual(['failed', 'rehearse.start']);
    expect(run.undone).toEqual(['rehearse.remove']);
    await expectUntouched(slots);
  }, 1_200_000);
});
