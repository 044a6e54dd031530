import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { QueueConnection } from '../../../src/jobs/queue/backend.ts';
import type { WakeUpQueues } from '../../../src/jobs/queue/queue.ts';
import { openQueues } from '../../../src/jobs/queue/queue.ts';
import { crashServer, embeddedStore } from '../../adapters/store/scratch.ts';
import { createRedis, hasRedis } from './redis-server.ts';

const PATIENCE = { timeout: 25_000, interval: 50 };
const leftovers: (() => Promise<unknown>)[] = [];
const complaints: object[] = [];
const log = { info: () => undefined, warn: (fields: object) => complaints.push(fields), error: () => undefined };

afterEach(async () => {
  for (const discard of leftovers.splice(0).toReversed()) await discard();
  complaints.length = 0;
});

const run = () => ({ id: randomUUID(), runbook: 'failover', mutating: true }) as const;

async function opened(connection: QueueConnection): Promise<WakeUpQueues> {
  const queues = await openQueues(connection, log);
  leftovers.push(() => queues.close());
  return queues;
}

/** A worker that notes what it was told. */
function listen(queues: WakeUpQueues): string[] {
  const heard: string[] = [];
  const worker = queues.startWorker(
    (id) => {
      heard.push(id);
      return Promise.resolve();
    },
    { urgent: 2, mutating: 2, reads: 2 },
  );
  leftovers.push(() => worker.close());
  return heard;
}

/** Sends wake-ups, as the reconciler's second look does, until one of them is heard. */
async function heardAgain(queues: WakeUpQueues, heard: readonly string[]): Promise<void> {
  const sent: string[] = [];
  await vi.waitFor(() => {
    const next = run();
    sent.push(next.id);
    queues.wakeUps.advance(next);
    expect(sent.some((id) => heard.includes(id))).toBe(true);
  }, PATIENCE);
}

describe.skipIf(!hasRedis)('a Redis that is away', () => {
  it('at the start keeps nobody waiting; what was sent meanwhile arrives when it comes', async () => {
    const redis = await createRedis();
    leftovers.push(() => redis.kill());
    const queues = await opened({ redisUrl: redis.url });
    const heard = listen(queues);
    const first = run();
    queues.wakeUps.advance(first);
    await vi.waitFor(() => expect(complaints.length).toBeGreaterThan(0), PATIENCE);
    expect(complaints[0]).toMatchObject({ code: 'queue.unavailable' });
    await redis.start();
    await vi.waitFor(() => expect(heard).toContain(first.id), PATIENCE);
  });

  it('for ever does not keep the process from ending', async () => {
    const queues = await openQueues({ redisUrl: 'redis://127.0.0.1:1' }, log);
    const worker = queues.startWorker(() => Promise.resolve(), { urgent: 1, mutating: 1, reads: 1 });
    queues.wakeUps.advance(run());
    await expect(worker.close()).resolves.toBeUndefined();
    await expect(queues.close()).resolves.toBeUndefined();
  });

  it('in the middle of a run lets its worker close all the same', async () => {
    const redis = await createRedis();
    await redis.start();
    const queues = await openQueues({ redisUrl: redis.url }, log);
    let looking = false;
    const worker = queues.startWorker(
      async () => {
        looking = true;
        await new Promise(() => undefined);
      },
      { urgent: 1, mutating: 1, reads: 1 },
    );
    queues.wakeUps.advance(run());
    await vi.waitFor(() => expect(looking).toBe(true), PATIENCE);
    await redis.kill();
    await expect(worker.close()).resolves.toBeUndefined();
    await expect(queues.close()).resolves.toBeUndefined();
  });

  it('and has lost everything is used again when it is back', { timeout: 60_000 }, async () => {
    const redis = await createRedis();
    await redis.start();
    leftovers.push(() => redis.kill());
    const queues = await opened({ redisUrl: redis.url });
    const heard = listen(queues);
    await heardAgain(queues, heard);
    for (let round = 0; round < 2; round += 1) {
      await redis.kill();
      for (let n = 0; n < 100; n += 1) expect(queues.wakeUps.advance(run())).toBeUndefined();
      await redis.start();
      await heardAgain(queues, heard);
    }
  });
});

describe('a database that crashes', () => {
  it('is used for wake-ups again when it is back', { timeout: 60_000 }, async () => {
    const scratch = await embeddedStore();
    leftovers.push(() => scratch.remove());
    const queues = await opened({ pool: scratch.store.queuePool });
    const heard = listen(queues);
    await heardAgain(queues, heard);
    await crashServer(scratch);
    for (let n = 0; n < 100; n += 1) expect(queues.wakeUps.advance(run())).toBeUndefined();
    await heardAgain(queues, heard);
  });
});
