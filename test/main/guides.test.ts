import { once } from 'node:events';
import { describe, it, vi } from 'vitest';
import { removeScratch, scratchDirectory } from '../adapters/store/scratch.ts';
import type { ChatDriver } from '../contracts/chat-driver.ts';
import { openDiscordDriver } from '../fakes/discord/driver.ts';
import { driverOver, openWorkspace } from '../fakes/slack/driver.ts';
import type { Reader } from './followed.ts';
import { begin, configure, endOf, installInto, instructionsOf, typeInto } from './followed.ts';

const PATIENCE = { timeout: 90_000, interval: 250 };

/** A platform's other side with what its guide's reader finds there. */
interface Side {
  readonly driver: ChatDriver;
  readonly reader: Reader;
  readonly env: Readonly<Record<string, string>>;
}

async function slackSide(): Promise<Side> {
  const fake = await openWorkspace();
  const driver = driverOver(fake);
  const ids = {
    T0123ABCD: fake.world.team,
    C0123ABCD: driver.ops.channel,
    C0456EFGH: driver.approvals.channel,
    U0123ABCD: driver.account('anna'),
  };
  return { driver, reader: { tokens: [fake.botToken, fake.appToken], ids }, env: { ZAPAS_SLACK_API: fake.apiUrl } };
}

async function discordSide(): Promise<Side> {
  const driver = await openDiscordDriver();
  const { fake, options } = driver;
  const ids = {
    '123456789012345678': options.application,
    '234567890123456789': options.guild,
    '345678901234567890': driver.ops.channel,
    '456789012345678901': driver.approvals.channel,
    '567890123456789012': driver.account('anna'),
  };
  return { driver, reader: { tokens: [fake.token], ids }, env: { ZAPAS_DISCORD_API: fake.api } };
}

describe('the set-up guides, followed word by word in an empty directory', () => {
  it.concurrent.for([
    ['slack.en.md', slackSide],
    ['slack.pl.md', slackSide],
    ['discord.en.md', discordSide],
    ['discord.pl.md', discordSide],
  ] as const)(
    '%s ends at a bot that answers',
    { timeout: 240_000 },
    async ([guide, open], { expect, onTestFinished }) => {
      const directory = await scratchDirectory();
      onTestFinished(() => removeScratch(directory));
      const { driver, reader, env: where } = await open();
      onTestFinished(() => driver.close());
      const env = { PATH: process.env['PATH'], HOME: directory, LANG: 'C.UTF-8', ...where };
      const type = async (
        commands: string,
        pasted?: string,
      ): Promise<{ readonly exit: number; readonly out: string }> =>
        await typeInto(directory, env, { commands, ...(pasted !== undefined && { pasted }) });

      await installInto(directory);
      expect(await type('npx zapas keys generate && cp docs/zapas.example.yaml zapas.yaml')).toMatchObject({ exit: 0 });
      for (const one of instructionsOf(guide, reader)) {
        if (one.do === 'configure') {
          await configure(directory, one.yaml);
          continue;
        }
        const { exit, out } = await type(one.commands, one.pasted);
        // The example's hosts do not exist, which the doctor says.
        const asksDoctor = one.commands.includes('zapas doctor');
        expect({ commands: one.commands, out, failed: exit !== 0 && !asksDoctor }).toMatchObject({ failed: false });
      }

      const { start, typed } = endOf(guide);
      const zapas = begin(directory, env, `exec ${start}`);
      const said: string[] = [];
      zapas.stderr?.on('data', (words: Buffer) => said.push(words.toString()));
      onTestFinished(async () => {
        if (zapas.exitCode !== null || zapas.pid === undefined) return;
        process.kill(-zapas.pid, 'SIGTERM');
        await once(zapas, 'exit');
      });
      const answer = await vi.waitFor(async () => {
        await driver.type('anna', typed.replace('/zapas ', ''));
        const seen = (await driver.screen('anna')).findLast(({ text }) => text.includes('/zapas failover'));
        return seen ?? Promise.reject(new Error(`nobody answers: ${said.join('')}`));
      }, PATIENCE);
      expect(answer.private).toBe(true);
      expect((await type('npx zapas doctor')).out).toMatch(new RegExp(`^✔ platform ${driver.name}`, 'm'));
    },
  );
});
