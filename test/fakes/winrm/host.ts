import { createHash, X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Pair } from './certificates.ts';
import { type Account, NtlmAcceptor } from './ntlm-acceptor.ts';
import { Fault, Shells } from './shells.ts';
import { type Asked, answer, asked, faultBody, perform } from './soap.ts';

/**
 * What a disturbed host does with one request: `cut` closes the connection before it acts, `cut-after` acts and then closes
 * it, `swallow` acts and never answers, `clear` answers without sealing, `forge` changes a byte of the sealed answer;
 * a {@link Fault} is answered, and text is sent as it is in place of the answer's XML.
 */
export type Disturbance = 'cut' | 'cut-after' | 'swallow' | 'clear' | 'forge' | Fault | { readonly xml: string };

export interface FakeOptions {
  readonly accounts?: readonly Account[];
  readonly methods?: readonly ('Negotiate' | 'Basic')[];
  /** Absent: plain HTTP. */
  readonly tls?: Pair & { readonly clientAuthority?: string; readonly digest?: string };
  readonly quota?: number;
  readonly clockAheadMs?: number;
  readonly withoutFlags?: number;
  /** Asked before every request. `nth` counts requests of that operation from 1. */
  disturb?(request: Asked, nth: number): Disturbance | undefined;
  /** Answers every request like this instead of being WinRM at all. */
  readonly instead?: RequestListener;
}

const ACCOUNTS: readonly Account[] = [{ domain: 'LAB', user: 'zapas', password: 'Zażółć 1!' }];
const SEALED = 'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"';
const SOAP = 'application/soap+xml;charset=UTF-8';

/** A WinRM service for tests: real TCP or TLS, real logins, real sealing, real processes (`/bin/sh`). */
export class FakeHost {
  readonly shells: Shells;
  readonly asked: Asked[] = [];
  /** Logins that ran, and connections that were opened. */
  logins = 0;
  connections = 0;
  readonly #options: FakeOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new WeakMap<Socket, NtlmAcceptor>();

  private constructor(options: FakeOptions) {
    this.#options = options;
    this.shells = new Shells(options.quota ?? 30);
    const listener: RequestListener = (request, response) => {
      (options.instead ? Promise.resolve(options.instead(request, response)) : this.#serve(request, response)).catch(
        () => request.socket.destroy(),
      );
    };
    const { tls } = options;
    this.#server = tls
      ? createSecureServer(
          {
            cert: tls.certificate,
            key: tls.key,
            requestCert: tls.clientAuthority !== undefined,
            ca: tls.clientAuthority,
          },
          listener,
        )
      : createServer(listener);
    this.#server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(options: FakeOptions = {}): Promise<FakeHost> {
    const host = new FakeHost(options);
    await new Promise<void>((resolve) => host.#server.listen(0, '127.0.0.1', resolve));
    return host;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How often that operation was asked for. */
  count(operation: string): number {
    return this.asked.filter((request) => request.operation === operation).length;
  }

  /** Cuts every connection; the service goes on. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.shells.clear();
    this.cutAll();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (!this.#authorised(request, response)) return;
    const acceptor = this.#sessions.get(request.socket);
    const sealed = request.headers['content-type'] === SEALED;
    if (!sealed && body.length === 0) return void response.end();
    // As a Windows host does with AllowUnencrypted=false.
    if (!sealed && !this.#options.tls) return refuse(response, 500);
    const xml = (sealed && acceptor ? acceptor.unseal(inner(body)) : body).toString('utf8');
    const question = asked(xml);
    this.asked.push(question);
    const disturbance = this.#options.disturb?.(question, this.count(question.operation));
    if (disturbance === 'cut') return void request.socket.destroy();
    const reply = await this.#answered(question, disturbance);
    if (disturbance === 'cut-after') return void request.socket.destroy();
    if (disturbance === 'swallow') return;
    const bytes = Buffer.from(reply.xml, 'utf8');
    if (!sealed || !acceptor || disturbance === 'clear') {
      response.writeHead(reply.status, { 'content-type': SOAP }).end(bytes);
      return;
    }
    const secret = acceptor.seal(bytes);
    if (disturbance === 'forge') secret.writeUInt8(secret.readUInt8(20) ^ 1, 20);
    response.writeHead(reply.status, { 'content-type': SEALED }).end(wrapped(secret, bytes.length));
  }

  async #answered(question: Asked, disturbance: Disturbance | undefined): Promise<{ status: number; xml: string }> {
    try {
      if (disturbance instanceof Fault) throw disturbance;
      if (typeof disturbance === 'object') return { status: 200, xml: disturbance.xml };
      return { status: 200, xml: answer(question.xml, question.operation, await perform(question, this.shells)) };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { status: 500, xml: answer(question.xml, 'Fault', faultBody(error)) };
    }
  }

  #authorised({ headers, socket }: IncomingMessage, response: ServerResponse): boolean {
    const { tls, methods = ['Negotiate'], accounts = ACCOUNTS } = this.#options;
    if (tls?.clientAuthority !== undefined && (socket as TLSSocket).authorized) return true;
    const [scheme, token = ''] = headers.authorization?.split(' ') ?? [];
    const basic = accounts.map(({ user, password }) => Buffer.from(`${user}:${password}`).toString('base64'));
    if (scheme === 'Basic' && Number(headers['content-length']) === 0) this.logins += 1;
    if (scheme === 'Basic' && methods.includes('Basic') && basic.includes(token)) return true;
    if (scheme === 'Negotiate' && methods.includes('Negotiate'))
      return this.#negotiated(socket, Buffer.from(token, 'base64'), response);
    if (this.#sessions.get(socket)?.complete === true) return true;
    refuse(response, 401, methods);
    return false;
  }

  #negotiated(socket: Socket, token: Buffer, response: ServerResponse): boolean {
    const { tls, accounts = ACCOUNTS, clockAheadMs, withoutFlags } = this.#options;
    const pending = this.#sessions.get(socket);
    if (token[8] === 1 || !pending) {
      const acceptor = new NtlmAcceptor({
        accounts,
        ...(clockAheadMs === undefined ? {} : { clockAheadMs }),
        ...(withoutFlags === undefined ? {} : { without: withoutFlags }),
        ...(tls
          ? {
              endPointHash: createHash(tls.digest ?? 'sha256')
                .update(new X509Certificate(tls.certificate).raw)
                .digest(),
            }
          : {}),
      });
      this.#sessions.set(socket, acceptor);
      refuse(response, 401, [`Negotiate ${acceptor.challenge(token).toString('base64')}`]);
      return false;
    }
    this.logins += 1;
    if (pending.accept(token)) return true;
    this.#sessions.delete(socket);
    refuse(response, 401, ['Negotiate']);
    return false;
  }
}

function refuse(response: ServerResponse, status: number, methods: readonly string[] = []): void {
  response.writeHead(status, { 'www-authenticate': [...methods], 'content-length': 0 }).end();
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const OPENING = (length: number): string =>
  '--Encrypted Boundary\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n' +
  `\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=${length}\r\n` +
  '--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n';
const CLOSING = '--Encrypted Boundary--\r\n';

function inner(body: Buffer): Buffer {
  const start = body.indexOf('octet-stream\r\n') + 'octet-stream\r\n'.length;
  const opening = OPENING(body.length - start - 4 - 16 - CLOSING.length);
  if (body.subarray(0, start).toString() !== opening) throw new Error('not framed as Windows frames it');
  if (body.subarray(-CLOSING.length).toString() !== CLOSING) throw new Error('not closed as Windows closes it');
  return body.subarray(start + 4, -CLOSING.length);
}

function wrapped(secret: Buffer, length: number): Buffer {
  return Buffer.concat([Buffer.from(OPENING(length)), Buffer.from([16, 0, 0, 0]), secret, Buffer.from(CLOSING)]);
}
