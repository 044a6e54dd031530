import type { JobsOptions, PgPool, Processor, WorkerOptions } from 'bullmq';
import { createPostgresBackend, Queue, runMigrations, Worker, withBackend } from 'bullmq';
import type { RedisOptions } from 'ioredis';
import { Redis } from 'ioredis';
import { OpsError } from '../../domain/errors.ts';

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

/** What we use of BullMQ's `Queue` and `Worker`, whatever is below them. */
export interface WakeUpQueue {
  add(name: string, wakeUp: WakeUp, options: JobsOptions): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

export interface WakeUpConsumer {
  cancelAllJobs(reason: string): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(force?: boolean): Promise<void>;
}

/** BullMQ on Redis or on PostgreSQL. */
export interface Backend {
  queue(name: string): WakeUpQueue;
  worker(
    name: string,
    processor: WakeUpProcessor,
    options: Omit<WorkerOptions, 'connection' | 'prefix'>,
  ): WakeUpConsumer;
  /** Cuts what the queues and workers left open. */
  close(): void;
}

const PREFIX = 'zapas';
const RECONNECT_MS = 2_000;
const COMMAND_MS = 5_000;

/** Makes the backend ready. Redis need not be up: it is waited for in the background. Throws `queue.unavailable`. */
export async function openBackend(connection: QueueConnection): Promise<Backend> {
  return 'pool' in connection ? await postgresBackend(connection.pool) : redisBackend(connection.redisUrl);
}

/** Soon at first, then every few seconds, for ever. */
function reconnectAfter(times: number): number {
  return Math.min(times * 100, RECONNECT_MS);
}

function redisBackend(url: string): Backend {
  const clients: Redis[] = [];
  const track = (client: Redis): Redis => {
    client.on('error', () => undefined);
    clients.push(client);
    // A worker waits for jobs on a copy, which it does not let go of while Redis is away.
    const duplicate = client.duplicate.bind(client);
    client.duplicate = (override) => track(duplicate(override));
    return client;
  };
  const connect = (options: Omit<RedisOptions, 'replyMapping'>): Redis =>
    track(new Redis(url, { ...options, retryStrategy: reconnectAfter }));
  return {
    // A producer that waits for nobody: without a connection it fails at once, and a silent one fails soon.
    queue: (name) =>
      new Queue<WakeUp, void>(name, {
        prefix: PREFIX,
        connection: connect({ enableOfflineQueue: false, commandTimeout: COMMAND_MS }),
      }),
    worker: (name, processor, options) =>
      new Worker<WakeUp, void>(name, processor, {
        ...options,
        prefix: PREFIX,
        connection: connect({ maxRetriesPerRequest: null }),
      }),
    close: () => {
      for (const client of clients) client.disconnect();
    },
  };
}

async function postgresBackend(opaque: QueuePool): Promise<Backend> {
  // The pool is one of `pg`; the type BullMQ declares for it is narrower than the overloads of the real one.
  const pool = opaque as PgPool;
  try {
    const client = await pool.connect();
    try {
      await runMigrations(client);
    } finally {
      client.release();
    }
  } catch (error) {
    throw new OpsError('queue.unavailable', { detail: error instanceof Error ? error.message : String(error) }, error);
  }
  const onPostgres = withBackend(createPostgresBackend);
  return {
    queue: (name) => new onPostgres.Queue<WakeUp, void>(name, { connection: pool }),
    worker: (name, processor, options) =>
      new onPostgres.Worker<WakeUp, void>(name, processor, { ...options, connection: pool }),
    close: () => undefined,
  };
}
