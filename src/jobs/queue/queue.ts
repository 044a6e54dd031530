import { setTimeout as pause } from 'node:timers/promises';
import type { WakeUps } from '../../domain/ports.ts';
import { URGENCY } from '../../domain/runbook.ts';
import type { Log } from '../engine/deps.ts';
import type { Backend, QueueConnection, WakeUpConsumer, WakeUpProcessor } from './backend.ts';
import { openBackend } from './backend.ts';
import { createSender } from './sender.ts';

/** Reads have a queue of their own: they never wait behind a procedure. */
const QUEUES = { mutating: 'changes', reads: 'reads' } as const;

/** Nothing of a wake-up is worth keeping: the run's row is the truth. */
const GONE_WHEN_DONE = { removeOnComplete: true, removeOnFail: true } as const;

/** A worker that was killed is noticed within about lock plus interval; milliseconds. */
const TAKE_OVER = { lockDuration: 15_000, stalledInterval: 5_000, maxStalledCount: 3, runRetryDelay: 1_000 } as const;

const FLUSH_MS = 2_000;
const CLOSE_MS = 3_000;
const COMPLAIN_EVERY_MS = 60_000;

/** How many runs of each kind one process looks at at once. */
export interface WakeUpLimits {
  readonly mutating: number;
  readonly reads: number;
}

export interface WakeUpQueues {
  /** Remembers that somebody should look at a run. One that waits already is not sent twice; one that is being looked at is looked at again. */
  readonly wakeUps: WakeUps;
  /**
   * Calls `attend` for every wake-up, failovers before anything else, until it is closed. A wake-up counts as done when `attend` settles;
   * one whose process died is given to another worker. Closing does not wait for `attend`.
   */
  startWorker(attend: (run: string) => Promise<void>, limits: WakeUpLimits): { close(): Promise<void> };
  /** Ends sending. Bounded, also when the queue is away. Close workers first. */
  close(): Promise<void>;
}

/**
 * Opens the queues: on Redis, or on the database with BullMQ's own schema, which is brought up to date. Jobs are wake-ups and carry
 * ids only, so everything in them may be lost, doubled or late. Throws `queue.unavailable` when the database is away; a Redis
 * that is away is waited for in the background.
 */
export async function openQueues(connection: QueueConnection, log: Log): Promise<WakeUpQueues> {
  const backend = await openBackend(connection);
  const complain = complainNowAndThen(log);
  const queues = { mutating: backend.queue(QUEUES.mutating), reads: backend.queue(QUEUES.reads) };
  for (const queue of Object.values(queues)) queue.on('error', complain);
  const sender = createSender(({ id, runbook, mutating }) =>
    queues[mutating ? 'mutating' : 'reads'].add(
      'advance',
      { run: id },
      { ...GONE_WHEN_DONE, priority: URGENCY[runbook], deduplication: { id, keepLastIfActive: true } },
    ),
  );
  return {
    wakeUps: sender,
    startWorker: (attend, limits) => startWorkers(backend, attend, limits, complain),
    async close() {
      await within(FLUSH_MS, sender.idle());
      await within(CLOSE_MS, Promise.all(Object.values(queues).map((queue) => queue.close())));
      backend.close();
    },
  };
}

function startWorkers(
  backend: Backend,
  attend: (run: string) => Promise<void>,
  limits: WakeUpLimits,
  complain: (error: Error) => void,
): { close(): Promise<void> } {
  // BullMQ hands over the signal only to a processor that declares it.
  const process: WakeUpProcessor = async (job, _token, signal) => {
    await Promise.race([attend(job.data.run), aborted(signal)]);
  };
  const workers = (['mutating', 'reads'] as const).map((kind) => {
    const worker = backend.worker(QUEUES[kind], process, {
      ...TAKE_OVER,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      concurrency: limits[kind],
    });
    worker.on('error', complain);
    return worker;
  });
  return {
    async close() {
      await Promise.all(workers.map(closeWorker));
    },
  };
}

/** What was being looked at is let go: the run is due for whoever reconciles next. */
async function closeWorker(worker: WakeUpConsumer): Promise<void> {
  worker.cancelAllJobs('shutdown');
  await within(CLOSE_MS, worker.close());
}

async function aborted(signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Waits for it, but no longer than that, and whatever becomes of it. */
async function within(milliseconds: number, act: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  await Promise.race([
    act.catch(() => undefined),
    pause(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined),
  ]);
  timer.abort();
}

/** A queue that is away complains many times a second. */
function complainNowAndThen(log: Log): (error: Error) => void {
  let quietUntil = 0;
  return (error) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + COMPLAIN_EVERY_MS;
    log.warn(
      { code: 'queue.unavailable', detail: error.message },
      'the queue has trouble; runs are found by reconciling',
    );
  };
}
