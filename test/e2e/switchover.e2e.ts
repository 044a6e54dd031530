import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openLab } from '../../lab/lab.ts';
import type { OutageReport } from '../../src/domain/report.ts';
import type { Run } from '../../src/domain/run.ts';
import { openGate } from '../../src/domain/run.ts';
import { mustRun, sql } from '../lab/support.ts';
import { DATA, makePair } from '../runbooks/support/pair.ts';
import type { Office } from './office.ts';
import { openOffice } from './office.ts';
import { beginWork, endWork, standbyStreams } from './visits.ts';

const lab = openLab();
/** The standby receives, but does not replay: its startup process is stopped. */
const STOP_REPLAY = `kill -STOP $(pgrep -f '^postgres: startup')`;
const GO_ON = `kill -CONT $(pgrep -f '^postgres: startup')`;

function outageOf(run: Run): OutageReport {
  const found = run.reports.find((report): report is OutageReport => report.kind === 'outage');
  if (!found) throw new Error(`no outage: ${JSON.stringify(run.error)}`);
  return found;
}

describe('switchover on real hosts', () => {
  let office: Office;

  beforeAll(async () => {
    await lab.up();
    await lab.save('before-switchover');
    await makePair(lab);
    await standbyStreams(lab, 'primary');
    office = await openOffice(lab, { redirect: 'hosts-file' });
  });
  afterEach(() => mustRun(lab, 'app', 'touch /run/stop'));
  afterAll(async () => {
    await office.close();
    await lab.restore('before-switchover');
  });

  /** The primary is one again, starts with its host, and takes writes; nothing was promoted. */
  async function expectAsBefore(): Promise<void> {
    expect(await sql(lab, 'primary', 'select pg_is_in_recovery(), timeline_id from pg_control_checkpoint()')).toBe(
      'f|1',
    );
    await sql(lab, 'primary', `insert into visits (note) values ('back')`);
    expect((await mustRun(lab, 'primary', 'systemctl is-enabled postgresmm-17')).trim()).toBe('enabled');
    expect((await lab.run('primary', `ls ${DATA}/recovery.conf ${DATA}/standby.signal`)).stdout).toBe('');
    expect(await sql(lab, 'standby', 'select pg_is_in_recovery()')).toBe('t');
    expect(await office.store.clusters.roles('demo')).toBeUndefined();
    await standbyStreams(lab, 'primary');
  }

  it('the standby has not replayed everything: nothing is promoted, the primary is started again, though its worker dies on the way (H7)', async () => {
    const worker = office.startWorker({ killAt: ['undo-started'] });
    await mustRun(lab, 'standby', STOP_REPLAY);
    const { id } = await office.request('switchover');
    const run = await office.seeThrough(id);
    await mustRun(lab, 'standby', GO_ON);
    expect([run.state, run.error?.code]).toEqual(['failed', 'verify.failed']);
    expect(run.undone).toEqual(['switchover.put-back']);
    expect(worker.kills()).toBe(1);
    await worker.stop();
    await expectAsBefore();
  });

  it('stopped by a person before the point of no return: the primary is started again', async () => {
    const worker = office.startWorker();
    await mustRun(lab, 'standby', STOP_REPLAY);
    const { id } = await office.request('switchover');
    const asked = await office.until(id, (run) => openGate(run) !== undefined);
    await office.grant(asked, 'piotr');
    await office.until(id, (run) => run.steps.some((step) => step.id === 'switchover.stop' && step.state === 'done'));
    await office.store.runs.apply(id, {
      type: 'stop-asked',
      at: new Date().toISOString(),
      by: { person: 'anna', platform: 'terminal' },
    });
    const run = await office.seeThrough(id);
    await mustRun(lab, 'standby', GO_ON);
    expect([run.state, run.error?.code]).toEqual(['cancelled', 'run.stopped']);
    await worker.stop();
    await expectAsBefore();
  });

  it('under a writing load: no promised commit is lost, the old primary follows, traffic goes on (H38, M24, M25)', async () => {
    office.startWorker();
    await beginWork(lab, 2);
    const { id } = await office.request('switchover');
    const run = await office.seeThrough(id);
    expect(run.error).toBeUndefined();
    expect(run.state).toBe('succeeded');
    await standbyStreams(lab, 'standby');
    const work = await endWork(lab, 'standby');
    expect(work.acked).toBeGreaterThan(20);
    expect(work.lost).toEqual([]);
    const outage = outageOf(run);
    process.stderr.write(
      `switchover: outage ${outage.milliseconds} ms, as the clients saw it ${work.longestGap} ms, ${work.acked} visits\n`,
    );
    expect(outage.milliseconds).toBeGreaterThan(0);
    expect(outage.milliseconds).toBeLessThan(work.longestGap + 500);
    const proof = run.steps.find((step) => step.id === 'switchover.caught-up')?.findings;
    expect(proof).toMatchObject([{ id: 'zero-loss', verdict: 'ok' }]);
    // The slot of the time when it was the primary would keep WAL back for nobody (H13).
    expect(await sql(lab, 'primary', 'select count(*) from pg_replication_slots')).toBe('0');
    expect(await office.store.clusters.roles('demo')).toEqual({ primary: 'standby', standby: 'primary' });
  });
});
