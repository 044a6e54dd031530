import type { KeyObject } from 'node:crypto';
import { hostname } from 'node:os';
import { createHosts } from '../adapters/gateway/hosts.ts';
import { createSecrets } from '../adapters/secrets/secrets.ts';
import type { Store } from '../adapters/store/open-store.ts';
import type { Inventory } from '../domain/inventory.ts';
import { WATCH_SETTINGS } from '../domain/watch.ts';
import { ALERT_SETTINGS } from '../domain/watch-alert.ts';
import { createEngine } from '../jobs/engine/advance.ts';
import type { Log, Probe } from '../jobs/engine/deps.ts';
import { noProbe, TIMING } from '../jobs/engine/deps.ts';
import type { WakeUpQueues } from '../jobs/queue/queue.ts';
import { startWatch } from '../jobs/watch/watch.ts';
import { createWorker, WORKER_LIMITS } from '../jobs/worker/worker.ts';
import { findRunbook } from '../runbooks/registry.ts';

const now = (): Date => new Date();

/** What a worker process is made of. */
export interface WorkerParts {
  readonly store: Store;
  readonly queues: WakeUpQueues;
  readonly inventory: Inventory;
  readonly verifyingKey: KeyObject;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** How long a claim outlives its worker, in milliseconds; tests that kill workers take a short one. */
  readonly leaseMs?: number;
  /** Tests stop the engine at its probe points; production has none. */
  readonly probe?: Probe;
}

/**
 * Starts a worker: the only place where engine, hosts, store and queue meet. It has host credentials and no signing key.
 * `stop` takes no more work and returns when nothing runs here any more; detached jobs go on.
 */
export function startWorker(parts: WorkerParts): { stop(): Promise<void> } {
  const { store, queues, inventory, verifyingKey, env, log, leaseMs = TIMING.leaseMs, probe = noProbe } = parts;
  const secrets = createSecrets(env);
  const hosts = createHosts(inventory, secrets, env['SSH_AUTH_SOCK']);
  const engine = createEngine({
    runs: store.runs,
    clusters: store.clusters,
    hosts,
    secrets,
    inventory,
    runbook: findRunbook,
    verifyingKey,
    owner: `${hostname()}:${process.pid}`,
    now,
    log,
    timing: { ...TIMING, leaseMs },
    probe,
  });
  const worker = createWorker({ engine, runs: store.runs, now, log, limits: WORKER_LIMITS });
  worker.start();
  const wakeUps = queues.startWorker((run) => worker.wake(run), WORKER_LIMITS);
  const watch = startWatch({
    inventory,
    hosts,
    clusters: store.clusters,
    runs: store.runs,
    wake: queues.wakeUps,
    watch: store.watch,
    timetable: queues.timetable,
    now,
    log,
    settings: WATCH_SETTINGS,
    alerts: ALERT_SETTINGS,
  });
  return {
    async stop() {
      await Promise.all([wakeUps.close(), watch.stop()]);
      await worker.stop();
      await hosts.close();
    },
  };
}
