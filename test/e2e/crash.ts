import { expect } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import type { Run } from '../../src/domain/run.ts';
import type { Office, WorkerProcess } from './office.ts';

const STARTS = 'grep -h "starting PostgreSQL" /opt/mmedica/pgsql-17/data/pg_log/*';
const COPIES = 'grep -h "checkpoint starting: immediate force wait" /opt/mmedica/pgsql-17/data/pg_log/*';

async function linesOf(lab: Lab, host: string, script: string): Promise<readonly string[]> {
  const { stdout } = await lab.run(host, script);
  return stdout.trim().split('\n').filter(Boolean);
}

async function seeThrough(office: Office, runbook: 'setup' | 'failover'): Promise<Run> {
  const { id } = await office.request(runbook);
  return await office.seeThrough(id, 400);
}

/** Sets the pair up with a worker that dies at all these points, and expects each effect once (M01–M18). */
export async function expectSetUpOnce(lab: Lab, office: Office, killAt: readonly string[]): Promise<WorkerProcess> {
  const startsBefore = await linesOf(lab, 'primary', STARTS);
  const copiesBefore = await linesOf(lab, 'primary', COPIES);
  const worker = office.startWorker({ killAt });
  const { state, error } = await seeThrough(office, 'setup');
  await worker.stop();
  expect({ state, error }).toEqual({ state: 'succeeded', error: undefined });
  expect(await linesOf(lab, 'primary', STARTS)).toHaveLength(startsBefore.length + 1);
  expect(
    await linesOf(lab, 'primary', 'grep clientcert /opt/mmedica/pgsql-17/data/pg_hba.conf | sort | uniq -d'),
  ).toEqual([]);
  expect(await linesOf(lab, 'primary', COPIES)).toHaveLength(copiesBefore.length + 1);
  expect(await linesOf(lab, 'standby', 'ls -d /opt/mmedica/pgsql-17/data.clone-* 2>/dev/null')).toEqual([]);
  expect((await office.store.audit.verify()).ok).toBe(true);
  return worker;
}

/** The same for a failover of that pair: one promotion, one timeline further, the old primary fenced (M19–M25). */
export async function expectFailedOverOnce(
  lab: Lab,
  office: Office,
  killAt: readonly string[],
): Promise<WorkerProcess> {
  await lab.killPostgres('primary');
  const worker = office.startWorker({ killAt });
  const { state, error } = await seeThrough(office, 'failover');
  await worker.stop();
  expect({ state, error }).toEqual({ state: 'succeeded', error: undefined });
  const selected = 'grep -h "selected new timeline ID" /opt/mmedica/pgsql-17/data/pg_log/*';
  expect(await linesOf(lab, 'standby', selected)).toHaveLength(1);
  expect(await linesOf(lab, 'primary', 'systemctl is-enabled postgresmm-17 || true')).toEqual(['disabled']);
  expect(await office.store.clusters.roles('demo')).toEqual({ primary: 'standby', standby: 'primary' });
  return worker;
}
