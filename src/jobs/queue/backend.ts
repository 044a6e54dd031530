import type { JobsOptions, Processor, Queue, WorkerOptions } from 'bullmq';

/**
 * The database pool of the PostgreSQL backend, as `main` takes it from the store and hands it in. Its `search_path` must begin with
 * `bullmq`, and it must outlive the queue.
 */
export interface QueuePool {
  connect(): Promise<{ release(): void }>;
  end(): Promise<void>;
  setMaxListeners(count: number): unknown;
}

/** Where the wake-ups are kept. */
export type QueueConnection = { readonly redisUrl: string } | { readonly pool: QueuePool };

/** A wake-up, as it is kept: the id of the run, or of the cluster to be looked at. */
export interface WakeUp {
  readonly id: string;
}

export type WakeUpProcessor = Processor<WakeUp, void>;
export type ConsumerOptions = Omit<WorkerOptions, 'connection' | 'prefix'>;
export type OnError = (error: Error) => void;

/** Something to be looked at again and again. */
export interface Cadence {
  readonly id: string;
  readonly everyMs: number;
  /** When within each interval, so that not all come at once: above 0, below `everyMs`. */
  readonly offsetMs: number;
}

/** What we use of BullMQ's `Queue`. Everything settles when it is kept; that may take as long as the queue is away. */
export interface Producer {
  add(wakeUp: WakeUp, options: JobsOptions): Promise<unknown>;
  /** A job scheduler: it adds the wake-up of that id at each interval. */
  schedule(cadence: Cadence, options: JobsOptions): Promise<unknown>;
  unschedule(id: string): Promise<unknown>;
  schedules(): Promise<readonly Cadence[]>;
  /** How many wait. */
  count(): Promise<number>;
  close(): Promise<void>;
}

/** What we use of BullMQ's `Worker`. */
export interface Consumer {
  cancelAllJobs(reason: string): void;
  close(): Promise<void>;
}

/** BullMQ on Redis or on PostgreSQL. */
export interface Backend {
  producer(queue: string, onError: OnError): Producer;
  consumer(queue: string, processor: WakeUpProcessor, options: ConsumerOptions, onError: OnError): Consumer;
  /** Cuts what producers and consumers left open. */
  close(): void;
}

/** The name of every job. */
export const JOB = 'advance';

/** How many job schedulers of one queue are looked through. */
const ALL = 100_000;

type BullQueue = Pick<
  Queue<WakeUp, void>,
  'add' | 'upsertJobScheduler' | 'removeJobScheduler' | 'getJobSchedulers' | 'count' | 'close'
>;

/** A producer over BullMQ's own queue. */
export function producerOver(queue: BullQueue): Producer {
  return {
    add: (wakeUp, options) => queue.add(JOB, wakeUp, options),
    schedule: ({ id, everyMs, offsetMs }, opts) =>
      queue.upsertJobScheduler(id, { every: everyMs, offset: offsetMs }, { name: JOB, data: { id }, opts }),
    unschedule: (id) => queue.removeJobScheduler(id),
    async schedules() {
      const found = await queue.getJobSchedulers(0, ALL);
      return found.map(({ key, every = 0, offset = 0 }) => ({
        id: key,
        everyMs: every,
        offsetMs: offset,
      }));
    },
    count: () => queue.count(),
    close: () => queue.close(),
  };
}
