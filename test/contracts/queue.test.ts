import { afterAll, beforeAll, describe } from 'vitest';
import { openQueues } from '../../src/jobs/queue/queue.ts';
import type { Scratch } from '../adapters/store/scratch.ts';
import { STORES } from '../adapters/store/scratch.ts';
import { createRedis, hasRedis } from '../jobs/queue/redis-server.ts';
import { queueContract } from './queue.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe.each(STORES)('the queue on the database of %s', (name, open) => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await open();
  });
  afterAll(async () => {
    await scratch.remove();
  });
  queueContract(`the database of ${name}`, () => ({
    open: () => openQueues({ pool: scratch.store.queuePool }, quiet),
    async everything() {
      return JSON.stringify(await scratch.sql('select * from bullmq.job'));
    },
  }));
});

if (!hasRedis) console.warn('SKIPPED: the queue on Redis. There is no redis-server here: apt-get install redis-server');

describe.skipIf(!hasRedis)('the queue on a redis-server', async () => {
  const redis = await createRedis();
  beforeAll(() => redis.start());
  afterAll(() => redis.kill());
  queueContract('a redis-server', () => ({
    open: () => openQueues({ redisUrl: redis.url }, quiet),
    everything: () => redis.everything(),
  }));
});
