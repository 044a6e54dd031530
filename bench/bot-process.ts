/** The bot as it is installed: built, a process of its own, with Slack and Discord (the fakes, in this process) and the web server. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { scratchDirectory } from '../test/adapters/store/scratch.ts';
import { exampleInventory } from '../test/config/example.ts';
import type { ChatDriver } from '../test/contracts/chat-driver.ts';
import { openDiscordDriver } from '../test/fakes/discord/driver.ts';
import { driverOver, openWorkspace } from '../test/fakes/slack/driver.ts';

const CLI = join(import.meta.dirname, '..', 'dist', 'src', 'main', 'cli.js');
const LISTEN = '127.0.0.1:18472';
const LOOK_MS = 10;

/** What the bot is started over. */
export interface BotGround {
  readonly drivers: readonly ChatDriver[];
  /** A new directory with an inventory and keys, where Anna is known by her accounts on both platforms. */
  home(): Promise<string>;
  /** Starts the bot there; resolves when `/readyz` says that store, queue and every platform answer. */
  start(home: string, env?: Readonly<Record<string, string>>): Promise<RunningBot>;
  close(): Promise<void>;
}

export interface RunningBot {
  /** From the start of its process until it was ready. */
  readonly readyMs: number;
  /** Resident, in MiB. */
  memory(): number;
  stop(): Promise<void>;
}

/** Builds Zapas and opens both fakes. */
export async function openBotGround(): Promise<BotGround> {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  const slack = await openWorkspace();
  const people = driverOver(slack);
  const discord = await openDiscordDriver();
  const inventory = `platforms:
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
${exampleInventory.replace('terminal: anna', `terminal: anna, slack: ${people.account('anna')}, discord: '${discord.account('anna')}'`)}`;
  const settings = (home: string): NodeJS.ProcessEnv => ({
    ...process.env,
    ZAPAS_INVENTORY: join(home, 'zapas.yaml'),
    ZAPAS_DATA: join(home, 'data'),
    ZAPAS_SLACK_API: slack.apiUrl,
    ZAPAS_DISCORD_API: discord.fake.api,
    SLACK_BOT: slack.botToken,
    SLACK_APP: slack.appToken,
    DISCORD_BOT: discord.fake.token,
  });
  return {
    drivers: [people, discord],
    async home() {
      const home = await scratchDirectory();
      await writeFile(join(home, 'zapas.yaml'), inventory);
      execFileSync(process.execPath, [CLI, 'keys', 'generate'], { env: settings(home), stdio: 'ignore' });
      return home;
    },
    start: (home, env = {}) => start({ ...settings(home), ...env }),
    async close() {
      await Promise.all([people.close(), discord.close()]);
    },
  };
}

async function start(env: NodeJS.ProcessEnv): Promise<RunningBot> {
  const begunAt = performance.now();
  const bot = spawn(process.execPath, [CLI, 'bot'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(bot, 'exit');
  while (!(await isReady())) {
    if (bot.exitCode !== null) throw new Error('the bot ended');
    await pause(LOOK_MS);
  }
  return {
    readyMs: performance.now() - begunAt,
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${bot.pid}/status`, 'utf8'))?.[1]) / 1024,
    async stop() {
      bot.kill('SIGTERM');
      await ended;
    },
  };
}

async function isReady(): Promise<boolean> {
  try {
    return (await fetch(`http://${LISTEN}/readyz`)).ok;
  } catch {
    return false;
  }
}
