import { setTimeout as pause } from 'node:timers/promises';
import type { WakeUps } from '../../domain/ports.ts';
import type { Lane } from '../../domain/runbook.ts';
import { laneOf } from '../../domain/runbook.ts';
import type { Log } from '../engine/deps.ts';
import type { Backend, Consumer, OnError, QueueConnection, WakeUpProcessor } from './backend.ts';
import { postgresBackend } from './postgres-backend.ts';
import { redisBackend } from './redis-backend.ts';
import { createSender } from './sender.ts';
import type { Timetable } from './timetable.ts';
import { createTimetable } from './timetable.ts';

/** One queue for each lane. */
const QUEUES: Readonly<Record<Lane, string>> = { urgent: 'failovers', mutating: 'changes', reads: 'reads' };
const LANES = ['urgent', 'mutating', 'reads'] as const;
/** Probes have one, too: a fleet that does not answer delays no run. */
const PROBES = 'probes';

/** Nothing of a wake-up is worth keeping: the run's row is the truth. */
const GONE_WHEN_DONE = { removeOnComplete: true, removeOnFail: true } as const;

/** A worker that was killed is noticed within about lock plus interval; milliseconds. */
const TAKE_OVER = { lockDuration: 15_000, stalledInterval: 5_000, maxStalledCount: 3, runRetryDelay: 1_000 } as const;

const FLUSH_MS = 2_000;
const CLOSE_MS = 5_000;
const COMPLAIN_EVERY_MS = 60_000;

/** How many runs of each lane one process looks at at once. */
export type WakeUpLimits = Readonly<Record<Lane, number>>;

export interface WakeUpQueues {
  /** Remembers that somebody should look at a run. One that waits already is not sent twice; one that is being looked at is looked at again. */
  readonly wakeUps: WakeUps;
  /**
   * Calls `attend` for every wake-up, lane by lane, until it is closed. A wake-up counts as done when `attend` settles;
   * one whose process died is given to another worker. Closing does not wait for `attend`.
   */
  startWorker(attend: (run: string) => Promise<void>, limits: WakeUpLimits): { close(): Promise<void> };
  /** What is looked at again and again: the clusters. */
  readonly timetable: Timetable;
  /** How many wake-ups of the most urgent kind wait. Rejects, or waits, while the queue is away. */
  waiting(): Promise<number>;
  /** Ends sending. Bounded, also when the queue is away. Close workers first. */
  close(): Promise<void>;
}

/**
 * Opens the queues: on Redis, or on the database with BullMQ's own schema, which is brought up to date. Jobs are wake-ups and carry
 * ids only, so everything in them may be lost, doubled or late. Throws `queue.unavailable` when the database is away; a Redis
 * that is away is waited for in the background.
 */
export async function openQueues(connection: QueueConnection, log: Log): Promise<WakeUpQueues> {
  const backend = 'pool' in connection ? await postgresBackend(connection.pool) : redisBackend(connection.redisUrl);
  const complain = complainNowAndThen(log);
  const producers = {
    urgent: backend.producer(QUEUES.urgent, complain),
    mutating: backend.producer(QUEUES.mutating, complain),
    reads: backend.producer(QUEUES.reads, complain),
  };
  const probes = backend.producer(PROBES, complain);
  const sender = createSender((run) => {
    const { id } = run;
    return producers[laneOf(run)].add({ id }, { ...GONE_WHEN_DONE, deduplication: { id, keepLastIfActive: true } });
  });
  return {
    wakeUps: sender,
    startWorker: (attend, limits) => startWorkers(backend, attend, limits, complain),
    timetable: createTimetable(probes, (attend, concurrency) =>
      startConsumer(backend, PROBES, { attend, concurrency, complain }),
    ),
    waiting: () => producers.urgent.count(),
    async close() {
      await within(FLUSH_MS, sender.idle());
      await within(CLOSE_MS, Promise.all([...Object.values(producers), probes].map((producer) => producer.close())));
      backend.close();
    },
  };
}

function startWorkers(
  backend: Backend,
  attend: (run: string) => Promise<void>,
  limits: WakeUpLimits,
  complain: OnError,
): { close(): Promise<void> } {
  const consumers = LANES.map((lane) =>
    startConsumer(backend, QUEUES[lane], { attend, concurrency: limits[lane], complain }),
  );
  return {
    async close() {
      await Promise.all(consumers.map((consumer) => consumer.close()));
    },
  };
}

interface Attendance {
  readonly attend: (id: string) => Promise<void>;
  readonly concurrency: number;
  readonly complain: OnError;
}

function startConsumer(
  backend: Backend,
  queue: string,
  { attend, concurrency, complain }: Attendance,
): { close(): Promise<void> } {
  // BullMQ hands over the signal only to a processor that declares it.
  const process: WakeUpProcessor = async (job, _token, signal) => {
    await Promise.race([attend(job.data.id), aborted(signal)]);
  };
  const consumer = backend.consumer(queue, process, { ...TAKE_OVER, concurrency }, complain);
  return { close: () => closeConsumer(consumer) };
}

/** What was being looked at is let go: the run is due for whoever reconciles next. */
async function closeConsumer(consumer: Consumer): Promise<void> {
  consumer.cancelAllJobs('shutdown');
  await within(CLOSE_MS, consumer.close());
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
function complainNowAndThen(log: Log): OnError {
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
