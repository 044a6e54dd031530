import type { APIDMChannel } from 'discord.js';
import { Client, Events, GatewayIntentBits, Options, Partials, REST, Routes, Status } from 'discord.js';
import type { Account, Attachment, Capabilities, ChatPlatform, Handlers } from '../../platform.ts';
import { PlatformError } from '../../platform.ts';
import type { Token } from './answers.ts';
import { createAnswers, handTo } from './answers.ts';
import { codeOf, toPlatformError } from './failures.ts';
import { createFormMemory } from './form-memory.ts';
import { examine } from './health.ts';
import { createInteractions, openerFor } from './interactions.ts';
import { DEADLINES } from './limits.ts';
import { contentOfFile, createMessages } from './messages.ts';
import type { DiscordOptions } from './options.ts';
import { lookUp } from './people.ts';
import { createPoster } from './post.ts';
import { isRegistered, registrationOf } from './registration.ts';

export const DISCORD_CAPABILITIES: Capabilities = {
  maskedInput: false,
  completion: true,
  privateNotices: true,
  ackMs: DEADLINES.firstAnswerMs,
  editMs: 2_000,
  // Before Discord begins to count, so that its quota is there for the end.
  oldAfterMs: DEADLINES.oldMessageMs - 10 * 60_000,
  // Buckets are told by headers alone. Posts and edits usually have five in five seconds each, in each of two channels.
  perMinute: 240,
  images: true,
  shared: true,
  lasting: true,
  threads: true,
  files: true,
};

/** A first answer goes out twice at most within the three seconds there are. */
const ANSWER_TIMEOUT_MS = 1_200;
const WRITE_TIMEOUT_MS = 10_000;
/** Discord takes fifty in any second; the library counts from one second to the next, of which two may meet. */
const WRITES_PER_SECOND = 25;
/** Work that is under way when it stops may end that much later. */
const STOP_PATIENCE_MS = 2_000;
const LIVE_MS = DEADLINES.tokenMs - 30_000;

/**
 * Discord, by discord.js: interactions come over the gateway, runs' cards are ordinary messages by the bot's token. One process
 * per token: a second one would answer everything twice.
 */
export function createDiscordPlatform(options: DiscordOptions): ChatPlatform {
  const { guild, api, warn } = options;
  const common = { version: '10', ...(api !== undefined && { api }) } as const;
  const token = options.token.reveal();
  // Waiting is the publisher's: it knows which of its messages is worth the next request.
  const writes = new REST({
    ...common,
    retries: 0,
    timeout: WRITE_TIMEOUT_MS,
    rejectOnRateLimit: ['/channels'],
    globalRequestsPerSecond: WRITES_PER_SECOND,
  });
  writes.setToken(token);
  const quick = new REST({ ...common, retries: 0, timeout: ANSWER_TIMEOUT_MS });
  const answers = createAnswers(quick, warn);
  const forms = createFormMemory();
  const live = new Map<string, Live>();
  const busy = new Set<Promise<void>>();
  let client: Client | undefined;

  const latestOf = ({ account }: Account): Live | undefined => {
    const latest = live.get(account);
    return latest && Date.now() - latest.at < LIVE_MS ? latest : undefined;
  };
  const tokenFor = (who: Account): Token | undefined => latestOf(who)?.to;
  const alive = (who: Account, to: Token, answered: Promise<void>): void => {
    live.set(who.account, { to, at: Date.now(), answered });
    for (const [account, { at }] of live) if (Date.now() - at > LIVE_MS) live.delete(account);
  };
  return {
    id: 'discord',
    can: DISCORD_CAPABILITIES,
    ...createMessages(writes),
    async start(handlers: Handlers) {
      await register(writes, options);
      const handle = createInteractions({ handlers, answers, forms, commands: options.commands, guild, alive, warn });
      client = createClient(options);
      client.on(Events.InteractionCreate, (interaction) => {
        const work = handle(interaction).finally(() => busy.delete(work));
        busy.add(work);
      });
      await connect(client, token);
    },
    async stop() {
      await client?.destroy();
      client = undefined;
      await Promise.race([Promise.all(busy), patience(STOP_PATIENCE_MS)]);
    },
    async notice(to, _place, card) {
      const alone = tokenFor(to);
      try {
        if (alone) return await answers.add(alone, card);
      } catch (error) {
        warn({ account: to.account, error: String(error) }, 'an interaction is over; its person gets a direct message');
      }
      // A button pressed in a direct message would come from nobody of the server.
      const bare = { ...card, buttons: [] };
      try {
        const place = { platform: 'discord', channel: await directTo(writes, to) } as const;
        await createMessages(writes).publish(place, bare, `notice ${Date.now()}`);
      } catch (error) {
        throw toPlatformError(error);
      }
    },
    hand: (to, _place, file) => handFile(writes, latestOf(to), to, { file, warn }),
    async form(to, _place, form) {
      const alone = tokenFor(to);
      if (!alone) throw new PlatformError('gone');
      forms.keep(to.account, form, {});
      const { card, opener } = openerFor(form, to.language ?? options.language);
      await answers.add(alone, card, opener).catch((error: unknown) => {
        throw toPlatformError(error);
      });
    },
    person: (account) => lookUp(writes, guild, account),
    health: () => examine(options, client && isConnected(client)),
  };
}

/** An interaction that can be answered once more. */
interface Live {
  readonly to: Token;
  readonly at: number;
  readonly answered: Promise<void>;
}

/** To this person alone: after the answer to what they did, as a direct message where that is too late. */
async function handFile(
  rest: REST,
  latest: Live | undefined,
  to: Account,
  { file, warn }: { readonly file: Attachment } & Pick<DiscordOptions, 'warn'>,
): Promise<void> {
  const content = contentOfFile(file);
  // What came before the answer would take its place.
  await latest?.answered;
  try {
    if (latest) return await handTo(rest, latest.to, content);
  } catch (error) {
    warn({ account: to.account, error: String(error) }, 'an interaction is over; its person gets a direct message');
  }
  try {
    await createPoster(rest).post(await directTo(rest, to), `file ${file.name} ${Date.now()}`, content, true);
  } catch (error) {
    throw toPlatformError(error);
  }
}

/** The direct messages between the bot and that person. */
async function directTo(rest: REST, { account }: Account): Promise<string> {
  const body = { recipient_id: account };
  const { id } = (await rest.post(Routes.userChannels(), { body })) as APIDMChannel;
  return id;
}

function createClient({ api, warn }: DiscordOptions): Client {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    // Else a thread that is not in the cache (an archived one) would have no parent.
    partials: [Partials.Channel],
    rest: { version: '10', retries: 1, timeout: WRITE_TIMEOUT_MS, ...(api !== undefined && { api }) },
    waitGuildTimeout: 2_000,
    closeTimeout: 1_000,
    enforceNonce: true,
    allowedMentions: { parse: [] },
    makeCache: Options.cacheWithLimits({ ...Options.DefaultMakeCacheSettings, MessageManager: 0 }),
  });
  client.on(Events.Error, (error) => warn({ error: String(error) }, 'discord: error'));
  client.on(Events.ShardError, (error) => warn({ error: String(error) }, 'discord: the connection failed'));
  client.on(Events.ShardDisconnect, ({ code }) => warn({ code }, 'discord: disconnected'));
  client.on(Events.ShardReconnecting, () => warn({}, 'discord: connecting again'));
  return client;
}

/** Settles when everything people do arrives. Throws `gone` for a token that is none. */
async function connect(client: Client, token: string): Promise<void> {
  const ready = new Promise<void>((resolve) => {
    client.once(Events.ClientReady, () => resolve());
  });
  try {
    await client.login(token);
    await Promise.race([ready, patience(WRITE_TIMEOUT_MS)]);
  } catch (error) {
    await client.destroy();
    const refused = error instanceof Error && 'code' in error && error.code === 'TokenInvalid';
    throw new PlatformError(refused ? 'gone' : 'unavailable', { cause: error });
  }
}

/** Registers the commands where they differ. What stands in the way is told, and by health: old commands go on working. */
async function register(rest: REST, { application, guild, commands, warn }: DiscordOptions): Promise<void> {
  const wanted = registrationOf(commands);
  const route = Routes.applicationGuildCommands(application, guild);
  try {
    const query = new URLSearchParams({ with_localizations: 'true' });
    const registered = (await rest.get(route, { query })) as readonly unknown[];
    if (!isRegistered(registered, wanted)) await rest.put(route, { body: [wanted] });
  } catch (error) {
    warn({ code: codeOf(error), error: String(error) }, 'discord: the commands could not be registered');
  }
}

function patience(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}

function isConnected({ ws }: Client): boolean {
  return ws.shards.size > 0 && ws.shards.every(({ status }) => status === Status.Ready);
}
