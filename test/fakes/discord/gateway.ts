import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Deflate } from 'node:zlib';
import { constants, createDeflate } from 'node:zlib';
import { text } from './rules.ts';
import { ServerSocket } from './websocket.ts';
import type { World } from './world.ts';

type Json = Readonly<Record<string, unknown>>;

interface Session {
  readonly id: string;
  readonly events: { readonly s: number; readonly t: string; readonly d: unknown }[];
  link: Link | undefined;
}

interface Link {
  readonly socket: ServerSocket;
  send(payload: Json): void;
}

/** docs, gateway: Guilds is the one intent that is asked for. */
const GUILDS_INTENT = 1;
const SENDS_PER_MINUTE = 120;

export interface GatewayOptions {
  readonly world: World;
  readonly token: string;
  readonly heartbeatMs: number;
  readonly violations: string[];
  readonly url: () => string;
}

/** Discord's gateway: hello, identify, heartbeats, RESUME with replay, invalid sessions and requests to reconnect. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #links = new Set<Link>();
  /** How often each operation was received. */
  readonly received = { identify: 0, resume: 0, heartbeat: 0 };
  /** Events are sent twice, as can happen after a RESUME. */
  twice = false;
  /** Lets nobody in. */
  deaf = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Sessions somebody listens to. */
  get listeners(): number {
    return [...this.#sessions.values()].filter(({ link }) => link?.socket.open).length;
  }

  accept(request: IncomingMessage, duplex: Duplex, head: Buffer): void {
    if (this.deaf) return void duplex.destroy();
    const socket = new ServerSocket(request, duplex, head);
    const compress = new URL(request.url ?? '', 'ws://fake').searchParams.get('compress') === 'zlib-stream';
    const deflate = compress ? createDeflate({ flush: constants.Z_SYNC_FLUSH }) : undefined;
    if (deflate) pipe(deflate, socket);
    const link: Link = {
      socket,
      send: (payload) => {
        const text = JSON.stringify(payload);
        if (deflate) deflate.write(text);
        else socket.send(text);
      },
    };
    this.#links.add(link);
    let session: Session | undefined;
    const sends: number[] = [];
    socket.on('closed', () => {
      this.#links.delete(link);
      if (session?.link === link) session.link = undefined;
    });
    socket.on('message', (text) => {
      this.#check(text, sends);
      session = this.#handle(link, JSON.parse(text) as Json) ?? session;
    });
    link.send({ op: 10, d: { heartbeat_interval: this.#options.heartbeatMs }, s: null, t: null });
  }

  /** Sends an event to every session; one without a link gets it when it resumes. */
  dispatch(t: string, d: unknown): void {
    for (const session of this.#sessions.values()) {
      this.#emit(session, t, d);
      if (this.twice) this.#emit(session, t, d);
    }
  }

  /** op 7: reconnect. */
  askToReconnect(): void {
    for (const link of this.#links) link.send({ op: 7, d: null, s: null, t: null });
  }

  /** op 9: the session is no more; a new one has to be identified. */
  invalidate(): void {
    this.#sessions.clear();
    for (const link of this.#links) link.send({ op: 9, d: false, s: null, t: null });
  }

  cut(): void {
    for (const { socket } of this.#links) socket.cut();
  }

  close(): void {
    for (const { socket } of this.#links) socket.cut();
  }

  #emit(session: Session, t: string, d: unknown): void {
    const event = { s: session.events.length + 1, t, d };
    session.events.push(event);
    session.link?.send({ op: 0, ...event });
  }

  #handle(link: Link, { op, d }: Json): Session | undefined {
    const data = (typeof d === 'object' && d !== null ? d : {}) as Json;
    switch (op) {
      case 1:
        this.received.heartbeat += 1;
        link.send({ op: 11, d: null, s: null, t: null });
        return undefined;
      case 2:
        return this.#identify(link, data);
      case 6:
        return this.#resume(link, data);
      case 3:
        return undefined;
      default:
        this.#options.violations.push(`gateway: op ${String(op)}`);
        return undefined;
    }
  }

  #identify(link: Link, data: Json): Session | undefined {
    const { world, token, violations } = this.#options;
    this.received.identify += 1;
    if (text(data['token']).replace(/^Bot /, '') !== token) {
      link.socket.close(4004);
      return undefined;
    }
    if (data['intents'] !== GUILDS_INTENT)
      violations.push(`gateway: intents ${text(data['intents'])} instead of Guilds`);
    const session: Session = { id: randomUUID(), events: [], link };
    this.#sessions.set(session.id, session);
    const bot = world.members.get(world.bot);
    this.#emit(session, 'READY', {
      v: 10,
      user: { ...(bot && world.user(bot)), mfa_enabled: false, locale: 'en-US', verified: true, email: null },
      guilds: [{ id: world.guild, unavailable: true }],
      session_id: session.id,
      resume_gateway_url: this.#options.url(),
      shard: [0, 1],
      application: { id: world.application, flags: 0 },
      // An older client library wants these.
      private_channels: [],
      relationships: [],
    });
    this.#emit(session, 'GUILD_CREATE', {
      ...world.guildObject(),
      joined_at: new Date(world.now()).toISOString(),
      large: false,
      unavailable: false,
      member_count: world.members.size,
      voice_states: [],
      members: bot ? [world.memberObject(bot)] : [],
      channels: [...world.channels.values()].filter(({ type }) => type === 0).map((one) => world.channelObject(one)),
      threads: [...world.channels.values()].filter(({ type }) => type === 11).map((one) => world.channelObject(one)),
      presences: [],
      stage_instances: [],
      guild_scheduled_events: [],
      soundboard_sounds: [],
    });
    return session;
  }

  #resume(link: Link, data: Json): Session | undefined {
    this.received.resume += 1;
    const session = this.#sessions.get(text(data['session_id']));
    if (!session) {
      link.send({ op: 9, d: false, s: null, t: null });
      return undefined;
    }
    session.link = link;
    for (const event of session.events.filter(({ s }) => s > Number(data['seq']))) link.send({ op: 0, ...event });
    this.#emit(session, 'RESUMED', {});
    return session;
  }

  #check(text: string, sends: number[]): void {
    const now = Date.now();
    sends.push(now);
    if (sends.filter((at) => now - at < 60_000).length > SENDS_PER_MINUTE)
      this.#options.violations.push('gateway: more than 120 sends in a minute');
    if (Buffer.byteLength(text) > 4_096) this.#options.violations.push('gateway: more than 4096 bytes');
  }
}

/** docs, zlib-stream: one stream for the whole connection, each payload ends with a sync flush. */
function pipe(deflate: Deflate, socket: ServerSocket): void {
  let parts: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => {
    parts.push(chunk);
    const all = Buffer.concat(parts);
    if (!all.subarray(-4).equals(Buffer.from([0, 0, 0xff, 0xff]))) return;
    parts = [];
    socket.send(all);
  });
}
