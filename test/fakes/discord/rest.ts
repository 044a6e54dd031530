import type { Answered, Received } from './http.ts';
import { refuse } from './http.ts';
import type { Interactions } from './interactions.ts';
import { redraw } from './interactions.ts';
import { tooMany } from './limiter.ts';
import { brokenByCommands, brokenByMessage, text, V2_FLAG } from './rules.ts';
import type { Channel, Message, World } from './world.ts';
import { numbered, RIGHTS } from './world.ts';

type Json = Readonly<Record<string, unknown>>;

/** docs, create message: a nonce is remembered for a few minutes. */
const NONCE_MS = 5 * 60_000;
const OLD_MS = 60 * 60_000;
/** Undocumented; small. */
const OLD_EDIT_EVERY_MS = 60_000;
const THREAD_TYPE = 11;

export interface RestDeps {
  readonly world: World;
  readonly interactions: Interactions;
  readonly violations: string[];
  readonly gatewayUrl: () => string;
}

/** The routes of REST v10 that a bot such as ours uses. `path` is below `/api/v10`, decoded. */
export function answer(
  deps: RestDeps,
  method: string,
  path: string,
  query: URLSearchParams,
  received: Received,
): Answered {
  const [area = '', id = '', part = '', ...rest] = path.split('/').slice(1);
  const body = (received.body ?? {}) as Json;
  switch (area) {
    case 'gateway':
      return gateway(deps);
    case 'interactions':
      return deps.interactions.callback(id, part, body, received.files);
    case 'webhooks':
      return deps.interactions.webhook(method, part, rest[1], body, received.files);
    case 'applications':
      return applications(deps, method, id, rest, received.body);
    case 'oauth2':
      return { status: 200, body: application(deps.world) };
    case 'users':
      return users(deps.world, id, part, body);
    case 'guilds':
      return guilds(deps.world, id, part, rest);
    case 'channels':
      return channels(deps, method, id, part, rest, query, received);
    default:
      return refuse(404, 0, '404: Not Found');
  }
}

function gateway({ gatewayUrl }: RestDeps): Answered {
  const limit = { total: 1_000, remaining: 999, reset_after: 3_600_000, max_concurrency: 1 };
  return { status: 200, body: { url: gatewayUrl(), shards: 1, session_start_limit: limit } };
}

function application(world: World): Json {
  return {
    id: world.application,
    name: 'Zapas',
    icon: null,
    description: '',
    type: null,
    verify_key: '0'.repeat(64),
    flags: 0,
    flags_new: '0',
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner: [...world.members.values()].filter(({ bot }) => !bot).map((one) => world.user(one))[0] ?? {},
    bot_public: false,
    bot_require_code_grant: false,
    approximate_guild_count: 1,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: ['bot', 'applications.commands'],
  };
}

function applications(
  { world, violations }: RestDeps,
  method: string,
  id: string,
  rest: readonly string[],
  body: unknown,
): Answered {
  if (id === '@me') return { status: 200, body: application(world) };
  const [guild, what] = rest;
  if (id !== world.application || guild !== world.guild || what !== 'commands')
    return refuse(403, 50_001, 'Missing Access');
  if (method === 'PUT') {
    const broken = brokenByCommands(body);
    violations.push(...broken);
    if (broken.length > 0) return refuse(400, 50_035, 'Invalid Form Body');
    world.commands = (body as readonly Json[]).map((command) => ({
      ...command,
      id: world.snowflake(),
      application_id: world.application,
      guild_id: world.guild,
      version: world.snowflake(),
      default_member_permissions: null,
      nsfw: false,
    }));
  }
  return { status: 200, body: world.commands };
}

function users(world: World, id: string, part: string, body: Json): Answered {
  if (id === '@me' && part === 'channels') return direct(world, text(body['recipient_id']));
  const member = world.members.get(id === '@me' ? world.bot : id);
  if (!member) return refuse(404, 10_013, 'Unknown User');
  const more = id === '@me' ? { mfa_enabled: false, locale: 'en-US', verified: true, email: null } : {};
  return { status: 200, body: { ...world.user(member), ...more } };
}

function direct(world: World, recipient: string): Answered {
  if (!world.members.has(recipient)) return refuse(400, 50_033, 'Invalid Recipient(s)');
  const known = [...world.channels.values()].find((one) => one.type === 1 && one.recipient === recipient);
  const channel = known ?? world.addChannel('', { type: 1, recipient });
  return { status: 200, body: world.channelObject(channel) };
}

function guilds(world: World, id: string, part: string, rest: readonly string[]): Answered {
  if (id !== world.guild) return refuse(404, 10_004, 'Unknown Guild');
  if (part === '') return { status: 200, body: world.guildObject() };
  if (part === 'roles') return { status: 200, body: world.roles() };
  const member = world.members.get(rest[0] === '@me' ? world.bot : (rest[0] ?? ''));
  if (!member) return refuse(404, 10_013, 'Unknown User');
  return member.inGuild ? { status: 200, body: world.memberObject(member) } : refuse(404, 10_007, 'Unknown Member');
}

function channels(
  deps: RestDeps,
  method: string,
  id: string,
  part: string,
  rest: readonly string[],
  query: URLSearchParams,
  received: Received,
): Answered {
  const { world } = deps;
  const channel = world.channels.get(id);
  if (!channel) return refuse(404, 10_003, 'Unknown Channel');
  const rights = world.rights(channel);
  if ((rights & RIGHTS.view) === 0n) return refuse(403, 50_001, 'Missing Access');
  if (part === '') return { status: 200, body: world.channelObject(channel) };
  const [message, below] = rest;
  if (message === undefined) return method === 'GET' ? history(world, channel, query) : create(deps, channel, received);
  const found = world.messages.get(message);
  if (!found || found.channel !== id || found.only !== undefined) return refuse(404, 10_008, 'Unknown Message');
  if (below === 'threads') return thread(deps, channel, found, (received.body ?? {}) as Json);
  if (method === 'GET') return { status: 200, body: world.messageObject(found) };
  return edit(deps, channel, found, received);
}

function history(world: World, channel: Channel, query: URLSearchParams): Answered {
  const limit = Number(query.get('limit') ?? 50);
  if (limit < 1 || limit > 100) return refuse(400, 50_035, 'Invalid Form Body');
  const readable = (world.rights(channel) & RIGHTS.history) !== 0n;
  const messages = readable ? world.in(channel.id).filter(({ only }) => only === undefined) : [];
  const before = query.get('before');
  const older = messages.filter(({ id }) => before === null || BigInt(id) < BigInt(before));
  return {
    status: 200,
    body: older
      .toReversed()
      .slice(0, limit)
      .map((one) => world.messageObject(one)),
  };
}

function create({ world, violations }: RestDeps, channel: Channel, { body, files }: Received): Answered {
  const data = (body ?? {}) as Json;
  const send = channel.type === THREAD_TYPE ? RIGHTS.sendInThreads : RIGHTS.send;
  const needed = send | (files.length > 0 ? RIGHTS.attach : 0n);
  if ((world.rights(channel) & needed) !== needed) return refuse(403, 50_013, 'Missing Permissions');
  const recipient = world.members.get(channel.recipient ?? '');
  if (recipient && !recipient.acceptsDirect) return refuse(403, 50_007, 'Cannot send messages to this user');
  const broken = brokenByMessage(data, { files: files.map(({ name }) => name) });
  violations.push(...broken);
  if (broken.length > 0) return refuse(400, 50_035, 'Invalid Form Body');
  const nonce = data['nonce'] === undefined ? undefined : text(data['nonce']);
  const same = world
    .in(channel.id)
    .find((one) => nonce !== undefined && one.nonce === nonce && world.now() - one.createdAt < NONCE_MS);
  if (same && data['enforce_nonce'] === true) return { status: 200, body: world.messageObject(same) };
  channel.archived = false;
  const message: Message = {
    id: world.snowflake(),
    channel: channel.id,
    author: world.bot,
    createdAt: world.now(),
    ...(nonce !== undefined && { nonce }),
    flags: Number(data['flags'] ?? 0),
    content: text(data['content']),
    components: numbered(data['components']),
    files,
    edits: 0,
  };
  world.put(message);
  return { status: 200, body: { ...world.messageObject(message), ...(nonce !== undefined && { nonce }) } };
}

function edit({ world, violations }: RestDeps, channel: Channel, message: Message, received: Received): Answered {
  if (message.author !== world.bot) return refuse(403, 50_005, 'Cannot edit a message authored by another user');
  if (channel.archived) return refuse(400, 50_083, 'Tried to perform an operation on an archived thread');
  const data = (received.body ?? {}) as Json;
  const files = received.files.map(({ name }) => name);
  const broken = brokenByMessage(data, { v2: (message.flags & V2_FLAG) !== 0, files });
  violations.push(...broken);
  if (broken.length > 0) return refuse(400, 50_035, 'Invalid Form Body');
  const now = world.now();
  const waitMs = (message.editedAt ?? 0) + OLD_EDIT_EVERY_MS - now;
  if (now - message.createdAt > OLD_MS && waitMs > 0) return tooMany(waitMs, {}, 30_046);
  redraw(world, message, data, received.files);
  return { status: 200, body: world.messageObject(message) };
}

function thread({ world }: RestDeps, channel: Channel, message: Message, body: Json): Answered {
  if ((world.rights(channel) & RIGHTS.threads) === 0n) return refuse(403, 50_013, 'Missing Permissions');
  if (channel.type !== 0) return refuse(400, 50_024, 'Cannot execute action on this channel type');
  if (world.channels.has(message.id)) return refuse(400, 160_004, 'A thread has already been created for this message');
  const made = world.addChannel(text(body['name']), { id: message.id, type: THREAD_TYPE, parent: channel.id });
  return { status: 201, body: world.channelObject(made) };
}
