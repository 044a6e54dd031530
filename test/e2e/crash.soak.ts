import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLab } from '../../lab/lab.ts';
import { bareLab } from './bare-lab.ts';
import type { Office } from './office.ts';
import { openOffice } from './office.ts';

const lab = openLab();
const POINTS = ['step-started', 'change-applied', 'roles-set', 'step-finished'];
const STARTS = 'grep -h "starting PostgreSQL" /opt/mmedica/pgsql-17/data/pg_log/*';
const COPIES = 'grep -h "checkpoint starting: immediate force wait" /opt/mmedica/pgsql-17/data/pg_log/*';

async function linesOf(host: string, script: string): Promise<readonly string[]> {
  const { stdout } = await lab.run(host, script);
  return stdout.trim().split('\n').filter(Boolean);
}

describe('a worker that is killed at every step boundary', () => {
  let office: Office;

  beforeAll(async () => {
    await bareLab(lab);
    office = await openOffice(lab);
  });
  afterAll(async () => {
    await office.close();
    await bareLab(lab);
  });

  it('sets the pair up all the same, each effect once (M01–M18)', async () => {
    const startsBefore = await linesOf('primary', STARTS);
    const copiesBefore = await linesOf('primary', COPIES);
    const worker = office.startWorker({ killAt: POINTS });
    const { id } = await office.request('setup');
    const run = await office.seeThrough(id, 400);
    expect(run.error).toBeUndefined();
    expect(run.state).toBe('succeeded');
    expect(worker.kills()).toBeGreaterThan(25);
    await worker.stop();
    expect(await linesOf('primary', STARTS)).toHaveLength(startsBefore.length + 1);
    expect(await linesOf('primary', 'grep clientcert /opt/mmedica/pgsql-17/data/pg_hba.conf | sort | uniq -d')).toEqual(
      [],
    );
    expect(await linesOf('primary', COPIES)).toHaveLength(copiesBefore.length + 1);
    expect(await linesOf('standby', 'ls -d /opt/mmedica/pgsql-17/data.clone-* 2>/dev/null')).toEqual([]);
    const audit = await office.store.audit.verify();
    expect(audit.ok).toBe(true);
  }, 600_000);

  it('fails over all the same: one promotion, one timeline further, the old primary fenced (M19–M25)', async () => {
    await lab.killPostgres('primary');
    const worker = office.startWorker({ killAt: POINTS });
    const { id } = await office.request('failover');
    const run = await office.seeThrough(id, 400);
    expect(run.error).toBeUndefined();
    expect(run.state).toBe('succeeded');
    expect(worker.kills()).toBeGreaterThan(10);
    await worker.stop();
    expect(
      await linesOf('standby', 'grep -h "selected new timeline ID" /opt/mmedica/pgsql-17/data/pg_log/*'),
    ).toHaveLength(1);
    expect(await linesOf('primary', 'systemctl is-enabled postgresmm-17 || true')).toEqual(['disabled']);
    expect(await office.store.clusters.roles('demo')).toEqual({ primary: 'standby', standby: 'primary' });
  }, 600_000);
});
