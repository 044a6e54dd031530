import { flatten, list, text } from './rules.ts';

/** What Discord knows: a server, its people, channels and messages, in the shapes of its interface. */
type Json = Record<string, unknown>;

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly bot: boolean;
  /** docs, guild member flags: IS_GUEST is 16. */
  readonly flags: number;
  /** Has not agreed to the server's rules yet. */
  readonly pending: boolean;
  readonly inGuild: boolean;
  readonly locale: string;
  readonly acceptsDirect: boolean;
}

export interface Channel {
  readonly id: string;
  /** docs, channel types: 0 text, 1 direct, 11 public thread. */
  readonly type: number;
  readonly name: string;
  readonly parent?: string;
  /** For direct ones. */
  readonly recipient?: string;
  /** Bits the bot lacks there. */
  denied: bigint;
  archived: boolean;
}

export interface File {
  readonly name: string;
  readonly alt: string;
  readonly bytes: Buffer;
}

export interface Message {
  readonly id: string;
  readonly channel: string;
  readonly author: string;
  readonly createdAt: number;
  readonly nonce?: string;
  flags: number;
  content: string;
  components: readonly Json[];
  files: readonly File[];
  editedAt?: number;
  edits: number;
  /** Ephemeral: only that person sees it. */
  readonly only?: string;
}

/** docs, snowflakes: milliseconds of this epoch stand in the upper bits. */
const EPOCH = 1_420_070_400_000;

/** docs, permissions. */
export const RIGHTS = {
  view: 1n << 10n,
  send: 1n << 11n,
  embed: 1n << 14n,
  attach: 1n << 15n,
  history: 1n << 16n,
  threads: 1n << 35n,
  sendInThreads: 1n << 38n,
} as const;
const EVERYTHING = Object.values(RIGHTS).reduce((sum, bit) => sum | bit, 0n);

export class World {
  readonly members = new Map<string, Member>();
  readonly channels = new Map<string, Channel>();
  readonly messages = new Map<string, Message>();
  commands: readonly Json[] = [];
  readonly application: string;
  readonly bot: string;
  readonly guild: string;
  readonly botRole: string;
  readonly #buttons = new Map<string, string>();
  #skew = 0;
  #count = 0;

  constructor() {
    this.guild = this.snowflake();
    this.application = this.snowflake();
    this.bot = this.application;
    this.botRole = this.snowflake();
    this.addMember('Zapas', { id: this.bot, bot: true });
  }

  /** The clock of this Discord; {@link advance} turns it. */
  now(): number {
    return Date.now() + this.#skew;
  }

  advance(milliseconds: number): void {
    this.#skew += milliseconds;
  }

  snowflake(): string {
    this.#count += 1;
    return String((BigInt(this.now() - EPOCH) << 22n) | BigInt(this.#count % 4_194_304));
  }

  addMember(name: string, over: Partial<Member> = {}): Member {
    const member = { id: this.snowflake(), name, bot: false, flags: 0, pending: false, inGuild: true, ...over };
    const whole: Member = { locale: 'pl', acceptsDirect: true, ...member };
    this.members.set(whole.id, whole);
    return whole;
  }

  addChannel(name: string, over: Partial<Channel> = {}): Channel {
    const channel: Channel = { id: this.snowflake(), type: 0, name, denied: 0n, archived: false, ...over };
    this.channels.set(channel.id, channel);
    return channel;
  }

  /** Rights of the bot there; a thread has those of its channel. */
  rights({ denied, parent, type }: Channel): bigint {
    if (type === 1) return EVERYTHING;
    const above = parent === undefined ? undefined : this.channels.get(parent);
    return EVERYTHING & ~denied & ~(above?.denied ?? 0n);
  }

  /** Keeps a message as it is now. Its buttons are known for ever: an old screen still shows them. */
  put(message: Message): void {
    this.messages.set(message.id, message);
    for (const { type, label, custom_id: id } of flatten(message.components))
      if (type === 2) this.#buttons.set(`${message.id} ${String(label)}`, String(id));
  }

  /** What a button of that label carries, or carried before an edit. */
  button(message: string, label: string): string | undefined {
    return this.#buttons.get(`${message} ${label}`);
  }

  in(channel: string): readonly Message[] {
    return [...this.messages.values()].filter((message) => message.channel === channel);
  }

  user({ id, name, bot }: Member): Json {
    return {
      id,
      username: name.toLowerCase().replaceAll(/\W/g, '_'),
      global_name: name,
      avatar: null,
      discriminator: '0',
      public_flags: 0,
      flags: 0,
      primary_guild: null,
      ...(bot && { bot }),
    };
  }

  memberObject(member: Member): Json {
    return {
      user: this.user(member),
      avatar: null,
      banner: null,
      communication_disabled_until: null,
      flags: member.flags,
      joined_at: new Date(EPOCH).toISOString(),
      nick: null,
      pending: member.pending,
      premium_since: null,
      roles: member.bot ? [this.botRole] : [],
      mute: false,
      deaf: false,
    };
  }

  roles(): readonly Json[] {
    const role = (id: string, name: string, permissions: bigint, position: number): Json => ({
      id,
      name,
      permissions: String(permissions),
      position,
      color: 0,
      colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
      hoist: false,
      managed: id === this.botRole,
      mentionable: false,
      icon: null,
      unicode_emoji: null,
      flags: 0,
    });
    return [role(this.guild, '@everyone', RIGHTS.view, 0), role(this.botRole, 'Zapas', EVERYTHING, 1)];
  }

  channelObject(channel: Channel): Json {
    const { id, type, name, parent, recipient, denied } = channel;
    if (type === 1) {
      const other = this.members.get(recipient ?? '');
      return { id, type, flags: 0, recipients: other ? [this.user(other)] : [] };
    }
    if (type === 11)
      return {
        id,
        type,
        flags: 0,
        guild_id: this.guild,
        name,
        parent_id: parent,
        owner_id: this.bot,
        thread_metadata: {
          archived: channel.archived,
          archive_timestamp: new Date(this.now()).toISOString(),
          auto_archive_duration: 1_440,
          locked: false,
        },
        message_count: this.in(id).length,
        member_count: 1,
        total_message_sent: this.in(id).length,
      };
    const overwrite = { id: this.botRole, type: 0, allow: '0', deny: String(denied) };
    return {
      id,
      type,
      flags: 0,
      guild_id: this.guild,
      name,
      position: 0,
      permission_overwrites: denied === 0n ? [] : [overwrite],
    };
  }

  guildObject(): Json {
    const owner = this.members.get(this.bot);
    return {
      id: this.guild,
      name: 'Support',
      owner_id: [...this.members.keys()].find((id) => id !== owner?.id) ?? '1',
      roles: this.roles(),
      features: [],
      emojis: [],
      stickers: [],
      region: 'deprecated',
      preferred_locale: 'en-US',
      afk_timeout: 300,
      system_channel_flags: 0,
      widget_enabled: false,
      verification_level: 1,
      default_message_notifications: 1,
      mfa_level: 0,
      explicit_content_filter: 2,
      max_presences: null,
      max_members: 500_000,
      max_stage_video_channel_users: 50,
      max_video_channel_users: 25,
      premium_tier: 0,
      premium_subscription_count: 0,
      premium_progress_bar_enabled: false,
      nsfw: false,
      nsfw_level: 0,
      ...Object.fromEntries(
        [
          'icon',
          'description',
          'home_header',
          'splash',
          'discovery_splash',
          'banner',
          'application_id',
          'afk_channel_id',
          'system_channel_id',
          'widget_channel_id',
          'vanity_url_code',
          'rules_channel_id',
          'safety_alerts_channel_id',
          'public_updates_channel_id',
          'incidents_data',
        ].map((key) => [key, null]),
      ),
    };
  }

  messageObject(message: Message): Json {
    const author = this.members.get(message.author);
    return {
      id: message.id,
      channel_id: message.channel,
      type: 0,
      content: message.content,
      author: author ? this.user(author) : {},
      mentions: [],
      mention_roles: [],
      mention_everyone: false,
      attachments: message.files.map(({ name, alt, bytes }, index) => ({
        id: String(BigInt(message.id) + BigInt(index)),
        filename: name,
        description: alt,
        size: bytes.length,
        url: `https://cdn.discordapp.com/attachments/${message.channel}/${message.id}/${name}`,
        proxy_url: `https://media.discordapp.net/attachments/${message.channel}/${message.id}/${name}`,
      })),
      embeds: [],
      components: message.components,
      flags: message.flags,
      timestamp: new Date(message.createdAt).toISOString(),
      edited_timestamp: message.editedAt === undefined ? null : new Date(message.editedAt).toISOString(),
      pinned: false,
      tts: false,
    };
  }
}

/** Components as Discord gives them back: each with a number, what was left away filled in. */
export function numbered(components: unknown): readonly Json[] {
  const taken = new Set(flatten(components).flatMap(({ id }) => (typeof id === 'number' && id !== 0 ? [id] : [])));
  let next = 1;
  const fresh = (): number => {
    while (taken.has(next)) next += 1;
    taken.add(next);
    return next;
  };
  const walk = (one: Readonly<Json>): Json => {
    const id = typeof one['id'] === 'number' && one['id'] !== 0 ? one['id'] : fresh();
    const media = (item: Readonly<Json>): Json => ({
      ...item,
      media: mediaOf(item['media'] as Readonly<Json>),
      description: item['description'] ?? null,
      spoiler: false,
    });
    return {
      ...one,
      id,
      ...(Array.isArray(one['components']) && { components: list(one['components']).map(walk) }),
      ...(one['type'] === 17 && { accent_color: one['accent_color'] ?? null, spoiler: one['spoiler'] ?? false }),
      ...(one['type'] === 12 && { items: list(one['items']).map(media) }),
      ...(one['type'] === 13 && {
        file: mediaOf(one['file'] as Readonly<Json>),
        spoiler: false,
        name: null,
        size: null,
      }),
      ...(one['type'] === 2 && { disabled: one['disabled'] ?? false }),
    };
  };
  return list(components).map(walk);
}

function mediaOf(media: Readonly<Json>): Json {
  const url = text(media['url']).replace('attachment://', 'https://cdn.discordapp.com/attachments/1/1/');
  return { id: '1', url, proxy_url: url, width: null, height: null, content_type: null };
}
