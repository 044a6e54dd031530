import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATA, lab } from './bench.ts';
import { findingOf, openPair, type Pair } from './pair.ts';

/** A Windows pair after a failover: its old primary becomes a standby again, the one way and the other. */
const PATIENCE = { timeout: 300_000, interval: 500 };
const SERVICE_KEY = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\postgresmm-17';
const LINUX_DATA = '/opt/mmedica/Zażółć gęślą/data';

let pair: Pair;

beforeAll(async () => {
  pair = await openPair();
}, 1_200_000);
afterAll(async () => {
  await pair?.close();
  await lab.restore('fresh');
}, 300_000);

/** The old primary has what the new one writes, has no tripwire, and starts with its host. */
async function expectFollower(note: string): Promise<void> {
  await pair.sql('standby', `insert into visits values ('${note}')`);
  const seen = `select pg_is_in_recovery(), count(*) from visits where note = '${note}'`;
  await expect.poll(() => pair.sql('primary', seen), PATIENCE).toBe('t|1');
  expect(await pair.read('primary', `${DATA}\\recovery.conf`)).toBeUndefined();
  expect(await pair.said('primary', 'reg', 'query', SERVICE_KEY, '/v', 'Start')).toMatch(/0x2/);
}

describe('the old primary of a Windows pair', () => {
  it('is fenced when it comes back: stopped, and down after the next boot as well (H46)', async () => {
    await pair.sql('primary', "create table visits (note text); insert into visits values ('before')");
    await lab.run('primary', `echo 'log_min_duration_statement = 4321' >> '${LINUX_DATA}/postgresql.conf'`);
    await lab.powerOff('primary');
    await pair.done('failover');
    await lab.boot('primary');
    await expect.poll(() => pair.sql('primary', 'select pg_is_in_recovery()').catch(String), PATIENCE).toBe('f');
    await pair.sql('primary', "insert into visits values ('into the ghost')");
    const run = await pair.done('fence');
    expect(findingOf(run, 'ghost.writes')?.params['transactions']).toBe(1);
    await expect(pair.sql('primary', 'select 1')).rejects.toThrow('psql');
    expect(await pair.said('primary', 'reg', 'query', SERVICE_KEY, '/v', 'Start')).toMatch(/0x4/);
  }, 1_200_000);

  it('follows again by pg_rewind: its own configuration kept, what it wrote alone put aside (H3, H4)', async () => {
    const run = await pair.done('rebuild');
    expect(findingOf(run, 'rebuild.way')?.params).toMatchObject({ way: 'rewind', reason: 'forked' });
    await expectFollower('after the rewind');
    expect(await pair.sql('primary', "select count(*) from visits where note = 'into the ghost'")).toBe('0');
    expect(await pair.read('primary', `${DATA}\\postgresql.conf`)).toContain('log_min_duration_statement = 4321');
    const kept = await pair.said(
      'primary',
      'cmd',
      '/d',
      '/c',
      'dir',
      '/b',
      `C:\\ProgramData\\zapas\\rebuild\\${run.id}\\wal`,
    );
    expect(kept).toMatch(/^00000001/);
  }, 1_200_000);

  it('or by a new copy: the old data is kept aside, its size told, and removed when a person lets it go (H31, M14)', async () => {
    const run = await pair.done('rebuild', { method: 'clone' });
    await expectFollower('after the new copy');
    const old = findingOf(run, 'old-data')?.params;
    expect(old?.['path']).toBe(`${DATA}.old-${run.id}`);
    expect(old?.['megabytes']).toBeGreaterThan(10);
    expect(await pair.read('primary', `${old?.['path']}\\PG_VERSION`)).toContain('17');
    await pair.done('rebuild', { discardOld: true });
    expect(await pair.said('primary', 'cmd', '/d', '/c', 'dir', '/b', `${DATA}\\..`)).not.toContain('.old-');
    await expectFollower('after the old data');
  }, 1_200_000);
});
