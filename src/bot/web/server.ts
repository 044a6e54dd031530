import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OpsError } from '../../domain/errors.ts';
import type { WebSettings } from '../../domain/platform-settings.ts';
import type { Names } from './guards.ts';
import { checkHost, checkOrigin, namesOf, peerAddress, SECURITY_HEADERS } from './guards.ts';
import { Html } from './html.ts';
import type { EventStream, Page, Reply, Route, WebRequest } from './http.ts';
import { preferredLanguage, Refusal } from './http.ts';
import { errorPage, refusalPage } from './pages.ts';

/** Milliseconds and bytes. */
export interface WebLimits {
  /** Until the head of a request is there. */
  readonly headersMs: number;
  /** Until all of it is there. */
  readonly requestMs: number;
  /** Until it is answered. */
  readonly answerMs: number;
  readonly bodyBytes: number;
  readonly connections: number;
}

export const WEB_LIMITS: WebLimits = {
  headersMs: 5_000,
  requestMs: 10_000,
  answerMs: 20_000,
  bodyBytes: 64 * 1024,
  connections: 500,
};

/** Browsers and proxies close what is silent for a minute. */
const KEEP_ALIVE_MS = 15_000;

export interface WebServerDeps {
  readonly settings: WebSettings;
  /** Asked for every request, so that what is served may change while it runs. */
  readonly routes: () => readonly Route[];
  readonly limits?: WebLimits;
  readonly warn: (fields: object, message: string) => void;
}

export interface WebServer {
  /** Settles with the address it listens on, such as `http://127.0.0.1:8080`. */
  start(): Promise<string>;
  /** Ends every stream and connection. */
  stop(): Promise<void>;
}

/**
 * The one HTTP server of the bot: secret forms, the console, health and metrics. It knows who may not ask (foreign hosts, foreign
 * pages, too much, too slowly), never who may: that is the routes'.
 */
export function createWebServer(deps: WebServerDeps): WebServer {
  const limits = deps.limits ?? WEB_LIMITS;
  const streams = new Set<() => void>();
  let names: Names = { hosts: new Set(), origins: new Set() };
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(1_000, limits.headersMs),
      keepAliveTimeout: 5_000,
      maxHeaderSize: 16 * 1024,
    },
    (incoming, response) => void answer({ deps, limits, names, streams }, incoming, response),
  );
  server.maxConnections = limits.connections;
  return {
    async start() {
      const { host, port } = listenOn(deps.settings.listen);
      await listen(server, host, port);
      const { port: bound } = server.address() as AddressInfo;
      names = namesOf(deps.settings, host, bound);
      return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
    },
    async stop() {
      for (const end of streams) end();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Serving {
  readonly deps: WebServerDeps;
  readonly limits: WebLimits;
  readonly names: Names;
  readonly streams: Set<() => void>;
}

async function answer(serving: Serving, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const language = preferredLanguage(incoming.headers['accept-language']);
  try {
    const reply = await within(serving.limits.answerMs, replyTo(serving, incoming));
    if ('open' in reply) stream(serving, reply, response);
    else send(response, reply, incoming.method === 'HEAD');
  } catch (error) {
    if (error instanceof Refusal) send(response, refusalPage(language, error.status));
    else if (error instanceof OpsError) send(response, errorPage(language, error.ref()));
    else {
      serving.deps.warn({ path: incoming.url?.split('?')[0], error: String(error) }, 'a page could not be made');
      send(response, refusalPage(language, 500));
    }
  }
}

async function replyTo({ deps, limits, names }: Serving, incoming: IncomingMessage): Promise<Reply> {
  const url = requestUrl(incoming);
  const found = deps.routes().flatMap((route) => {
    const params = matchPath(route.path, url.pathname);
    return params ? [{ route, params }] : [];
  });
  // Whoever asks by a foreign name is told nothing, not even what there is.
  if (!found.some(({ route }) => route.anyHost)) checkHost(names, incoming.headers);
  if (found.length === 0) throw new Refusal(404);
  const method = incoming.method === 'HEAD' ? 'GET' : incoming.method;
  const { route, params } = found.find((one) => one.route.method === method) ?? {};
  if (!route || !params) throw new Refusal(405);
  if (method === 'POST') checkOrigin(names, incoming.headers);
  const form = method === 'POST' ? await readForm(incoming, limits.bodyBytes) : new URLSearchParams();
  return await route.handle(webRequest(incoming, url, params, form));
}

function requestUrl({ url = '/' }: IncomingMessage): URL {
  try {
    if (!url.startsWith('/') || url.length > 2_000) throw new Refusal(400);
    return new URL(`http://zapas${url}`);
  } catch {
    throw new Refusal(400);
  }
}

function webRequest(
  incoming: IncomingMessage,
  { pathname, searchParams }: URL,
  params: Readonly<Record<string, string>>,
  form: URLSearchParams,
): WebRequest {
  const { headers } = incoming;
  return {
    path: pathname,
    query: searchParams,
    headers,
    address: peerAddress(incoming),
    language: preferredLanguage(headers['accept-language']),
    params,
    form,
    cookie(name) {
      const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
      return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
    },
  };
}

/** The named parts of the path; undefined when it is another one. */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    if (!segment.startsWith(':')) {
      if (segment !== value) return undefined;
      continue;
    }
    // Ids of ours need no escapes; whatever has some names nothing.
    if (!/^[\w.:-]{1,200}$/.test(value)) return undefined;
    params[segment.slice(1)] = value;
  }
  return params;
}

async function readForm(incoming: IncomingMessage, limit: number): Promise<URLSearchParams> {
  const type = (incoming.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') throw new Refusal(415);
  if (Number(incoming.headers['content-length'] ?? 0) > limit) throw new Refusal(413);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new Refusal(413);
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

function send(response: ServerResponse, page: Page, headOnly = false): void {
  if (response.headersSent || response.destroyed) return;
  const { body, status = 200, type = 'text/html; charset=utf-8', headers = {} } = page;
  const bytes = body instanceof Uint8Array ? body : Buffer.from(body instanceof Html ? body.text : body, 'utf8');
  // What was not read of a refused request would be taken for the next one.
  const close = status >= 400 ? { connection: 'close' } : {};
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    ...close,
    'content-type': type,
    'content-length': bytes.length,
    ...headers,
  });
  response.end(headOnly ? undefined : bytes);
}

function stream({ streams }: Serving, { open }: EventStream, response: ServerResponse): void {
  if (response.destroyed) return;
  response.writeHead(200, { ...SECURITY_HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
  response.write('retry: 2000\n\n');
  const stop = open((event) => response.write(`event: ${event}\ndata: \n\n`));
  const alive = setInterval(() => response.write(': alive\n\n'), KEEP_ALIVE_MS);
  const end = (): void => {
    streams.delete(end);
    clearInterval(alive);
    stop();
    response.end();
  };
  streams.add(end);
  response.on('close', end);
}

async function within<Value>(milliseconds: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Refusal(503)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function listenOn(listen: string): { readonly host: string; readonly port: number } {
  const at = listen.lastIndexOf(':');
  return { host: listen.slice(0, at).replaceAll(/[[\]]/g, ''), port: Number(listen.slice(at + 1)) };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
