/**
 * Acknowledgement of 200 commands in a burst, by the bot as it is installed over the fake Slack and the fake Discord, an embedded PostgreSQL
 * and a Redis, while others keep both busy. An acknowledgement counts from the platform's sending to the platform's receiving it;
 * the platforms and the others are this process, which shares the machine's processors with the bot. See bench/README.md.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '../src/adapters/store/open-store.ts';
import { openStore } from '../src/adapters/store/open-store.ts';
import type { WakeUpQueues } from '../src/jobs/queue/queue.ts';
import { openQueues } from '../src/jobs/queue/queue.ts';
import { WORKER_LIMITS } from '../src/jobs/worker/worker.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import type { ChatDriver } from '../test/contracts/chat-driver.ts';
import { request } from '../test/contracts/run-store.ts';
import { createRedis } from '../test/jobs/queue/redis-server.ts';
import { openBotGround } from './bot-process.ts';
import { ROUNDS, show } from './figures.ts';

const BURST = 200;
/** Others that write runs and wake-ups all the time. */
const OTHERS = 4;
/** What a burst leaves behind is over by then. */
const REST_MS = 5_000;

let busy = true;
/** Somebody else's work on the same store and queue. */
async function work({ runs }: Store, { wakeUps }: WakeUpQueues): Promise<void> {
  for (;;) {
    if (!busy) return;
    const { run } = await runs.request(request({ runbook: 'check', mutating: false }));
    wakeUps.advance(run);
    await runs.list({ cluster: run.cluster });
  }
}

async function burst(driver: ChatDriver): Promise<readonly number[]> {
  const reactions = await Promise.all(Array.from({ length: BURST }, () => driver.type('anna', 'status demo')));
  return reactions.map(({ ackMs }) => ackMs ?? Number.POSITIVE_INFINITY);
}

async function measure(driver: ChatDriver): Promise<void> {
  const rounds: (readonly number[])[] = [];
  // The first burst warms the program up.
  await burst(driver);
  await pause(REST_MS);
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(await burst(driver));
    await pause(REST_MS);
  }
  for (const part of [0.5, 0.99, 1] as const)
    show(
      `${driver.name}, p${part * 100} of ${BURST} commands`,
      rounds.map((acks) => percentile(acks, part)),
      'ms',
    );
}

function percentile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * part) - 1] ?? Number.NaN;
}

const redis = await createRedis();
await redis.start();
const ground = await openBotGround();
const home = await ground.home();
const bot = await ground.start(home, { REDIS_URL: redis.url });
const store = await openStore({ dataDir: join(home, 'data') });
const queues = await openQueues({ redisUrl: redis.url }, createLogger('error'));
const worker = queues.startWorker(() => pause(5), WORKER_LIMITS);
const others = Array.from({ length: OTHERS }, () => work(store, queues));
try {
  for (const driver of ground.drivers) await measure(driver);
} finally {
  busy = false;
  await Promise.all(others);
  await worker.close();
  await queues.close();
  await bot.stop();
  await store.close();
  await ground.close();
  await redis.kill();
  await rm(home, { recursive: true, force: true });
}
