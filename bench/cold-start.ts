/**
 * Start of the bot until it is ready, in an empty directory (the embedded database is made) and over a database that is there, and its
 * resident memory a while later. Needs no lab. See bench/README.md.
 */
import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { openBotGround } from './bot-process.ts';
import { ROUNDS, show } from './figures.ts';

/** After the start: garbage of it is collected. */
const REST_MS = 10_000;

interface Sample {
  readonly ms: number;
  readonly memory: number;
}

const ground = await openBotGround();

async function sample(home: string): Promise<Sample> {
  const bot = await ground.start(home);
  await pause(REST_MS);
  const memory = bot.memory();
  await bot.stop();
  return { ms: bot.readyMs, memory };
}

const first: Sample[] = [];
const again: Sample[] = [];
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    const home = await ground.home();
    first.push(await sample(home));
    again.push(await sample(home));
    await rm(home, { recursive: true, force: true });
  }
  const row = (samples: readonly Sample[], of: keyof Sample): readonly number[] => samples.map((one) => one[of]);
  show('start to ready, in an empty directory', row(first, 'ms'), 'ms');
  show('start to ready, over a database that is there', row(again, 'ms'), 'ms');
  show('memory of the bot with Slack, Discord and the web server, idle', row(again, 'memory'), 'MiB');
} finally {
  await ground.close();
}
