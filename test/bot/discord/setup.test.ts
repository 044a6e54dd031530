import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApplicationCommandOptionType } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Command } from '../../../src/bot/commands.ts';
import { defineCommands } from '../../../src/bot/commands.ts';
import { COMMAND_GROUPS, groupOf } from '../../../src/bot/groups.ts';
import { discordInvite, PERMISSIONS } from '../../../src/bot/platforms/discord/permissions.ts';
import { isRegistered, lineSoFar, registrationOf } from '../../../src/bot/platforms/discord/registration.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { RUNBOOKS } from '../../../src/runbooks/registry.ts';
import type { DiscordDriver } from '../../fakes/discord/driver.ts';
import { openDiscordDriver } from '../../fakes/discord/driver.ts';
import { openSpecification } from '../../fakes/discord/openapi.ts';
import { brokenByCommands } from '../../fakes/discord/rules.ts';
import { RIGHTS } from '../../fakes/discord/world.ts';
import { soon, told } from './support.ts';

const commands = defineCommands(RUNBOOKS);

function command(over: Partial<Command>): Command {
  return { name: 'help', input: z.strictObject({}), order: [], effect: () => ({ do: 'help' }), ...over };
}

/** The groups that are registered, each with the names in it. */
function groupsOf({
  options = [],
}: ReturnType<typeof registrationOf>): readonly (readonly [string, readonly string[]])[] {
  return options.flatMap((one) =>
    one.type === ApplicationCommandOptionType.SubcommandGroup
      ? [[one.name, (one.options ?? []).map(({ name }) => name)] as const]
      : [],
  );
}

describe('the commands that are registered', () => {
  const body = registrationOf(commands);

  it('are one root with a subcommand for each, the rare ones in groups, which Discord takes', () => {
    const alone = commands.map(({ name }) => name).filter((name) => groupOf(name) === undefined);
    expect(body.options?.map(({ name }) => name)).toEqual([...alone, ...Object.keys(COMMAND_GROUPS)]);
    expect(Object.fromEntries(groupsOf(body))).toEqual(COMMAND_GROUPS);
    expect(brokenByCommands([body])).toEqual([]);
    expect(openSpecification()?.request('PUT', '/applications/1/guilds/1/commands', [body])).toBeUndefined();
  });

  it('leave room: for one more by itself, for 20 in each group, and for a thousand characters', () => {
    const free = 25 - (body.options?.length ?? 25);
    expect(free, 'commands or groups that can still be added; move rare commands into a group').toBeGreaterThanOrEqual(
      1,
    );
    const fullest = Math.max(...groupsOf(body).map(([, names]) => names.length));
    expect(25 - fullest, 'commands that can still be added to each group').toBeGreaterThanOrEqual(20);
    const rare = Array.from({ length: 10 }, () => command({ name: 'snooze' }));
    expect(() => registrationOf([...commands, ...rare])).not.toThrow();
  });

  it('are described in both languages, with nothing cut off', () => {
    const texts = JSON.stringify(body);
    expect(body.description_localizations).toMatchObject({ pl: expect.stringContaining('Replikacja') as unknown });
    expect(texts).not.toContain('…"');
    for (const option of body.options ?? []) expect(option.description_localizations?.pl).toBeTruthy();
  });

  it('are recognised with what Discord adds, and not when anything differs', () => {
    const there = JSON.parse(JSON.stringify({ ...body, id: '1', version: '2', nsfw: false })) as { options: object[] };
    expect(isRegistered([there], body)).toBe(true);
    expect(isRegistered([], body)).toBe(false);
    expect(isRegistered([there, there], body)).toBe(false);
    expect(isRegistered([{ ...there, options: there.options.slice(1) }], body)).toBe(false);
    expect(isRegistered([{ ...there, description: 'other' }], body)).toBe(false);
    const [first, ...rest] = there.options;
    const more = { ...first, options: [{ type: 3, name: 'more', description: 'x' }] };
    expect(isRegistered([{ ...there, options: [more, ...rest] }], body)).toBe(false);
  });

  it.each([
    ['more than 25 of them', Array.from({ length: 26 }, () => command({}))],
    ['a name with a blank', [command({ input: z.strictObject({ 'a b': z.string() }) })]],
    [
      'too many choices',
      [command({ input: z.strictObject({ of: z.enum(Array.from({ length: 26 }, (_, at) => `c${at}`)) }) })],
    ],
    [
      'more than 8000 characters',
      Array.from({ length: 20 }, () =>
        command({
          input: z.strictObject({ of: z.enum(Array.from({ length: 25 }, (_, at) => `choice-number-${at}`)) }),
        }),
      ),
    ],
  ])('are refused by us before Discord refuses them: %s', (_, wrong) => {
    expect(() => registrationOf(wrong)).toThrow(RangeError);
  });

  it('are completed as a line that ends with what is typed', () => {
    const approve = commands.find(({ name }) => name === 'approve');
    if (!approve) throw new Error('no command');
    expect(lineSoFar(approve, { run: 'k7' }, 'run')).toBe('approve k7');
    expect(lineSoFar(approve, { run: 'k7m29qtx', name: 'de' }, 'name')).toBe('approve k7m29qtx de');
    expect(lineSoFar(approve, { name: 'de' }, 'name')).toBe('approve - de');
  });
});

describe('the invitation', () => {
  it('asks for exactly the rights in the table, on that server', () => {
    const url = new URL(discordInvite('123', '456'));
    const bits = PERMISSIONS.reduce((sum, { bit }) => sum | bit, 0n);
    expect(url.origin + url.pathname).toBe('https://discord.com/oauth2/authorize');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: '123',
      guild_id: '456',
      disable_guild_select: 'true',
      scope: 'bot applications.commands',
      permissions: String(bits),
    });
    expect(bits).toBe(Object.values(RIGHTS).reduce((sum, bit) => sum | bit, 0n));
  });
});

describe('the set-up guide', () => {
  it('tells of every right, and why it is asked for', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../../docs/setup/discord.en.md'), 'utf8');
    const table = PERMISSIONS.map(({ why }) => guide.split('\n').find((line) => line.endsWith(`| ${why} |`)) ?? why);
    expect(table.filter((line) => !line.startsWith('|'))).toEqual([]);
  });
});

describe('health', () => {
  let driver: DiscordDriver;
  beforeEach(async () => {
    driver = await openDiscordDriver();
  });
  afterEach(async () => await driver.close());

  it('is well when everything is as the guide says, and says who and where', async () => {
    await driver.platform.start(told());
    expect(await driver.platform.health()).toEqual({
      ok: true,
      detail: 'the bot Zapas is on the server Support; all commands are registered',
    });
    expect(driver.violations()).toEqual([]);
  });

  it('says that the commands are not registered yet', async () => {
    expect((await driver.platform.health()).detail).toContain('the commands registered at Discord');
  });

  it('names the channel and the rights that are lacking there, with the invitation', async () => {
    await driver.platform.start(told());
    const channel = driver.fake.world.channels.get(driver.approvals.channel);
    if (channel) channel.denied = RIGHTS.attach | RIGHTS.threads;
    const { ok, detail } = await driver.platform.health();
    expect(ok).toBe(false);
    expect(detail).toContain(driver.approvals.channel);
    expect(detail).toContain('AttachFiles, CreatePublicThreads.');
    expect(detail).toContain('https://discord.com/oauth2/authorize?client_id=');
  });

  it('names a channel that is not there', async () => {
    await driver.platform.start(told());
    driver.fake.world.channels.delete(driver.ops.channel);
    expect((await driver.platform.health()).detail).toContain(`the channel ${driver.ops.channel} does not exist`);
  });

  it('says that the connection is interrupted', async () => {
    await driver.platform.start(told());
    driver.fake.gateway.deaf = true;
    driver.fake.gateway.cut();
    const ill = await soon(async () => {
      const health = await driver.platform.health();
      return health.ok ? undefined : health;
    });
    expect(ill.detail).toContain('interrupted');
    driver.fake.gateway.deaf = false;
    await soon(() => driver.fake.gateway.listeners === 1 || undefined);
  });

  it.each([
    ['a token that is none', { token: new Secret('MTA.wrong') }, 'Reset Token'],
    ['the token of another application', { application: '123456789012345678' }, 'belongs to the application'],
    ['a server it was not let into', { guild: '123456789012345678' }, 'is not on the server'],
  ])('of %s says what to do', async (_, over, hint) => {
    const other = await openDiscordDriver({}, {});
    const { createDiscordPlatform } = await import('../../../src/bot/platforms/discord/discord.ts');
    const { ok, detail } = await createDiscordPlatform({ ...other.options, ...over }).health();
    await other.close();
    expect(ok).toBe(false);
    expect(detail).toContain(hint);
    expect(detail).not.toContain('MTA.wrong');
  });

  it('of a Discord that does not answer says so', async () => {
    driver.fake.faults.outage(10_000);
    expect((await driver.platform.health()).detail).toMatch(/^Discord does not answer/);
  });
});
