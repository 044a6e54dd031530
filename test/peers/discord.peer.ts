import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeDiscord } from '../fakes/discord/server.ts';
import type { Channel, Member } from '../fakes/discord/world.ts';

/**
 * The fake Discord under somebody else's client: discord.py parses every answer into its own types, over its own gateway with
 * compressed payloads.
 *
 * apt-get install python3-discord
 */
const PYTHON = '/usr/bin/python3';
const missing = ['/usr/lib/python3/dist-packages/discord', PYTHON].filter((path) => !existsSync(path));

if (missing.length > 0)
  console.warn(`SKIPPED: no peer of the fake Discord on this machine; ${missing.join(' and ')} are missing`);

describe.skipIf(missing.length > 0)('discord.py on the fake Discord', () => {
  let fake: FakeDiscord;
  let ops: Channel;
  let anna: Member;
  let lines: string[];
  let stop: () => void;

  beforeEach(async () => {
    fake = await FakeDiscord.start();
    ops = fake.world.addChannel('ops');
    anna = fake.world.addMember('anna');
    lines = [];
    const env = {
      ...process.env,
      API: fake.api,
      GATEWAY: fake.gatewayUrl,
      TOKEN: fake.token,
      GUILD: fake.world.guild,
      CHANNEL: ops.id,
      PERSON: anna.id,
    };
    const client = spawn(PYTHON, [join(import.meta.dirname, 'discord/client.py')], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    stop = () => void client.kill();
    createInterface(client.stdout).on('line', (line) => lines.push(line));
    await says('ready');
  });
  afterEach(async () => {
    stop();
    await fake.close();
  });

  /** The rest of the first line that begins so. */
  const says = (word: string): Promise<string> =>
    vi.waitFor(
      () => {
        const line = lines.find((one) => one.split(' ')[0] === word);
        if (line === undefined) throw new Error(`no ${word} in: ${lines.join('; ')}`);
        return line.slice(word.length + 1);
      },
      { timeout: 30_000, interval: 50 },
    );

  it('registers, posts, edits, opens a thread, answers commands, names and forms, resumes; nothing is against the rules', async () => {
    expect(await says('registered')).toBe('zapas');
    const message = await says('posted');
    expect(await says('thread')).toBe(message);
    expect(await says('member')).toBe('anna');
    expect(Number(await says('history'))).toBeGreaterThan(0);
    expect(fake.world.in(message).map(({ content }) => content)).toEqual(['the first detail']);

    const command = fake.command(anna, ops.id, 'status', { cluster: 'demo' });
    expect(await fake.settled(command)).toBe(true);
    expect(await says('command')).toBe('demo');
    await vi.waitFor(() => expect(fake.world.messages.get(command.original ?? '')?.content).toBe('demo is well'));

    const typing = fake.typing(anna, ops.id, 'status', { cluster: 'de' }, 'cluster');
    expect(await fake.settled(typing)).toBe(true);
    expect(typing.choices).toEqual([{ name: 'demo', value: 'demo' }]);

    const press = fake.press(anna, message, 'approve');
    expect(await fake.settled(press)).toBe(true);
    expect(await says('pressed')).toBe('anna');
    expect(await fake.settled(fake.submit(anna, press, { name: 'demo' }))).toBe(true);
    expect(await says('submitted')).toBe('demo');

    fake.gateway.askToReconnect();
    await says('resumed');
    expect(fake.violations).toEqual([]);
  });
});
