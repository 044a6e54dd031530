import { vi } from 'vitest';
import { LabError } from '../../lab/error.ts';
import { text } from '../../src/domain/command.ts';
import type { HostGateway } from '../../src/domain/ports.ts';
import type { Run } from '../../src/domain/run.ts';
import type { RunbookId } from '../../src/domain/runbook.ts';
import type { Finding } from '../../src/domain/step.ts';
import type { Office } from '../e2e/office.ts';
import { openOffice } from '../e2e/office.ts';
import { ADMIN_PASSFILE, BIN, lab, preparePassfile, windowsHost, windowsInventory } from './bench.ts';

const MADE = 'pair';
const LONG_SECONDS = 900;
const { signal } = new AbortController();

type HostName = 'primary' | 'standby';

/** The lab's Windows pair after `setup`, and an office that takes care of it. */
export interface Pair {
  readonly office: Office;
  /** Asks for a runbook and grants what it asks for until it is over. */
  carriedOut(runbook: RunbookId, options?: Run['options']): Promise<Run>;
  /** The same for one that has to succeed. */
  done(runbook: RunbookId, options?: Run['options']): Promise<Run>;
  /** What a program there prints; throws when it fails. */
  said(host: HostName, ...argv: readonly [string, ...string[]]): Promise<string>;
  sql(host: HostName, query: string): Promise<string>;
  read(host: HostName, path: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** The first file that needs the pair has it set up; the lab keeps it for the others. */
export async function openPair(): Promise<Pair> {
  const made = await lab.restore(MADE).then(
    () => true,
    (error: unknown) => {
      if (error instanceof LabError) return false;
      throw error;
    },
  );
  if (made) return open();
  await lab.restore('fresh');
  const pair = await open();
  await pair.done('setup');
  await pair.close();
  // Another office counts its fencing tokens anew.
  for (const host of ['primary', 'standby']) await lab.run(host, 'rm -r /home/windows/.wine/drive_c/ProgramData/zapas');
  await lab.save(MADE);
  return open();
}

async function open(): Promise<Pair> {
  const hosts = (['primary', 'standby'] as const).map((name) => windowsHost(name, 'NTLM in TLS'));
  const [primary, standby] = hosts.map((one) => one.hosts.gateway(one.host)) as [HostGateway, HostGateway];
  const gateways = { primary, standby };
  // WinRM comes a while after the boot.
  for (const gateway of [primary, standby]) await vi.waitFor(() => preparePassfile(gateway), { timeout: 120_000 });
  const office = await openOffice(lab, {}, { inventory: windowsInventory() });
  const worker = office.startWorker();
  const carriedOut: Pair['carriedOut'] = async (runbook, options = {}) =>
    office.seeThrough((await office.request(runbook, 'anna', options)).id, LONG_SECONDS);
  const said: Pair['said'] = async (host, ...argv) => {
    const env = { LC_ALL: 'C', PGPASSFILE: ADMIN_PASSFILE };
    const { code, stdout, stderr } = await gateways[host].ask({ argv, env, timeoutMs: 60_000 }, signal);
    if (code !== 0) throw new Error(`${argv.join(' ')}: ${text(stderr)}${text(stdout)}`);
    return text(stdout).replaceAll('\r', '').trim();
  };
  return {
    office,
    carriedOut,
    async done(runbook, options) {
      const run = await carriedOut(runbook, options);
      if (run.state !== 'succeeded') throw new Error(`${runbook}: ${run.state} ${JSON.stringify(run.error)}`);
      return run;
    },
    said,
    sql: (host, query) =>
      said(host, `${BIN}\\psql.exe`, '-XAtqw', '-h', '127.0.0.1', '-U', 'postgres', '-d', 'postgres', '-c', query),
    async read(host, path) {
      const content = await gateways[host].read(path, signal);
      return content && text(content);
    },
    async close() {
      await worker.stop();
      await office.close();
      await Promise.all(hosts.map((one) => one.hosts.close()));
    },
  };
}

/** The run's last word on something. */
export function findingOf(run: Run, id: Finding['id']): Finding | undefined {
  return run.steps.flatMap(({ findings = [] }) => findings).findLast((one) => one.id === id);
}
