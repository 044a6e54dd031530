import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../src/domain/run.ts';
import type { RunbookId } from '../../src/domain/runbook.ts';
import type { Office } from '../e2e/office.ts';
import { openOffice } from '../e2e/office.ts';
import { lab, preparePassfile, windowsHost, windowsInventory } from './bench.ts';

/** The runbooks that only read, on a primary as the customer has it and a standby that is not set up yet. */
let office: Office;

beforeAll(async () => {
  const { hosts, host } = windowsHost('primary', 'NTLM in TLS');
  await preparePassfile(hosts.gateway(host));
  await hosts.close();
  office = await openOffice(lab, {}, { inventory: windowsInventory() });
  office.startWorker();
});
afterAll(() => office.close());

async function carriedOut(runbook: RunbookId, options: Run['options'] = {}): Promise<Run> {
  const { id } = await office.request(runbook, 'anna', options);
  return office.seeThrough(id, 170);
}

describe('a Windows pair', () => {
  it('is checked, and shown what its setup would do (M02–M05, M09)', async () => {
    const run = await carriedOut('check');
    expect([run.state, run.error]).toEqual(['succeeded', undefined]);
    const verdicts = (run.plan?.steps ?? []).flatMap(({ findings }) => findings);
    expect(verdicts.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    expect(run.plan?.preview?.map(({ id }) => id)).toContain('setup.clone');
  });

  it('shows its status as one picture', async () => {
    const run = await carriedOut('status');
    expect([run.state, run.error]).toEqual(['succeeded', undefined]);
    expect(run.reports.map(({ kind }) => kind)).toContain('status');
  });

  it('shows the end of its log with a verdict (M17)', async () => {
    const run = await carriedOut('logs', { host: 'primary' });
    expect([run.state, run.error]).toEqual(['succeeded', undefined]);
    expect(JSON.stringify(run.reports)).toContain('pg_log');
  });
});
