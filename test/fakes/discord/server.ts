import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Gateway } from './gateway.ts';
import type { Answered, Received } from './http.ts';
import { receive, refuse } from './http.ts';
import type { Interaction } from './interactions.ts';
import { Interactions, submitted, TYPES } from './interactions.ts';
import type { Bucket } from './limiter.ts';
import { Limiter } from './limiter.ts';
import type { Specification } from './openapi.ts';
import { openSpecification } from './openapi.ts';
import { answer } from './rest.ts';
import { list } from './rules.ts';
import type { Member } from './world.ts';
import { World } from './world.ts';

type Json = Readonly<Record<string, unknown>>;

export interface FakeOptions {
  readonly firstAnswerMs?: number;
  readonly tokenMs?: number;
  readonly heartbeatMs?: number;
  readonly bucket?: Bucket;
}

/** One request as it arrived. */
interface Seen {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

const PREFIX = '/api/v10';
/** docs, rate limits: a second, all routes together but those of interactions. */
const GLOBAL_PER_SECOND = 50;

/**
 * A Discord that does not lie: REST v10, gateway, interactions with their deadlines, components v2, nonces, rate limits. What a
 * client does wrong is refused as Discord refuses it and noted in `violations`; what this fake itself would answer against
 * Discord's own OpenAPI document is noted there, too.
 */
export class FakeDiscord {
  readonly token = 'MTA.fake.token-of-the-bot';
  readonly world = new World();
  readonly violations: string[] = [];
  readonly requests: Seen[] = [];
  readonly interactions: Interactions;
  readonly gateway: Gateway;
  readonly #server: Server;
  readonly #limiter: Limiter;
  readonly #specification: Specification | undefined = openSpecification();
  #recent: number[] = [];
  #limitedUntil = 0;
  #downUntil = 0;
  #loseAnswers: ('close' | 'reset')[] = [];
  #slowMs = 0;
  #loseCallback = false;

  private constructor(options: FakeOptions) {
    const { firstAnswerMs = 3_000, tokenMs = 15 * 60_000, heartbeatMs = 41_250 } = options;
    this.interactions = new Interactions(this.world, { firstAnswerMs, tokenMs }, this.violations);
    this.#limiter = new Limiter(options.bucket ?? { limit: 5, perMs: 1_000 }, this.violations);
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.gateway = new Gateway({
      world: this.world,
      token: this.token,
      heartbeatMs,
      violations: this.violations,
      url: () => this.gatewayUrl,
    });
    this.#server.on('upgrade', (request, socket, head) => {
      if (Date.now() < this.#downUntil) socket.destroy();
      else this.gateway.accept(request, socket, head);
    });
  }

  static async start(options: FakeOptions = {}): Promise<FakeDiscord> {
    const fake = new FakeDiscord(options);
    await new Promise<void>((resolve) => {
      fake.#server.listen(0, '127.0.0.1', resolve);
    });
    return fake;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What a client has instead of `https://discord.com/api`. */
  get api(): string {
    return `http://127.0.0.1:${this.#port}/api`;
  }

  get gatewayUrl(): string {
    return `ws://127.0.0.1:${this.#port}/gateway`;
  }

  async close(): Promise<void> {
    this.gateway.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  // what people do

  /** Somebody sends `/zapas <name>`: what is registered, or what was when their program was started. */
  command(user: Member, channel: string, name: string, values: Readonly<Record<string, unknown>>): Interaction {
    const interaction = this.interactions.open(TYPES.command, user.id, channel);
    this.#deliver(interaction, user, this.#commandData(name, values));
    return interaction;
  }

  /** Somebody has typed so much of the option `focused`. */
  typing(
    user: Member,
    channel: string,
    name: string,
    values: Readonly<Record<string, unknown>>,
    focused: string,
  ): Interaction {
    const interaction = this.interactions.open(TYPES.completion, user.id, channel);
    this.#deliver(interaction, user, this.#commandData(name, values, focused));
    return interaction;
  }

  /** Somebody presses a button, maybe one the message no longer has. */
  press(user: Member, message: string, customId: string): Interaction {
    const found = this.world.messages.get(message);
    const channel = found?.channel ?? '0';
    const interaction = this.interactions.open(TYPES.component, user.id, channel, message);
    const object = found ? this.world.messageObject(found) : { id: message };
    const data = { custom_id: customId, component_type: 2, id: 1 };
    this.#deliver(interaction, user, data, { message: object });
    return interaction;
  }

  /** Somebody sends the form that an interaction was answered with. */
  submit(user: Member, opened: Interaction, values: Readonly<Record<string, string>>): Interaction {
    if (!opened.modal) throw new Error('no form is open');
    const interaction = this.interactions.open(TYPES.modal, user.id, opened.channel, opened.message);
    const data = { custom_id: opened.modal['custom_id'], components: submitted(opened.modal, values) };
    this.#deliver(interaction, user, data);
    return interaction;
  }

  /** Waits for the first answer; false: the client showed that none came in time. */
  async settled(interaction: Interaction): Promise<boolean> {
    while (!this.interactions.isSettled(interaction)) await sleep(5);
    return interaction.answer !== undefined;
  }

  // what goes wrong

  readonly faults = {
    rateLimit: (milliseconds: number): void => void (this.#limitedUntil = Date.now() + milliseconds),
    outage: (milliseconds: number): void => void (this.#downUntil = Date.now() + milliseconds),
    /** The next write to a channel is carried out; then the connection ends. */
    loseNextAnswer: (how: 'close' | 'reset' = 'close'): void => void this.#loseAnswers.push(how),
    /** The next first answer to an interaction is taken, but the client does not hear of it. */
    loseNextCallback: (): void => void (this.#loseCallback = true),
    /** Every answer takes so long from now on. */
    slow: (milliseconds: number): void => void (this.#slowMs = milliseconds),
  };

  #commandData(name: string, values: Readonly<Record<string, unknown>>, focused?: string): Json {
    const [root] = this.world.commands;
    const registered = list(root?.['options']);
    const group = registered.find(
      (one) => one['type'] === 2 && list(one['options']).some((sub) => sub['name'] === name),
    );
    const sub = list(group?.['options'] ?? registered).find((one) => one['name'] === name);
    const options = Object.entries(values).map(([key, value]) => {
      const option = list(sub?.['options']).find((one) => one['name'] === key);
      return { name: key, type: option?.['type'] ?? 3, value, ...(key === focused && { focused: true }) };
    });
    const alone = { type: 1, name, options };
    const call = group ? { type: 2, name: group['name'], options: [alone] } : alone;
    return { id: root?.['id'] ?? '1', name: 'zapas', type: 1, guild_id: this.world.guild, options: [call] };
  }

  #deliver(interaction: Interaction, user: Member, data: Json, more: Json = {}): void {
    const channel = this.world.channels.get(interaction.channel);
    // Somebody of another server: the same client, but not our members.
    const guild = user.inGuild ? this.world.guild : String(BigInt(this.world.guild) + 1n);
    this.gateway.dispatch('INTERACTION_CREATE', {
      id: interaction.id,
      application_id: this.world.application,
      type: interaction.type,
      data,
      token: interaction.token,
      version: 1,
      channel_id: interaction.channel,
      channel: channel ? this.world.channelObject(channel) : { id: interaction.channel, type: 0 },
      guild_id: guild,
      guild: { id: guild, locale: 'pl', features: [] },
      member: { ...this.world.memberObject(user), permissions: '0' },
      app_permissions: '0',
      locale: user.locale,
      guild_locale: 'pl',
      entitlements: [],
      authorizing_integration_owners: { 0: guild },
      context: 0,
      attachment_size_limit: 10_485_760,
      ...more,
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://fake');
    const method = request.method ?? 'GET';
    const path = decodeURIComponent(url.pathname.slice(PREFIX.length));
    const received = await receive(request);
    if (this.#slowMs > 0) await sleep(this.#slowMs);
    const answered = this.#answer(method, path, url.searchParams, received, request.headers.authorization);
    this.requests.push({ method, path, status: answered.status });
    if (this.#loseCallback && path.endsWith('/callback')) {
      this.#loseCallback = false;
      return void response.socket?.destroy();
    }
    const writes = method !== 'GET' && path.startsWith('/channels/');
    const lost = writes && answered.status < 300 ? this.#loseAnswers.shift() : undefined;
    if (lost === 'close') return void response.socket?.destroy();
    if (lost === 'reset') return void response.socket?.resetAndDestroy();
    const headers = { 'content-type': 'application/json', ...answered.headers };
    response.writeHead(answered.status, answered.body === undefined ? (answered.headers ?? {}) : headers);
    response.end(answered.body === undefined ? undefined : JSON.stringify(answered.body));
  }

  #answer(
    method: string,
    path: string,
    query: URLSearchParams,
    received: Received,
    authorization: string | undefined,
  ): Answered {
    if (Date.now() < this.#downUntil) return { status: 503, body: { message: '503: Service Unavailable', code: 0 } };
    const open = path.startsWith('/interactions/') || path.startsWith('/webhooks/');
    if (!open && authorization !== `Bot ${this.token}`) return refuse(401, 0, '401: Unauthorized');
    const limited = open ? { headers: {} } : this.#limit(method, path);
    if ('status' in limited) return limited;
    const wrong = this.#specification?.request(method, path, plain(method, received));
    if (wrong !== undefined) {
      this.violations.push(`request ${method} ${path}: ${wrong}`);
      return refuse(400, 50_035, 'Invalid Form Body');
    }
    const deps = {
      world: this.world,
      interactions: this.interactions,
      violations: this.violations,
      gatewayUrl: () => this.gatewayUrl,
    };
    const answered = answer(deps, method, path, query, received);
    const lie = this.#specification?.response(method, path, answered.status, answered.body);
    if (lie !== undefined) this.violations.push(`response ${method} ${path} ${answered.status}: ${lie}`);
    return { ...answered, headers: { ...limited.headers, ...answered.headers } };
  }

  #limit(method: string, path: string): Answered | { readonly headers: Readonly<Record<string, string>> } {
    const now = Date.now();
    this.#recent = [...this.#recent.filter((at) => now - at < 1_000), now];
    if (this.#recent.length > GLOBAL_PER_SECOND) this.violations.push('rate limit: more than 50 requests in a second');
    const [, area = '', id = '', ...rest] = path.split('/');
    const route = [method, area, id, ...rest.map((word) => (/^\d+$/.test(word) ? ':id' : word))].join('/');
    const writes = method !== 'GET' && area === 'channels';
    return this.#limiter.take(route, writes ? this.#limitedUntil : 0);
  }
}

/** A body as the document describes it; there, a form's files are not part of it. */
function plain(method: string, { body }: Received): unknown {
  return method === 'GET' || method === 'DELETE' ? undefined : (body ?? {});
}
