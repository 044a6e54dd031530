import type { IncomingHttpHeaders } from 'node:http';
import type { Language } from '../../domain/inventory.ts';
import type { Html } from './html.ts';

/** A request that passed every check of the server; its body is read already. */
export interface WebRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Address of the peer that opened the connection: the browser's, or the proxy's. */
  readonly address: string;
  /** What the browser prefers. */
  readonly language: Language;
  /** Named parts of the route's path. */
  readonly params: Readonly<Record<string, string>>;
  /** The sent form; empty for GET. */
  readonly form: URLSearchParams;
  cookie(name: string): string | undefined;
}

export interface Page {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** `text/html` unless it says otherwise. */
  readonly type?: string;
  readonly body: Html | string | Uint8Array;
}

/** A stream of server-sent events. `open` is given how to send an event, and returns how to stop. */
export interface EventStream {
  readonly open: (send: (event: string) => void) => () => void;
}

export type Reply = Page | EventStream;

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Segments; `:name` takes any one. */
  readonly path: string;
  /** For probes and scrapers, which ask by an address: it tells no names and takes nothing. */
  readonly anyHost?: true;
  /** Throws {@link Refusal}, or an `OpsError` that the page shows. */
  handle(request: WebRequest): Reply | Promise<Reply>;
}

/** What the server answers instead of a page; each has a text of its own. */
export const REFUSALS = [400, 401, 403, 404, 405, 410, 413, 415, 421, 500, 503] as const;
export type RefusalStatus = (typeof REFUSALS)[number];

export class Refusal extends Error {
  readonly status: RefusalStatus;

  constructor(status: RefusalStatus) {
    super(`refused: ${status}`);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** Sends the browser on with GET, so that reloading does not send the form again. */
export function seeOther(location: string, headers: Readonly<Record<string, string>> = {}): Page {
  return { status: 303, headers: { ...headers, location }, body: '' };
}

/** A path of ours to go back to; anything else becomes the first page. */
export function localPath(path: string | null): string {
  return path !== null && /^\/(?![/\\])[\w\-./?=&%:]{0,300}$/.test(path) ? path : '/';
}

/** The language a browser asks for first, of those there are. */
export function preferredLanguage(header: string | undefined): Language {
  const wanted = (header ?? '')
    .slice(0, 200)
    .split(',')
    .map((part) => {
      const [tag = '', weight = ''] = part.split(';');
      return { tag: tag.trim().toLowerCase(), weight: Number(/q=([\d.]+)/.exec(weight)?.[1] ?? 1) };
    })
    .sort((one, other) => other.weight - one.weight);
  for (const { tag } of wanted) {
    if (/^en(-|$)/.test(tag)) return 'en';
    if (/^pl(-|$)/.test(tag)) return 'pl';
  }
  return 'pl';
}
