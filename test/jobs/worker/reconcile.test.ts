import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Store } from '../../../src/adapters/store/open-store.ts';
import { openStore } from '../../../src/adapters/store/open-store.ts';
import type { Run } from '../../../src/domain/run.ts';
import type { RunbookId } from '../../../src/domain/runbook.ts';
import { noProbe } from '../../../src/jobs/engine/deps.ts';
import type { Worker } from '../../../src/jobs/worker/worker.ts';
import { createWorker } from '../../../src/jobs/worker/worker.ts';
import { ANNA } from '../../domain/runs.ts';
import { realEngine, toyFailover, toySetup } from '../engine/real.ts';

const { publicKey } = generateKeyPairSync('ed25519');
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const WAIT = { timeout: 20_000 };
const HOUR = 3_600_000;
let root: string;
let store: Store;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'zapas-worker-'));
  await chmod(root, 0o711);
  store = await openStore({ dataDir: join(root, 'data') });
});

afterAll(async () => {
  await store.close();
  await rm(root, { recursive: true, force: true });
});

/** Nobody ever wakes this worker up: all it knows it finds by itself. */
function workerOf(cluster: string, runbook: 'setup' | 'failover', clock = (): Date => new Date()): Worker {
  const dir = root;
  const steps = runbook === 'setup' ? toySetup(dir) : toyFailover(dir);
  const engine = realEngine(store, { dir }, cluster, publicKey, steps, noProbe, clock);
  const limits = { urgent: 2, mutating: 2, reads: 2, reconcileMs: 100 };
  return createWorker({ engine, runs: store.runs, now: () => new Date(), log: quiet, limits });
}

async function ask(runbook: RunbookId, cluster: string): Promise<string> {
  const id = randomUUID();
  const request = { id, asked: id, runbook, cluster, site: 'clinic', mutating: true, options: {} };
  await store.runs.request({ type: 'requested', ...request, at: new Date().toISOString(), by: ANNA });
  return id;
}

const until = (id: string, state: Run['state']): Promise<Run | undefined> =>
  vi.waitFor(async () => {
    const run = await store.runs.load(id);
    expect(run?.state).toBe(state);
    return run;
  }, WAIT);

describe('a worker that the queue never wakes', () => {
  it('closes a gate whose time is over, and lets the next run of the cluster in', async () => {
    const [first, second] = [await ask('failover', 'c-1'), await ask('failover', 'c-1')];
    expect((await store.runs.load(second))?.state).toBe('queued');
    // The engine's clock is behind, so the gates it opens are over when they open.
    const worker = workerOf('c-1', 'failover', () => new Date(Date.now() - HOUR));
    worker.start();
    expect((await until(first, 'cancelled'))?.error?.code).toBe('approval.expired');
    expect((await until(second, 'cancelled'))?.error?.code).toBe('approval.expired');
    await worker.stop();
  });

  it('stops without ending the job on the host; the next worker follows it, and can stop it', async () => {
    const id = await ask('setup', 'c-2');
    const worker = workerOf('c-2', 'setup');
    worker.start();
    const shell = await vi.waitFor(async () => Number(await readFile(join(root, 'waiting'), 'utf8')), WAIT);
    await worker.stop();
    expect((await store.runs.load(id))?.state).toBe('ready');
    expect(process.kill(shell, 0)).toBe(true);
    const next = workerOf('c-2', 'setup');
    next.start();
    await store.runs.apply(id, { type: 'stop-asked', at: new Date().toISOString(), by: ANNA });
    await until(id, 'cancelled');
    expect(() => process.kill(shell, 0)).toThrow('ESRCH');
    await next.stop();
  });
});
