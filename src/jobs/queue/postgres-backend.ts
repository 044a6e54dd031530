import type { PgPool } from 'bullmq';
import { createPostgresBackend, runMigrations, withBackend } from 'bullmq';
import { OpsError } from '../../domain/errors.ts';
import type { Backend, QueuePool, WakeUp } from './backend.ts';
import { producerOver } from './backend.ts';

/** BullMQ on the database, in its own schema, which is brought up to date. Throws `queue.unavailable`. */
export async function postgresBackend(opaque: QueuePool): Promise<Backend> {
  // The pool is one of `pg`; the type BullMQ declares for it is narrower than the overloads of the real one.
  const pool = opaque as unknown as PgPool;
  await migrate(pool);
  // Every queue and every worker of BullMQ listens to the pool they share, which is no leak.
  opaque.setMaxListeners(0);
  const { Queue, Worker } = withBackend(createPostgresBackend);
  return {
    producer(name, onError) {
      const queue = new Queue<WakeUp, void>(name, { connection: pool });
      queue.on('error', onError);
      return producerOver(queue);
    },
    consumer(name, processor, options, onError) {
      const worker = new Worker<WakeUp, void>(name, processor, { ...options, connection: pool });
      worker.on('error', onError);
      return {
        cancelAllJobs: (reason) => worker.cancelAllJobs(reason),
        async close() {
          // One that is closed while it connects would keep its connection, and the pool would never end.
          await worker.waitUntilReady();
          await worker.close();
        },
      };
    },
    close: () => undefined,
  };
}

/** BullMQ's migrations hold a lock of their own: any number of processes may start at once. */
async function migrate(pool: PgPool): Promise<void> {
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
}
