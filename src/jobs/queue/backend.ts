import type { JobsOptions, Processor, WorkerOptions } from 'bullmq';

/**
 * The database pool of the PostgreSQL backend, as `main` takes it from the store and hands it in. Its `search_path` must begin with
 * `bullmq`, and it must outlive the queue.
 */
export interface QueuePool {
  connect(): Promise<{ release(): void }>;
  end(): Promise<void>;
}

/** Where the wake-ups are kept. */
export type QueueConnection = { readonly redisUrl: string } | { readonly pool: QueuePool };

/** A wake-up, as it is kept: the id alone. */
export interface WakeUp {
  readonly run: string;
}

export type WakeUpProcessor = Processor<WakeUp, void>;
export type ConsumerOptions = Omit<WorkerOptions, 'connection' | 'prefix'>;
export type OnError = (error: Error) => void;

/** What we use of BullMQ's `Queue`. */
export interface Producer {
  /** Settles when the wake-up is kept; that may take as long as the queue is away. */
  add(wakeUp: WakeUp, options: JobsOptions): Promise<unknown>;
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
