import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { planHash } from '../../../src/domain/plan.ts';
import { fact, request } from '../../contracts/run-store.ts';
import { plan, plannedStep } from '../../domain/runs.ts';
import type { Scratch } from './scratch.ts';
import { crashServer, embeddedStore } from './scratch.ts';

const WORKERS = 3;
const LEASE_MS = 400;
const CLUSTERS = 4;
const RUNS_PER_CLUSTER = 3;
const STEPS = Array.from({ length: 8 }, (_, n) => `torture.step-${n}`);
const TOTAL = CLUSTERS * RUNS_PER_CLUSTER * STEPS.length;
const PATIENCE = { timeout: 90_000, interval: 20 };

let scratch: Scratch;
const children = new Set<ChildProcess>();
/** What workers said the store had taken. */
const told: string[] = [];
let begun = 0;

beforeAll(async () => {
  scratch = await embeddedStore();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await scratch.remove();
});

function spawnWorker(): void {
  const { host = '', port = 0, user = '', password, database = '' } = scratch.store.queuePool.options;
  const url = `postgres://${user}:${String(password)}@${host}:${port}/${database}`;
  const script = join(import.meta.dirname, 'torture-worker.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, url, `worker-${begun}`, String(LEASE_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  if (child.stdout)
    createInterface(child.stdout).on('line', (line) => {
      if (line === 'begun') begun += 1;
      else told.push(line);
    });
}

const anyChild = (): ChildProcess => {
  const all = [...children];
  const child = all[Math.floor(Math.random() * all.length)];
  if (!child) throw new Error('no worker');
  return child;
};

async function killOne(): Promise<void> {
  const child = anyChild();
  children.delete(child);
  child.kill('SIGKILL');
  await once(child, 'exit');
  spawnWorker();
}

/** Longer than a lease: it comes back as a zombie that believes it still holds its run. */
async function freezeOne(): Promise<void> {
  const child = anyChild();
  child.kill('SIGSTOP');
  await pause(2 * LEASE_MS);
  child.kill('SIGCONT');
}

async function requestAll(): Promise<readonly string[]> {
  const { runs } = scratch.store;
  const made = plan(STEPS.map((id) => plannedStep(id)));
  const planned = fact({ type: 'planned', plan: made, planHash: planHash(made) });
  const ids: string[] = [];
  for (let n = 0; n < CLUSTERS * RUNS_PER_CLUSTER; n += 1) {
    const { run } = await runs.request(request({ cluster: `cluster-${n % CLUSTERS}` }));
    ids.push(run.id);
    // Only what is let in can be planned: the others follow as the clusters become free.
    if (run.state === 'ready') await runs.apply(run.id, planned);
    else
      await scratch.sql(`update zapas.run set doc = (doc::jsonb || $2::jsonb)::json where id = $1`, [
        run.id,
        withSteps(),
      ]);
  }
  return ids;
}

const withSteps = (): string => JSON.stringify({ steps: STEPS.map((id) => ({ id, state: 'pending' })) });

it('workers killed, frozen and cut off at any moment lose no event and double none', { timeout: 180_000 }, async () => {
  const ids = await requestAll();
  for (let n = 0; n < WORKERS; n += 1) spawnWorker();
  await vi.waitFor(() => expect(begun).toBe(WORKERS), PATIENCE);

  const reached = (share: number): Promise<void> =>
    vi.waitFor(() => expect(told.length).toBeGreaterThanOrEqual(share), PATIENCE);
  for (let share = 6; share < TOTAL - 12; share += 9) {
    await reached(share);
    await killOne();
    if (share % 27 === 6) await freezeOne();
    if (share % 36 === 15) await crashServer(scratch);
  }
  await vi.waitFor(async () => {
    const states = (await scratch.store.runs.list({})).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['succeeded']));
  }, PATIENCE);

  const written: string[] = [];
  for (const id of ids) {
    const events = (await scratch.store.audit.read(id)).map(({ event }) => event);
    const steps = events.flatMap((event) => (event.type === 'step-finished' ? [event.step] : []));
    expect(steps).toEqual(STEPS);
    expect(events.filter(({ type }) => type === 'finished')).toHaveLength(1);
    expect(await scratch.store.runs.load(id)).toMatchObject({ version: events.length });
    written.push(...steps.map((step) => `${id} ${step}`));
  }
  expect(written).toEqual(expect.arrayContaining(told));
  expect(new Set(told).size).toBe(told.length);
  expect(await scratch.store.audit.verify()).toMatchObject({ ok: true });
});
