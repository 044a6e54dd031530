/**
 * Start of the bot, built for production, with Slack, Discord and the web server: from the start of its process until `/readyz` says that
 * store, queue and every platform answer; in an empty directory (the embedded database is made), and over one that is there.
 * And its resident memory a while later. Slack and Discord are the fakes. Needs no lab. See bench/README.md.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { scratchDirectory } from '../test/adapters/store/scratch.ts';
import { exampleInventory } from '../test/config/example.ts';
import { openDiscordDriver } from '../test/fakes/discord/driver.ts';
import { driverOver, openWorkspace } from '../test/fakes/slack/driver.ts';
import { ROUNDS, show } from './figures.ts';

const CLI = join(import.meta.dirname, '..', 'dist', 'src', 'main', 'cli.js');
/** After the start: garbage of it is collected. */
const REST_MS = 10_000;
const LOOK_MS = 10;
const LISTEN = '127.0.0.1:18472';

execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
const slack = await openWorkspace();
const discord = await openDiscordDriver();
const people = driverOver(slack);
const PLATFORMS = `platforms:
  web: { listen: '${LISTEN}' }
  slack:
    botToken: env:SLACK_BOT
    appToken: env:SLACK_APP
    team: ${slack.world.team}
    channels: { ops: ${people.ops.channel}, approvals: ${people.approvals.channel} }
  discord:
    token: env:DISCORD_BOT
    application: '${discord.options.application}'
    guild: '${discord.options.guild}'
    channels: { ops: '${discord.ops.channel}', approvals: '${discord.approvals.channel}' }
`;

/** Starts the bot there; gives the milliseconds until it was ready, and its memory in MiB. */
async function start(home: string): Promise<{ readonly ms: number; readonly memory: number }> {
  const env = {
    ...process.env,
    ZAPAS_INVENTORY: join(home, 'zapas.yaml'),
    ZAPAS_DATA: join(home, 'data'),
    ZAPAS_SLACK_API: slack.apiUrl,
    ZAPAS_DISCORD_API: discord.fake.api,
    SLACK_BOT: slack.botToken,
    SLACK_APP: slack.appToken,
    DISCORD_BOT: discord.fake.token,
  };
  const begunAt = performance.now();
  const bot = spawn(process.execPath, [CLI, 'bot'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(bot, 'exit');
  while (!(await isReady())) {
    if (bot.exitCode !== null) throw new Error('the bot ended');
    await pause(LOOK_MS);
  }
  const ms = performance.now() - begunAt;
  await pause(REST_MS);
  const memory = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${bot.pid}/status`, 'utf8'))?.[1]) / 1024;
  bot.kill('SIGTERM');
  await ended;
  return { ms, memory };
}

async function isReady(): Promise<boolean> {
  try {
    return (await fetch(`http://${LISTEN}/readyz`)).ok;
  } catch {
    return false;
  }
}

async function homeOf(): Promise<string> {
  const home = await scratchDirectory();
  await writeFile(join(home, 'zapas.yaml'), PLATFORMS + exampleInventory);
  const env = { ...process.env, ZAPAS_INVENTORY: join(home, 'zapas.yaml'), ZAPAS_DATA: join(home, 'data') };
  execFileSync(process.execPath, [CLI, 'keys', 'generate'], { env, stdio: 'ignore' });
  return home;
}

const first: Awaited<ReturnType<typeof start>>[] = [];
const again: Awaited<ReturnType<typeof start>>[] = [];
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    const home = await homeOf();
    first.push(await start(home));
    again.push(await start(home));
    await rm(home, { recursive: true, force: true });
  }
  const row = (samples: typeof first, of: 'ms' | 'memory'): readonly number[] => samples.map((sample) => sample[of]);
  show('start to ready, in an empty directory', row(first, 'ms'), 'ms');
  show('start to ready, over a database that is there', row(again, 'ms'), 'ms');
  show('memory of the bot with Slack, Discord and the web server, idle', row(again, 'memory'), 'MiB');
} finally {
  await Promise.all([people.close(), discord.close()]);
}
