import { Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { authority, type Endpoint } from '../endpoint.ts';
import { WinrmError } from '../problem.ts';
import { openSocket } from './socket.ts';

/** A whole HTTP answer. */
export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Milliseconds until the answer must be complete. */
  readonly timeoutMs: number;
  /** A longer answer is refused. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/**
 * One TCP or TLS connection that is kept for many requests, one after the other.
 *
 * NTLM logs a connection in, not a request: a silently opened second connection would not be logged in. So there is
 * exactly one, and when it is gone the channel is of no more use.
 */
export class HttpChannel {
  /** The host's certificate, DER, inside TLS. */
  readonly certificate: Buffer | undefined;
  readonly #endpoint: Endpoint;
  readonly #socket: Socket;
  readonly #agent: OneSocketAgent;

  private constructor(endpoint: Endpoint, socket: Socket, certificate: Buffer | undefined) {
    this.#endpoint = endpoint;
    this.#socket = socket;
    this.#agent = new OneSocketAgent(socket);
    this.certificate = certificate;
  }

  /** Connects. Throws what {@link openSocket} throws. */
  static async open(endpoint: Endpoint, timeoutMs: number, signal: AbortSignal): Promise<HttpChannel> {
    const { socket, certificate } = await openSocket(endpoint, timeoutMs, signal);
    socket.setNoDelay(true);
    return new HttpChannel(endpoint, socket, certificate);
  }

  /** False when the connection is known to be over. */
  get usable(): boolean {
    return !this.#socket.destroyed && this.#socket.readable && this.#socket.writable;
  }

  /**
   * One request to `/wsman`. Throws {@link WinrmError}: `lost`, `silent`, `aborted`, `not-winrm` (no HTTP), `malformed`
   * (too long); the channel is closed then.
   */
  async post(post: HttpPost): Promise<HttpReply> {
    if (post.signal.aborted) throw new WinrmError('aborted', 'before a request was sent', { sent: false });
    if (!this.usable) throw new WinrmError('lost', 'the connection had ended', { sent: false });
    try {
      return await this.#send(post);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#socket.destroy();
    this.#agent.destroy();
  }

  async #send(post: HttpPost): Promise<HttpReply> {
    const sent = request({
      agent: this.#agent,
      method: 'POST',
      path: '/wsman',
      setHost: false,
      headers: {
        host: authority(this.#endpoint),
        'user-agent': 'Zapas WinRM',
        ...post.headers,
        'content-length': post.body.length,
      },
    });
    const stop = (error: WinrmError): void => void sent.destroy(error);
    const onTime = (): void => stop(new WinrmError('silent', `no answer within ${post.timeoutMs} ms`, { sent: true }));
    const onAbort = (): void => stop(new WinrmError('aborted', 'while waiting for an answer', { sent: true }));
    const timer = setTimeout(onTime, post.timeoutMs);
    post.signal.addEventListener('abort', onAbort, { once: true });
    try {
      const reply = collect(sent, post.maxBytes);
      sent.end(post.body);
      return await reply;
    } finally {
      clearTimeout(timer);
      post.signal.removeEventListener('abort', onAbort);
    }
  }
}

/** Hands out its one socket, and after that none. */
class OneSocketAgent extends Agent {
  readonly #socket: Socket;
  #given = false;

  constructor(socket: Socket) {
    super({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1 });
    this.#socket = socket;
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | undefined {
    if (!this.#given) {
      this.#given = true;
      return this.#socket;
    }
    callback?.(new WinrmError('lost', 'the connection had ended', { sent: false }), this.#socket);
    return undefined;
  }
}

function collect(sent: ClientRequest, maxBytes: number): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    sent.on('error', (error) => reject(translated(error)));
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > maxBytes)
          sent.destroy(new WinrmError('malformed', `an answer of more than ${maxBytes} bytes`, { sent: true }));
      });
      response.on('error', (error) => reject(translated(error)));
      response.once('end', () => resolve(replyOf(response, chunks)));
      response.once('close', () => reject(new WinrmError('lost', 'the connection ended in an answer', { sent: true })));
    });
  });
}

function replyOf(response: IncomingMessage, chunks: readonly Buffer[]): HttpReply {
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}

function translated(error: NodeJS.ErrnoException): WinrmError {
  if (error instanceof WinrmError) return error;
  const problem = error.code?.startsWith('HPE_') === true ? 'not-winrm' : 'lost';
  return new WinrmError(problem, error.message, { sent: true, cause: error });
}
