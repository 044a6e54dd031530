import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openLab } from '../../lab/lab.ts';
import type { Run } from '../../src/domain/run.ts';
import { openGate } from '../../src/domain/run.ts';
import type { RunbookId } from '../../src/domain/runbook.ts';
import type { Finding } from '../../src/domain/step.ts';
import type { ConditionId } from '../../src/domain/watch.ts';
import { mustRun, sql } from '../lab/support.ts';
import { DATA, makePair } from '../runbooks/support/pair.ts';
import type { Office } from './office.ts';
import { openOffice } from './office.ts';
import { standbyStreams } from './visits.ts';

const lab = openLab();
const PATIENCE = { timeout: 30_000, interval: 100 };

/** As a person would, past Zapas. */
const promote = (host: string) =>
  mustRun(lab, host, `runuser -u postgres -- /opt/mmedica/pgsql-17/bin/pg_ctl promote -D ${DATA} -w`);
const findingsOf = (run: Run, id: Finding['id']): readonly Finding[] =>
  run.steps.flatMap(({ findings = [] }) => findings).filter((one) => one.id === id);

describe('roles that people have changed without Zapas, on real hosts (H46)', () => {
  let office: Office;

  beforeAll(async () => {
    await lab.up();
    await lab.save('before-accept-roles');
    await makePair(lab);
    await standbyStreams(lab, 'primary');
    office = await openOffice(lab, { redirect: 'command', watchSeconds: 1 });
    office.startWorker();
  });
  afterAll(async () => {
    await office.close();
    await lab.restore('before-accept-roles');
  });

  const alerted = async (): Promise<readonly (ConditionId | undefined)[]> =>
    (await office.store.watch.openAlerts('demo'))
      .filter(({ state }) => state === 'open')
      .map(({ conditions }) => conditions[0]?.id);
  const ended = async (runbook: RunbookId, options: Run['options'] = {}): Promise<Run> =>
    office.seeThrough((await office.request(runbook, 'anna', options)).id);
  const roles = () => office.store.clusters.roles('demo');

  it('are not taken on anybody’s word: while the standby is one, nothing is recorded and nothing changed', async () => {
    const run = await ended('accept-roles');
    expect([run.state, run.error?.code]).toEqual(['failed', 'accept-roles.unproven']);
    expect(await roles()).toBeUndefined();
    await standbyStreams(lab, 'primary');
  });

  it('two take writes, and the promoted one is right: the other is named, fenced after a second person’s approval, and rebuilt', async () => {
    await promote('standby');
    await sql(lab, 'primary', `insert into visits (note) values ('in the wrong place')`);
    await vi.waitFor(async () => expect(await alerted()).toEqual(['primary.twice']), PATIENCE);
    const { id } = await office.request('accept-roles');
    const asked = await office.until(id, (one) => openGate(one) !== undefined);
    expect(openGate(asked)).toMatchObject({ kind: 'approve', bounds: { timeline: 2, fencing: 'possible' } });
    expect(asked.plan?.evidence).toMatchObject({ taken: true, primaryAlive: true, loss: { kind: 'bounded' } });
    expect(await sql(lab, 'primary', 'select pg_is_in_recovery()')).toBe('f');
    // Both go on working while people think.
    await sql(lab, 'standby', `insert into visits (note) values ('in the right place')`);
    const run = await office.seeThrough(id);
    expect([run.state, run.error]).toEqual(['succeeded', undefined]);
    expect(run.granted?.decision?.by.person).toBe('piotr');
    const writes = findingsOf(run, 'ghost.writes').at(-1);
    expect(writes?.host).toBe('primary');
    // Autovacuum there may have committed, too.
    expect(writes?.params['transactions']).toBeGreaterThanOrEqual(1);
    expect(await roles()).toEqual({ primary: 'standby', standby: 'primary' });
    expect((await lab.run('primary', 'systemctl start postgresmm-17')).code).not.toBe(0);
    // Whether pg_rewind will do hangs on how much WAL the old primary happens to keep: the plan knows.
    const rebuilt = await ended('rebuild');
    expect([rebuilt.state, rebuilt.error]).toEqual(['succeeded', undefined]);
    await standbyStreams(lab, 'standby');
    await vi.waitFor(async () => expect(await alerted()).toEqual([]), PATIENCE);
  });

  it('a failover by hand is told as that, and accepted: procedures act on the right server again', async () => {
    await lab.killPostgres('standby');
    await mustRun(lab, 'standby', 'systemctl stop postgresmm-17');
    await promote('primary');
    await vi.waitFor(async () => expect(await alerted()).toEqual(['primary.moved']), PATIENCE);
    // Which of the two it is hangs on whether the watch has seen the new timeline.
    expect((await ended('failover')).error?.code).toMatch(/^standby\.(already-promoted|not-standby)$/);
    const run = await ended('accept-roles');
    expect([run.state, run.error]).toEqual(['succeeded', undefined]);
    expect(await roles()).toEqual({ primary: 'primary', standby: 'standby' });
    expect((await lab.run('standby', 'systemctl is-enabled postgresmm-17')).stdout.trim()).toBe('disabled');
  });
});
