import { setTimeout as sleep } from 'node:timers/promises';
import { defineCommands } from '../../../src/bot/commands.ts';
import { membersOf } from '../../../src/bot/groups.ts';
import { optionsOf } from '../../../src/bot/options.ts';
import type { ChatPlatform, Place } from '../../../src/bot/platform.ts';
import { createDiscordPlatform } from '../../../src/bot/platforms/discord/discord.ts';
import type { DiscordOptions } from '../../../src/bot/platforms/discord/options.ts';
import { normalise, splitWords } from '../../../src/bot/words.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { RUNBOOKS } from '../../../src/runbooks/registry.ts';
import type { Actor, ChatDriver, Reaction, Seen, SeenForm } from '../../contracts/chat-driver.ts';
import type { Interaction } from './interactions.ts';
import { seen, seenForm } from './reading.ts';
import type { FakeOptions } from './server.ts';
import { FakeDiscord } from './server.ts';
import type { Member } from './world.ts';

/** docs, guild member flags. */
const IS_GUEST = 16;

const PEOPLE: Readonly<Record<Actor, Partial<Member>>> = {
  anna: {},
  piotr: {},
  ewa: { locale: 'en-GB' },
  jan: {},
  obcy: {},
  stranger: {},
  guest: { flags: IS_GUEST },
  external: { inGuild: false },
  bot: { bot: true },
};

export interface DiscordDriver extends ChatDriver {
  readonly fake: FakeDiscord;
  /** What a platform over this fake is made of. */
  readonly options: DiscordOptions;
}

/** Drives the real adapter (and the real discord.js) over the fake Discord. */
export async function openDiscordDriver(
  settings: FakeOptions = {},
  over: Partial<DiscordOptions> = {},
): Promise<DiscordDriver> {
  const fake = await FakeDiscord.start(settings);
  const { world } = fake;
  const channels = { ops: world.addChannel('ops').id, approvals: world.addChannel('approvals').id };
  const actors = new Map(
    Object.entries(PEOPLE).map(([actor, about]) => [actor, world.addMember(actor, about)] as const),
  );
  const options: DiscordOptions = {
    token: new Secret(fake.token),
    application: world.application,
    guild: world.guild,
    channels: Object.values(channels),
    commands: defineCommands(RUNBOOKS),
    language: 'en',
    warn: () => undefined,
    api: fake.api,
    ...over,
  };
  const made: ChatPlatform[] = [];
  const create = (): ChatPlatform => {
    const platform = createDiscordPlatform(options);
    made.push(platform);
    return platform;
  };
  const ops: Place = { platform: 'discord', channel: channels.ops };
  const member = (actor: Actor): Member => {
    const found = actors.get(actor);
    if (!found) throw new Error(`nobody is ${actor}`);
    return found;
  };
  const opened = new Map<string, Interaction>();
  const reaction = async (act: () => Interaction, twice = false): Promise<Reaction> => {
    await listening(fake);
    fake.gateway.twice = twice;
    const interaction = act();
    fake.gateway.twice = false;
    await fake.settled(interaction);
    if (interaction.modal) opened.set(interaction.id, interaction);
    return {
      ackMs: interaction.ackMs,
      ...(interaction.modal && { form: seenForm(interaction.id, interaction.modal) }),
    };
  };
  return {
    name: 'discord',
    fake,
    options,
    platform: create(),
    restarted: create,
    ops,
    approvals: { platform: 'discord', channel: channels.approvals },
    account: (actor) => member(actor).id,
    type: (actor, line, at = ops, { twice = false } = {}) => {
      const { name, values } = structured(line, options);
      return reaction(() => fake.command(member(actor), at.channel, name, values), twice);
    },
    screen(actor, at = ops) {
      const me = member(actor).id;
      const direct = [...world.channels.values()].filter(({ recipient }) => recipient === me).map(({ id }) => id);
      const messages = [at.channel, ...direct].flatMap((channel) => world.in(channel));
      const mine = messages.filter(({ only }) => only === undefined || only === me);
      return Promise.resolve(mine.map((message) => seen(world, message)));
    },
    press: (actor, message, label, { twice = false } = {}) =>
      reaction(() => fake.press(member(actor), message.id, idBehind(fake, message, label)), twice),
    submit: (actor, form: SeenForm, values) => {
      const from = opened.get(form.id);
      if (!from) throw new Error('the form is not open');
      return reaction(() => fake.submit(member(actor), from, values));
    },
    remove(message) {
      world.messages.delete(message.id);
      return Promise.resolve();
    },
    faults: {
      rateLimit: fake.faults.rateLimit,
      outage: fake.faults.outage,
      loseNextAnswer: () => fake.faults.loseNextAnswer(),
    },
    violations: () => fake.violations,
    async close() {
      for (const platform of made) await platform.stop();
      await fake.close();
    },
  };
}

/** Discord keeps an event for a client that connects in a moment. */
async function listening({ gateway }: FakeDiscord): Promise<void> {
  for (let tries = 0; gateway.listeners === 0 && tries < 200; tries += 1) await sleep(10);
}

function idBehind({ world }: FakeDiscord, message: Seen, label: string): string {
  const id = world.button(message.id, label);
  if (id === undefined) throw new Error(`no button ${label} on: ${message.text}`);
  return id;
}

/** A line as the options Discord's client would have made of it. */
function structured(
  line: string,
  { commands }: DiscordOptions,
): { readonly name: string; readonly values: Readonly<Record<string, string | number | boolean>> } {
  const split = splitWords(normalise(line));
  const typed = split.ok ? split.words : [];
  const [first, ...words] = membersOf(typed[0]?.text ?? '').length > 0 ? typed.slice(1) : typed;
  const command = commands.find(({ name }) => name === first?.text);
  const options = command ? optionsOf(command) : [];
  const values: Record<string, string | number | boolean> = {};
  const take = (flag: string, text: string): void => {
    const kind = options.find((one) => one.flag === flag)?.kind;
    const before = flag === command?.rest ? values[flag] : undefined;
    const whole = before === undefined ? text : `${String(before)} ${text}`;
    values[flag] = kind === 'integer' ? Number(whole) : kind === 'boolean' ? whole !== 'false' : whole;
  };
  for (let at = 0; at < words.length; at += 1) {
    const { text = '', option: named, hasValue = false } = words[at] ?? {};
    if (named === undefined) {
      const next = command?.order.map(flagOf).find((flag) => values[flag] === undefined);
      take(next ?? command?.rest ?? 'extra', text);
      continue;
    }
    const option = options.find((one) => one.flag === named);
    if (hasValue) take(named, text);
    else if (!option && named.startsWith('no-')) take(named.slice(3), 'false');
    else if (option?.kind === 'boolean') take(named, 'true');
    else {
      take(named, words[at + 1]?.text ?? '');
      at += 1;
    }
  }
  return { name: first?.text ?? '', values };

  function flagOf(name: string): string {
    return options.find((one) => one.name === name)?.flag ?? name;
  }
}
