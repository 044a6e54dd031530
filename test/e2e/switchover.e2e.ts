import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { InventoryOptions } from '../../lab/inventory.ts';
import { openLab } from '../../lab/lab.ts';
import type { OutageReport } from '../../src/domain/report.ts';
import type { Run } from '../../src/domain/run.ts';
import { openGate } from '../../src/domain/run.ts';
import { mustRun, sql } from '../lab/support.ts';
import { DATA, makePair } from '../runbooks/support/pair.ts';
import type { Office, WorkerFaults, WorkerProcess } from './office.ts';
import { openOffice } from './office.ts';
import { beginWork, endWork } from './visits.ts';

const lab = openLab();

async function streaming(primary: string): Promise<void> {
  const query = `select count(*) from pg_stat_replication where state = 'streaming'`;
  await vi.waitFor(async () => expect(await sql(lab, primary, query)).toBe('1'), { timeout: 30_000, interval: 200 });
}

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
    await streaming('primary');
    await lab.save('switchover-pair');
  });
  beforeEach(async () => {
    await lab.restore('switchover-pair');
    await streaming('primary');
  });
  afterEach(async () => {
    await mustRun(lab, 'app', 'touch /run/stop');
    await office.close();
  });
  afterAll(() => lab.restore('before-switchover'));

  async function open(options: InventoryOptions = {}, faults?: WorkerFaults): Promise<WorkerProcess> {
    office = await openOffice(lab, { redirect: 'command', ...options });
    return office.startWorker(faults);
  }

  it('under a writing load: no promised commit is lost, the old primary follows the new one, traffic goes on', async () => {
    await open();
    await beginWork(lab, 2);
    const { id } = await office.request('switchover');
    const run = await office.seeThrough(id);
    expect(run.error).toBeUndefined();
    expect(run.state).toBe('succeeded');
    await streaming('standby');
    const work = await endWork(lab, 'standby');
    expect(work.acked).toBeGreaterThan(20);
    expect(work.lost).toEqual([]);
    const outage = outageOf(run);
    process.stderr.write(
      `switchover: outage ${outage.milliseconds} ms, as the clients saw it ${work.longestGap} ms, ${work.acked} visits\n`,
    );
    expect(outage.milliseconds).toBeGreaterThan(0);
    expect(outage.milliseconds).toBeLessThan(work.longestGap + 500);
    expect(await office.store.clusters.roles('demo')).toEqual({ primary: 'standby', standby: 'primary' });
  });
});
