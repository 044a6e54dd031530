import { refuseMessage, refuseView } from './rules.ts';
import type { Channel, Message, StoredFile, User, ViewContent, World } from './world.ts';

type Args = Readonly<Record<string, unknown>>;
export type Answer = Readonly<Record<string, unknown>> & { readonly ok: boolean };

export interface Desk {
  readonly world: World;
  readonly origin: string;
  readonly scopes: ReadonlySet<string>;
  readonly faults: {
    /** A file with an alternative text is taken and never shown (python-slack-sdk #1818). */
    dropsDescribedFiles: boolean;
    /** Blocks of a message are refused beyond so many characters, whatever the documents say. */
    blocksLimit: number;
  };
  /** A ticket for one socket. */
  readonly ticket: () => string;
}

type Method = (args: Args, desk: Desk) => Answer;

/** One of these is needed; a bot without any gets `missing_scope`. */
export const SCOPES_OF: Readonly<Record<string, readonly string[]>> = {
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'users.info': ['users:read'],
  'files.getUploadURLExternal': ['files:write'],
  'files.completeUploadExternal': ['files:write'],
  'files.info': ['files:read'],
};

/** A file is shown so long after it was shared. */
const PROCESSING_MS = 150;

export const METHODS: Readonly<Record<string, Method>> = {
  'auth.test': (_args, { world: { team, bot } }) => ({
    ok: true,
    url: 'https://zapas.slack.com/',
    team: 'Zapas',
    user: 'zapas',
    team_id: team,
    user_id: bot.user,
    bot_id: bot.id,
    is_enterprise_install: false,
  }),
  'apps.connections.open': (_args, { origin, ticket }) => ({
    ok: true,
    url: `${origin.replace('http', 'ws')}/link/?ticket=${ticket()}&app_id=1`,
  }),
  'chat.postMessage': (args, desk) => {
    const { world } = desk;
    const thread = optional(args['thread_ts']);
    const problem = cannotWrite(desk, args) ?? badContent(desk, args) ?? badThread(world, args['channel'], thread);
    if (problem) return problem;
    const metadata = parsed(args['metadata']);
    if (metadata !== undefined && !isMetadata(metadata)) return no('invalid_metadata_format');
    const message = add(world, {
      ...contentOf(args),
      channel: String(args['channel']),
      metadata,
      ...(thread && { thread }),
    });
    return {
      ok: true,
      channel: message.channel,
      ts: message.ts,
      message: shown(world, message, { ts: true, metadata: true }),
    };
  },
  'chat.postEphemeral': (args, desk) => {
    const problem = cannotWrite(desk, args) ?? badContent(desk, args);
    if (problem) return problem;
    const only = String(args['user']);
    if (!desk.world.users.has(only)) return no('user_not_in_channel');
    const { ts } = add(desk.world, { ...contentOf(args), channel: String(args['channel']), only });
    return { ok: true, message_ts: ts };
  },
  'chat.update': (args, desk) => {
    const { world } = desk;
    const problem = cannotWrite(desk, args) ?? badContent(desk, args);
    if (problem) return problem;
    const message = find(world, args['channel'], args['ts']);
    if (!message || message.only !== undefined) return no('message_not_found');
    if (message.user !== world.bot.user) return no('cant_update_message');
    if (args['blocks'] === undefined && message.blocks.length > 0) {
      world.violations.push(`chat.update of ${message.ts} has a text alone and takes its blocks away`);
    }
    Object.assign(message, contentOf(args), { edits: message.edits + 1 });
    return {
      ok: true,
      channel: message.channel,
      ts: message.ts,
      text: message.text,
      message: shown(world, message, {}),
    };
  },
  'conversations.history': (args, { world }) => {
    const channel = visible(world, args['channel']);
    if ('ok' in channel) return channel;
    const all = world.messages.filter((one) => one.channel === channel.id && stands(one) && one.thread === undefined);
    const limit = Math.min(Number(args['limit'] ?? 100), 999);
    const metadata = flagOf(args['include_all_metadata']);
    const newest = all.toReversed().slice(0, limit);
    const messages = newest.map((message) => shown(world, message, { ts: true, metadata }));
    return { ok: true, messages, has_more: all.length > limit, pin_count: 0 };
  },
  'conversations.replies': (args, { world }) => {
    const channel = visible(world, args['channel']);
    if ('ok' in channel) return channel;
    const thread = String(args['ts']);
    const all = world.messages.filter(
      (one) => one.channel === channel.id && stands(one) && (one.ts === thread || one.thread === thread),
    );
    if (all.length === 0) return no('thread_not_found');
    const metadata = flagOf(args['include_all_metadata']);
    const limit = Math.min(Number(args['limit'] ?? 1_000), 1_000);
    const messages = all.slice(0, limit).map((message) => shown(world, message, { ts: true, metadata }));
    return { ok: true, messages, has_more: all.length > limit };
  },
  'conversations.info': (args, { world }) => {
    const channel = world.channels.get(String(args['channel']));
    if (!channel || (channel.isPrivate && !channel.member)) return no('channel_not_found');
    return { ok: true, channel: describeChannel(world, channel) };
  },
  'conversations.open': (args, { world }) => {
    const user = world.users.get(String(args['users']));
    if (!user) return no('user_not_found');
    if (user.kind === 'bot' || user.kind === 'deleted') return no('cannot_dm_bot');
    const id = `D${user.id}`;
    const known = world.channels.has(id);
    if (!known) world.channels.set(id, { id, name: '', isPrivate: true, member: true, archived: false, shared: false });
    return { ok: true, ...(known && { no_op: true, already_open: true }), channel: { id } };
  },
  'users.info': (args, { world }) => {
    const user = world.users.get(String(args['user']));
    return user ? { ok: true, user: describeUser(world, user, flagOf(args['include_locale'])) } : no('user_not_found');
  },
  'views.open': openView,
  'files.getUploadURLExternal': (args, { world, origin }) => {
    const size = Number(args['length']);
    if (!(size > 0) || typeof args['filename'] !== 'string') return no('missing_argument');
    const alt = optional(args['alt_txt']) ?? '';
    if (alt.length > 1_000) return no('alt_txt_too_large');
    const file: StoredFile = { id: world.nextId('F'), name: args['filename'], size, alt, title: '' };
    world.files.set(file.id, file);
    return { ok: true, upload_url: `${origin}/upload/${file.id}`, file_id: file.id };
  },
  'files.completeUploadExternal': completeUpload,
  'files.info': (args, { world }) => {
    const file = world.files.get(String(args['file']));
    return file ? { ok: true, file: describeFile(world, file), comments: [] } : no('file_not_found');
  },
};

function no(error: string, rest: Readonly<Record<string, unknown>> = {}): Answer {
  return { ok: false, error, ...rest };
}

function optional(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function flagOf(value: unknown): boolean {
  return value === true || value === 'true' || value === '1';
}

/** Structures come as JSON in a form field, or as they are in a JSON body. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function visible(world: World, id: unknown): Channel | Answer {
  const channel = world.channels.get(String(id));
  if (!channel || (channel.isPrivate && !channel.member)) return no('channel_not_found');
  return channel.member ? channel : no('not_in_channel');
}

function cannotWrite({ world }: Desk, args: Args): Answer | undefined {
  const channel = visible(world, args['channel']);
  if ('ok' in channel) return channel;
  return channel.archived ? no('is_archived') : undefined;
}

function badThread(world: World, channel: unknown, thread: string | undefined): Answer | undefined {
  return thread === undefined || find(world, channel, thread) ? undefined : no('thread_not_found');
}

function badContent({ world, faults }: Desk, args: Args): Answer | undefined {
  const text = optional(args['text']);
  const blocks = parsed(args['blocks']);
  if (text === undefined && blocks === undefined) return no('no_text');
  if (text === undefined) world.violations.push('a message has no text for notifications');
  if (/<[!@#]/.test(text ?? '')) world.violations.push(`the text of a message mentions: ${text}`);
  if (flagOf(args['link_names'])) world.violations.push('a message links names');
  if ((text?.length ?? 0) > 40_000) return no('msg_too_long');
  if (blocks === undefined) return undefined;
  const refusal = refuseMessage(blocks);
  if (!refusal) return JSON.stringify(blocks).length > faults.blocksLimit ? no('msg_blocks_too_long') : undefined;
  world.violations.push(`${refusal.error}: ${refusal.messages.join(' ')}`);
  return no(refusal.error, { response_metadata: { messages: refusal.messages } });
}

function contentOf(args: Args): Pick<Message, 'text' | 'blocks'> {
  const blocks = parsed(args['blocks']);
  return { text: optional(args['text']) ?? '', blocks: Array.isArray(blocks) ? blocks : [] };
}

/** Puts a message of the bot where it belongs. */
export function add(
  world: World,
  message: Pick<Message, 'channel' | 'text' | 'blocks'> & {
    readonly thread?: string;
    readonly metadata?: unknown;
    readonly only?: string;
    readonly files?: readonly string[];
  },
): Message {
  const calls = message.only === undefined && JSON.stringify(message.blocks).includes('"type":"broadcast"');
  const whole = { ...message, user: world.bot.user, ts: world.nextTs(), files: message.files ?? [] };
  const added: Message = { ...whole, calls, edits: 0, deleted: false };
  world.messages.push(added);
  return added;
}

function isMetadata(value: unknown): boolean {
  const { event_type: type, event_payload: payload } = value as Readonly<Record<string, unknown>>;
  return typeof type === 'string' && typeof payload === 'object' && payload !== null;
}

function stands(message: Message): boolean {
  return !message.deleted && message.only === undefined;
}

export function find(world: World, channel: unknown, ts: unknown): Message | undefined {
  return world.messages.find((one) => one.channel === channel && one.ts === ts && !one.deleted);
}

/** The message as answers carry it; that of chat.update has no `ts`. */
function shown(
  world: World,
  message: Message,
  { ts = false, metadata = false }: { readonly ts?: boolean; readonly metadata?: boolean },
): object {
  const { bot, team, app } = world;
  const files = message.files.flatMap((id) => world.files.get(id) ?? []).map((file) => describeFile(world, file));
  const icons = {
    image_36: 'https://a.example/36',
    image_48: 'https://a.example/48',
    image_72: 'https://a.example/72',
  };
  return {
    bot_id: bot.id,
    type: 'message',
    text: message.text,
    user: bot.user,
    ...(ts && { ts: message.ts }),
    team,
    bot_profile: { id: bot.id, deleted: false, name: 'zapas', updated: 1, app_id: app, icons, team_id: team },
    app_id: app,
    blocks: message.blocks,
    ...(files.length > 0 && { files }),
    ...(ts && message.thread !== undefined && { thread_ts: message.thread, parent_user_id: bot.user }),
    ...(metadata && message.metadata !== undefined && { metadata: message.metadata }),
    ...(!ts && message.edits > 0 && { edited: { user: bot.id, ts: message.ts } }),
  };
}

function describeChannel(world: World, channel: Channel): object {
  const { id, name, isPrivate, member, archived, shared } = channel;
  const note = { value: '', creator: '', last_set: 0 };
  return {
    id,
    name,
    is_channel: !isPrivate,
    is_group: isPrivate,
    is_im: false,
    is_mpim: false,
    created: 1,
    creator: 'U0CREATOR',
    is_archived: archived,
    is_general: false,
    unlinked: 0,
    name_normalized: name,
    is_shared: shared,
    is_ext_shared: shared,
    is_org_shared: false,
    shared_team_ids: [world.team],
    pending_shared: [],
    pending_connected_team_ids: [],
    is_pending_ext_shared: false,
    is_member: member,
    is_private: isPrivate,
    topic: note,
    purpose: note,
    previous_names: [],
  };
}

function describeUser({ team, app }: World, { id, name, kind, locale }: User, withLocale: boolean): object {
  const home = kind === 'external' ? 'T0ELSEWHERE' : team;
  const picture = 'https://a.example/avatar.png';
  const profile = {
    real_name: name,
    real_name_normalized: name,
    display_name: name,
    display_name_normalized: name,
    title: '',
    phone: '',
    skype: '',
    status_text: '',
    status_emoji: '',
    status_expiration: 0,
    avatar_hash: 'g',
    image_24: picture,
    image_32: picture,
    image_48: picture,
    image_72: picture,
    image_192: picture,
    image_512: picture,
    status_text_canonical: '',
    team: home,
    ...(kind === 'bot' && { bot_id: 'B0OTHER', api_app_id: app }),
  };
  const base = { id, team_id: home, name, deleted: kind === 'deleted', profile, is_bot: kind === 'bot', updated: 1 };
  if (kind === 'deleted') return { ...base, is_app_user: false };
  return {
    ...base,
    color: '9f69e7',
    real_name: name,
    tz: 'Europe/Warsaw',
    tz_label: 'Central European Time',
    tz_offset: 3_600,
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: kind === 'guest',
    is_ultra_restricted: false,
    is_app_user: false,
    is_email_confirmed: true,
    who_can_share_contact_card: 'EVERYONE',
    ...(kind === 'external' && { is_stranger: true }),
    ...(withLocale && { locale }),
  };
}

function openView(args: Args, { world }: Desk): Answer {
  const trigger = world.triggers.get(String(args['trigger_id']));
  if (!trigger) return no('invalid_trigger_id');
  if (trigger.used) return no('exchanged_trigger_id');
  if (Date.now() > trigger.until) return no('expired_trigger_id');
  trigger.used = true;
  const content = parsed(args['view']);
  const refusal = refuseView(content);
  if (refusal) {
    world.violations.push(`views.open: ${refusal.error}: ${refusal.messages.join(' ')}`);
    return no(refusal.error, { response_metadata: { messages: refusal.messages } });
  }
  const view = showView(world, trigger.user, content as ViewContent);
  return { ok: true, view: describeView(world, view.id) };
}

export function showView(world: World, user: string, content: ViewContent): { readonly id: string } {
  const id = world.nextId('V');
  world.views.set(id, { id, hash: `${world.nextTs()}.hash`, user, open: true, content, errors: {} });
  return { id };
}

/** The view as answers and events carry it. */
export function describeView(world: World, id: string, values: object = {}): object {
  const view = world.views.get(id);
  const { callback_id = '', private_metadata = '' } = view?.content ?? {};
  const {
    clear_on_close = false,
    submit = null,
    close = null,
  } = (view?.content ?? {}) as unknown as {
    readonly clear_on_close?: boolean;
    readonly submit?: unknown;
    readonly close?: unknown;
  };
  return {
    id,
    team_id: world.team,
    type: 'modal',
    title: view?.content.title,
    submit,
    close,
    blocks: view?.content.blocks ?? [],
    private_metadata,
    callback_id,
    external_id: '',
    state: { values },
    hash: view?.hash,
    clear_on_close,
    notify_on_close: false,
    submit_disabled: false,
    root_view_id: id,
    previous_view_id: null,
    app_id: world.app,
    app_installed_team_id: world.team,
    bot_id: world.bot.id,
  };
}

function completeUpload(args: Args, desk: Desk): Answer {
  const { world, faults } = desk;
  const asked = parsed(args['files']);
  if (!Array.isArray(asked) || asked.length === 0) return no('invalid_arguments');
  const channel = optional(args['channel_id']);
  const thread = optional(args['thread_ts']);
  const problem = channel === undefined ? undefined : cannotWrite(desk, { channel });
  if (problem) return problem;
  const files = (asked as readonly { readonly id: string; readonly title?: string }[]).flatMap(({ id, title = '' }) => {
    const file = world.files.get(id);
    if (file) file.title = title;
    return file ? [file] : [];
  });
  if (files.length < asked.length) return no('file_not_found');
  if (files.some(({ content, size }) => content?.length !== size)) return no('posting_to_channel_failed');
  for (const file of files) {
    if (channel === undefined || (file.alt !== '' && faults.dropsDescribedFiles)) continue;
    const { ts } = add(world, {
      channel,
      text: '',
      blocks: [],
      files: [file.id],
      ...(thread !== undefined && { thread }),
    });
    file.shared = { channel, ts, at: Date.now() + PROCESSING_MS, ...(thread !== undefined && { thread }) };
  }
  return { ok: true, files: files.map(({ id, title }) => ({ id, title })) };
}

function describeFile(world: World, file: StoredFile): object {
  const { id, name, title, size, alt, shared } = file;
  const there = shared && Date.now() >= shared.at ? shared : undefined;
  const share = there && [
    { ts: there.ts, channel_name: '', team_id: world.team, share_user_id: world.bot.user, source: 'UNKNOWN' },
  ];
  const kind = there && world.channels.get(there.channel)?.isPrivate ? 'private' : 'public';
  return {
    id,
    created: 1,
    timestamp: 1,
    name,
    title,
    mimetype: name.endsWith('.png') ? 'image/png' : 'text/plain',
    filetype: name.split('.').at(-1),
    pretty_type: 'File',
    user: world.bot.user,
    editable: false,
    size,
    mode: 'hosted',
    is_external: false,
    external_type: '',
    is_public: kind === 'public',
    public_url_shared: false,
    display_as_bot: false,
    username: '',
    url_private: 'https://files.example/x',
    url_private_download: 'https://files.example/x',
    permalink: 'https://zapas.slack.com/files/x',
    permalink_public: 'https://slack-files.example/x',
    channels: there && kind === 'public' ? [there.channel] : [],
    groups: there && kind === 'private' ? [there.channel] : [],
    ims: [],
    comments_count: 0,
    is_starred: false,
    shares: there ? { [kind]: { [there.channel]: share } } : {},
    ...(alt !== '' && { alt_txt: alt }),
  };
}
