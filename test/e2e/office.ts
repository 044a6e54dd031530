import { spawn } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InventoryOptions } from '../../lab/inventory.ts';
import { labInventory } from '../../lab/inventory.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Store } from '../../src/adapters/store/open-store.ts';
import { openStore } from '../../src/adapters/store/open-store.ts';
import type { DecisionDeps, Decisions } from '../../src/bot/decide.ts';
import { createDecisions } from '../../src/bot/decide.ts';
import type { ChatPlatform } from '../../src/bot/platform.ts';
import { parseInventory } from '../../src/config/load.ts';
import { envelopeFor, signEnvelope } from '../../src/domain/approval.ts';
import { errorRef } from '../../src/domain/errors.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { Run } from '../../src/domain/run.ts';
import { isFinal, openGate } from '../../src/domain/run.ts';
import type { RunbookId } from '../../src/domain/runbook.ts';
import { isMutating } from '../../src/domain/runbook.ts';
import { openQueues } from '../../src/jobs/queue/queue.ts';
import { startBot } from '../../src/main/bot.ts';
import { findRunbook } from '../../src/runbooks/registry.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

/** A support office with a store and workers as processes of their own, over the lab's hosts. */
export interface Office {
  readonly dir: string;
  readonly store: Store;
  readonly inventory: Inventory;
  /** Asks for a run of the cluster `demo` and returns it. */
  request(runbook: RunbookId, person?: string, options?: Run['options']): Promise<Run>;
  /** Waits until the run is as wanted; fails after `seconds` with the run's state. */
  until(id: string, wanted: (run: Run) => boolean, seconds?: number): Promise<Run>;
  /** Grants every gate as people would (Anna attests and confirms, Piotr approves) until the run is over or wants attention. */
  seeThrough(id: string, seconds?: number): Promise<Run>;
  grant(run: Run, person: string): Promise<Run>;
  /** The bot's decision service with the office's signing key; `change` makes it another one. */
  bot(change?: Partial<DecisionDeps>): Decisions;
  /** Serves these platforms with the office's signing key; `people` are known by their accounts there. */
  startBot(platforms: readonly ChatPlatform[], people: Inventory): Promise<{ stop(): Promise<void> }>;
  startWorker(faults?: WorkerFaults): WorkerProcess;
  close(): Promise<void>;
}

/** How an office differs from the smallest one. */
export interface OfficeParts {
  /** Wake-ups go through this Redis; without it through the database. */
  readonly redisUrl?: string;
  /** In place of the lab's own. */
  readonly inventory?: string;
  /** A file that gets everything the workers log, at level debug. */
  readonly logPath?: string;
}

/** Where a worker process kills itself with SIGKILL: at each of these points (or `point step-id`), once for every step and change. */
export interface WorkerFaults {
  readonly killAt: readonly string[];
}

export interface WorkerProcess {
  /** How often the process died of SIGKILL and was started again. */
  readonly kills: () => number;
  /** kill -9, now. It is started again. */
  kill(): void;
  stop(): Promise<void>;
}

/** Opens an office in a temporary directory. Close it at the end. */
export async function openOffice(
  lab: Lab,
  options: InventoryOptions = {},
  { redisUrl, logPath, inventory = labInventory(lab, options) }: OfficeParts = {},
): Promise<Office> {
  const dir = await mkdtemp(join(tmpdir(), 'zapas-e2e-'));
  // The embedded server drops to another account when we are root.
  await mkdir(join(dir, 'data'), { mode: 0o755 });
  await chmod(dir, 0o755);
  const inventoryPath = join(dir, 'zapas.yaml');
  await writeFile(inventoryPath, inventory);
  const parsed = parseInventory(inventory);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  await writeFile(join(dir, 'verify.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
  const store = await openStore({ dataDir: join(dir, 'data') });
  const queues = await openQueues(
    redisUrl === undefined ? { pool: store.queuePool } : { redisUrl },
    createLogger('fatal'),
  );
  const workers = new Set<WorkerProcess>();
  const office: Office = {
    dir,
    store,
    inventory: parsed.inventory,
    async request(runbook, person = 'anna', runOptions = {}) {
      const run = await request(store, runbook, person, runOptions);
      queues.wakeUps.advance(run);
      return run;
    },
    until: (id, wanted, seconds = 60) => until(store, id, wanted, seconds),
    async grant(run, person) {
      const granted = await grant(store, run, person, privateKey);
      queues.wakeUps.advance(granted);
      return granted;
    },
    bot: (change = {}) =>
      createDecisions({
        inventory: () => parsed.inventory,
        runs: store.runs,
        signingKey: privateKey,
        now: () => new Date(),
        wake: queues.wakeUps,
        ...change,
      }),
    seeThrough: (id, seconds = 120) => seeThrough(office, id, seconds),
    startBot: (platforms, people) =>
      startBot({
        store,
        queues,
        inventory: people,
        signingKey: privateKey,
        platforms,
        version: 'e2e',
        log: createLogger('error'),
      }),
    startWorker(faults) {
      const worker = startWorkerProcess(dir, faults, { ...(redisUrl && { redisUrl }), ...(logPath && { logPath }) });
      workers.add(worker);
      return worker;
    },
    async close() {
      await Promise.all([...workers].map((worker) => worker.stop()));
      await queues.close();
      await store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return office;
}

async function request(store: Store, runbook: RunbookId, person: string, options: Run['options']): Promise<Run> {
  const { run } = await store.runs.request({
    type: 'requested',
    id: randomUUID(),
    asked: randomUUID(),
    runbook,
    cluster: 'demo',
    site: 'klinika',
    mutating: isMutating(findRunbook(runbook)),
    options,
    at: new Date().toISOString(),
    by: { person, platform: 'terminal' },
  });
  return run;
}

async function until(store: Store, id: string, wanted: (run: Run) => boolean, seconds: number): Promise<Run> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const run = await store.runs.load(id).catch(unlessAway);
    if (run && wanted(run)) return run;
    if (Date.now() > end)
      throw new Error(
        `run is ${run?.state} after ${seconds} s: ${JSON.stringify({ error: run?.error, steps: run?.steps })}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A store whose server was made to crash is back in a moment. */
function unlessAway(error: unknown): undefined {
  if (errorRef(error).code !== 'store.unavailable') throw error;
}

async function grant(store: Store, run: Run, person: string, key: KeyObject): Promise<Run> {
  const gate = openGate(run);
  if (!gate) throw new Error(`no open gate: ${run.state}`);
  const at = new Date().toISOString();
  const by = { person, platform: 'terminal' };
  const envelope = gate.bounds && signEnvelope(envelopeFor(run, { ...gate, bounds: gate.bounds }, person, at), key);
  return store.runs.apply(run.id, {
    type: 'gate-decided',
    number: gate.number,
    at,
    by,
    decision: { verdict: 'granted', by, at, ...(envelope && { envelope }) },
  });
}

async function seeThrough(office: Office, id: string, seconds: number): Promise<Run> {
  for (;;) {
    const run = await office.until(
      id,
      (r) => isFinal(r.state) || r.state === 'attention' || openGate(r) !== undefined,
      seconds,
    );
    const gate = openGate(run);
    if (!gate) return run;
    await office.grant(run, gate.kind === 'approve' ? 'piotr' : 'anna');
  }
}

function startWorkerProcess(dir: string, faults: WorkerFaults | undefined, parts: OfficeParts): WorkerProcess {
  const { redisUrl, logPath } = parts;
  let kills = 0;
  let stopping = false;
  const start = () => {
    const log = logPath === undefined ? undefined : openSync(logPath, 'a');
    const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'worker-process.ts')], {
      env: {
        ...process.env,
        OFFICE: dir,
        KILL_AT: JSON.stringify(faults?.killAt ?? []),
        ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
        ...(logPath !== undefined && { ZAPAS_LOG: 'debug' }),
      },
      stdio: ['ignore', 'inherit', log ?? 'inherit'],
    });
    if (log !== undefined) closeSync(log);
    child.once('exit', (_code, signal) => {
      if (signal === 'SIGKILL') kills += 1;
      if (!stopping) current = start();
    });
    return child;
  };
  let current = start();
  return {
    kills: () => kills,
    kill: () => void current.kill('SIGKILL'),
    async stop() {
      stopping = true;
      if (current.exitCode !== null || current.signalCode !== null) return;
      const ended = new Promise((resolve) => current.once('exit', resolve));
      current.kill('SIGTERM');
      await ended;
    },
  };
}
