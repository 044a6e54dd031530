import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Peer } from '../websocket.ts';
import type { Outbox, Payload } from './events.ts';
import { createOutbox, showAnswer } from './events.ts';
import type { Answer, Desk } from './methods.ts';
import { METHODS, SCOPES_OF } from './methods.ts';
import { createPace } from './pace.ts';
import type { World } from './world.ts';
import { createWorld } from './world.ts';

export interface Call {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly error: string | undefined;
  /** The whole answer, as it was sent. */
  readonly answer: Answer | undefined;
}

export interface Faults {
  /** Writes are answered with 429 until then. */
  limitedUntil: number;
  /** Everything is answered with 503 until then. */
  outUntil: number;
  /** The next write is carried out, but its answer gets lost. */
  loseAnswer: boolean;
  /** Milliseconds that calls of a method wait. */
  readonly delays: Map<string, number>;
  /** Milliseconds until a new socket hears `hello`. */
  helloMs: number;
  /** Calls are counted and those beyond Slack's tiers refused; off for a suite that lives a day in a minute. */
  rationed: boolean;
  dropsDescribedFiles: boolean;
  blocksLimit: number;
}

/** Slack's other side: Web API, Socket Mode and signed requests, with its limits and deadlines. */
export interface FakeSlack {
  readonly origin: string;
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly world: World;
  readonly outbox: Outbox;
  readonly calls: readonly Call[];
  readonly faults: Faults;
  /** Rights of the bot; taking one away is what an administrator does. */
  readonly scopes: Set<string>;
  readonly violations: readonly string[];
  /** Open sockets. */
  sockets(): number;
  /** Sockets that were ever taken, those that still wait for `hello` too. */
  taken(): number;
  /** Asks the app to open a new socket instead of this one, as Slack does every few hours. */
  refresh(): void;
  close(): Promise<void>;
}

/** docs.slack.dev/apis/events-api/using-socket-mode */
const MOST_SOCKETS = 10;
const MOST_RESPONSES = 5;
const PING_MS = 5_000;
const WRITES = /^(chat|files|views)\./;
const ALL_SCOPES = [...new Set(Object.values(SCOPES_OF).flat()), 'commands'];

export async function createFakeSlack(): Promise<FakeSlack> {
  const world = createWorld();
  const signingSecret = 'f'.repeat(32);
  const outbox = createOutbox(world, signingSecret);
  const faults: Faults = {
    limitedUntil: 0,
    outUntil: 0,
    rationed: true,
    loseAnswer: false,
    delays: new Map(),
    helloMs: 0,
    dropsDescribedFiles: false,
    blocksLimit: Number.POSITIVE_INFINITY,
  };
  const scopes = new Set<string>(ALL_SCOPES);
  const calls: Call[] = [];
  const tickets = new Set<string>();
  const wires = new Set<Peer>();
  const server = createServer();
  const origin = await listening(server);
  const ticket = (): string => {
    const id = world.nextId('ticket-');
    tickets.add(id);
    return id;
  };
  const tokens = { bot: 'xoxb-1-fake', app: 'xapp-1-fake' };
  const desk: Desk = { world, origin, scopes, faults, ticket };
  const api = createApi({ desk, faults, calls, tokens });
  server.on('request', (request, response) => void route(request, response, { desk, api }));
  server.on('upgrade', (request, wire) => {
    const id = new URL(request.url ?? '', origin).searchParams.get('ticket') ?? '';
    if (!tickets.delete(id)) {
      world.violations.push('a ticket for a socket was used twice or made up');
      return void wire.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    }
    if ([...outbox.peers].filter(({ open }) => open).length >= MOST_SOCKETS) {
      world.violations.push('more than ten sockets');
      return void wire.end('HTTP/1.1 429 Too Many Requests\r\n\r\n');
    }
    const peer = new Peer(request, wire, { lingers: true });
    wires.add(peer);
    greet(peer, outbox, faults, world);
  });
  return {
    origin,
    apiUrl: `${origin}/api/`,
    botToken: tokens.bot,
    appToken: tokens.app,
    signingSecret,
    world,
    outbox,
    calls,
    faults,
    scopes,
    violations: world.violations,
    sockets: () => [...outbox.peers].filter(({ open }) => open).length,
    taken: () => wires.size,
    refresh() {
      const [oldest] = [...outbox.peers].filter(({ open }) => open);
      oldest?.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'fake' } }));
    },
    async close() {
      for (const peer of wires) peer.cut();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

function greet(peer: Peer, outbox: Outbox, { helloMs }: Faults, world: World): void {
  const info = { app_id: world.app };
  setTimeout(() => {
    outbox.peers.add(peer);
    const debug = { host: 'fake', build_number: 1, approximate_connection_time: 18_060 };
    peer.send(
      JSON.stringify({ type: 'hello', num_connections: outbox.peers.size, debug_info: debug, connection_info: info }),
    );
  }, helloMs);
  const pings = setInterval(() => peer.ping(), PING_MS);
  peer.on('closed', () => {
    clearInterval(pings);
    outbox.peers.delete(peer);
  });
  peer.on('text', (text) => {
    const { envelope_id: envelope, payload } = JSON.parse(text) as { envelope_id?: string; payload?: Payload };
    if (envelope === undefined) world.violations.push(`a socket said ${text}`);
    else outbox.acknowledged(envelope, payload ?? {});
  });
}

type Api = (method: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  { desk: { world }, api }: { readonly desk: Desk; readonly api: Api },
): Promise<void> {
  const path = request.url?.split('?')[0] ?? '';
  const [, first, second = '', third = ''] = path.split('/');
  if (first === 'api') return await api(second, request, response);
  const body = await buffer(request);
  if (first === 'upload') return takeUpload(world, second, body, response);
  if (first === 'commands') return respondTo(world, third, body, response);
  response.writeHead(404).end();
}

function takeUpload(world: World, id: string, content: Buffer, response: ServerResponse): void {
  const file = world.files.get(id);
  if (!file || file.size !== content.length) {
    world.violations.push(`the upload of ${id} has ${content.length} bytes instead of ${file?.size ?? 'none'}`);
    return void response.writeHead(400).end();
  }
  file.content = content;
  response.writeHead(200).end(`OK - ${content.length}`);
}

function respondTo(world: World, id: string, body: Buffer, response: ServerResponse): void {
  const way = world.responses.get(id);
  if (!way || Date.now() > way.until || way.uses >= MOST_RESPONSES) {
    world.violations.push('a response URL was used too often or too late');
    return void response.writeHead(404).end('{"ok":false,"error":"expired_url"}');
  }
  way.uses += 1;
  showAnswer(world, way, JSON.parse(body.toString('utf8')) as Payload);
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
}

interface ApiParts {
  readonly desk: Desk;
  readonly faults: Faults;
  readonly calls: Call[];
  readonly tokens: { readonly bot: string; readonly app: string };
}

function createApi({ desk, faults, calls, tokens }: ApiParts): Api {
  const pace = createPace();
  return async (method, request, response) => {
    const args = argsOf(request, (await buffer(request)).toString('utf8'));
    const log = (status: number, answer?: Answer): void => {
      const error = answer?.['error'];
      calls.push({ method, args, status, error: typeof error === 'string' ? error : undefined, answer });
    };
    await new Promise((resolve) => {
      setTimeout(resolve, faults.delays.get(method) ?? 0);
    });
    if (Date.now() < faults.outUntil) {
      log(503);
      return void response.writeHead(503).end('upstream connect error');
    }
    const wait = limited(method) ?? (faults.rationed ? pace.ask(method, args['channel']) : undefined);
    if (wait !== undefined) {
      log(429);
      return void response.writeHead(429, { 'retry-after': String(wait) }).end('{"ok":false,"error":"ratelimited"}');
    }
    const answer = refused(method, args) ?? METHODS[method]?.(args, desk) ?? unknown(method);
    log(200, answer);
    if (faults.loseAnswer && method.startsWith('chat.')) {
      faults.loseAnswer = false;
      return void request.socket.destroy();
    }
    const headers = { 'content-type': 'application/json; charset=utf-8', 'x-oauth-scopes': [...desk.scopes].join(',') };
    response.writeHead(200, headers).end(JSON.stringify(answer));
  };
  function limited(method: string): number | undefined {
    const left = faults.limitedUntil - Date.now();
    return left > 0 && WRITES.test(method) ? Math.max(1, Math.ceil(left / 1_000)) : undefined;
  }
  function refused(method: string, args: Call['args']): Answer | undefined {
    const token = args['token'];
    if (token === undefined) return { ok: false, error: 'not_authed' };
    if (token !== tokens.bot && token !== tokens.app) return { ok: false, error: 'invalid_auth' };
    if ((token === tokens.app) !== (method === 'apps.connections.open')) {
      desk.world.violations.push(`${method} was called with the token of the other kind`);
      return { ok: false, error: 'not_allowed_token_type' };
    }
    const needed = SCOPES_OF[method];
    if (!needed || needed.some((scope) => desk.scopes.has(scope))) return undefined;
    return { ok: false, error: 'missing_scope', needed: needed.join(','), provided: [...desk.scopes].join(',') };
  }
  function unknown(method: string): Answer {
    desk.world.violations.push(`there is no method ${method}`);
    return { ok: false, error: 'unknown_method' };
  }
}

/** Arguments by form or JSON; the token comes with them or as a header. */
function argsOf({ headers, url = '' }: IncomingMessage, body: string): Call['args'] {
  const query = Object.fromEntries(new URLSearchParams(url.split('?')[1] ?? ''));
  const sent = headers['content-type']?.startsWith('application/json')
    ? (JSON.parse(body || '{}') as Record<string, unknown>)
    : Object.fromEntries(new URLSearchParams(body));
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  return { ...query, ...sent, ...(bearer !== undefined && { token: bearer }) };
}
