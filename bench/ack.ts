/**
 * Acknowledgement of 200 commands in a burst, by the real adapters over the fake Slack and the fake Discord, the real bot, PostgreSQL and
 * Redis, while both are kept busy by others. The fakes run in the bot's process, so their time counts, too. Needs no lab
 * but Debian's redis-server. See bench/README.md.
 */
import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '../src/adapters/store/open-store.ts';
import { openStore } from '../src/adapters/store/open-store.ts';
import { openQueues } from '../src/jobs/queue/queue.ts';
import { WORKER_LIMITS } from '../src/jobs/worker/worker.ts';
import { startBot } from '../src/main/bot.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { embeddedStore } from '../test/adapters/store/scratch.ts';
import type { ChatDriver } from '../test/contracts/chat-driver.ts';
import { inventoryFor } from '../test/contracts/chat-world.ts';
import { request } from '../test/contracts/run-store.ts';
import { openDiscordDriver } from '../test/fakes/discord/driver.ts';
import { openSlackDriver } from '../test/fakes/slack/driver.ts';
import { createRedis } from '../test/jobs/queue/redis-server.ts';
import { ROUNDS, show } from './figures.ts';

const BURST = 200;
/** Others that write runs and wake-ups all the time. */
const OTHERS = 4;
/** What a burst leaves behind is over by then. */
const REST_MS = 5_000;

const log = createLogger('error');
const redis = await createRedis();
await redis.start();
const scratch = await embeddedStore();
const { store } = scratch;
const queues = await openQueues({ redisUrl: redis.url }, log);
const worker = queues.startWorker(() => pause(5), WORKER_LIMITS);
const drivers = await Promise.all([openSlackDriver(), openDiscordDriver()]);
const bot = await startBot({
  store,
  queues,
  inventory: inventoryFor(drivers),
  signingKey: generateKeyPairSync('ed25519').privateKey,
  platforms: drivers.map((driver) => driver.platform),
  log,
  version: 'bench',
});

let busy = true;
/** Somebody else's work on the same store and queue, over connections of their own. */
async function work({ runs }: Store): Promise<void> {
  for (;;) {
    if (!busy) return;
    const { run } = await runs.request(request({ runbook: 'check', mutating: false }));
    queues.wakeUps.advance(run);
    await runs.list({ cluster: run.cluster });
  }
}

async function burst(driver: ChatDriver): Promise<readonly number[]> {
  const reactions = await Promise.all(Array.from({ length: BURST }, () => driver.type('anna', 'status demo')));
  return reactions.map(({ ackMs }) => ackMs ?? Number.POSITIVE_INFINITY);
}

function percentile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * part) - 1] ?? Number.NaN;
}

const elsewhere = await openStore(scratch.options);
const others = Array.from({ length: OTHERS }, () => work(elsewhere));
try {
  for (const driver of drivers) {
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
} finally {
  busy = false;
  await Promise.all(others);
  await elsewhere.close();
  await bot.stop();
  await worker.close();
  await queues.close();
  await Promise.all(drivers.map((driver) => driver.close()));
  await scratch.remove();
  await redis.kill();
}
