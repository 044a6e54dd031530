import type { Endpoint } from '../endpoint.ts';
import { WinrmError } from '../problem.ts';
import { HttpChannel, type HttpReply } from './channel.ts';
import { type LoggedIn, logIn, refusal } from './login.ts';
import { isSealedType, SEALED_TYPE, sealBody, unsealBody } from './sealed-body.ts';

const SOAP_TYPE = 'application/soap+xml;charset=UTF-8';

/** A SOAP answer: an envelope, or with a status other than 200 usually a fault. */
export interface SoapReply {
  readonly status: number;
  readonly xml: string;
}

export interface LinkLimits {
  /** Milliseconds for connecting and for each message of the login. */
  readonly connectMs: number;
  /** Bytes of the longest answer that is read. */
  readonly maxReplyBytes: number;
}

/**
 * A connection to a WinRM service that is logged in. It carries one request at a time: the seal counts messages in their
 * order. Any failure closes it.
 */
export class Link {
  readonly #endpoint: Endpoint;
  readonly #channel: HttpChannel;
  readonly #login: LoggedIn;
  readonly #limits: LinkLimits;

  private constructor(endpoint: Endpoint, channel: HttpChannel, login: LoggedIn, limits: LinkLimits) {
    this.#endpoint = endpoint;
    this.#channel = channel;
    this.#login = login;
    this.#limits = limits;
  }

  /** Connects and logs in. Throws {@link WinrmError}; nothing has been asked of the host then but to be let in. */
  static async open(endpoint: Endpoint, limits: LinkLimits, signal: AbortSignal): Promise<Link> {
    const channel = await HttpChannel.open(endpoint, limits.connectMs, signal);
    try {
      return new Link(endpoint, channel, await logIn(endpoint, channel, limits.connectMs, signal), limits);
    } catch (error) {
      channel.close();
      throw error;
    }
  }

  get usable(): boolean {
    return this.#channel.usable;
  }

  close(): void {
    this.#channel.close();
  }

  /**
   * Sends an envelope and gives the answer. Over plain HTTP both are sealed, and an answer that is not is refused
   * (`unsealed`): someone on the way could have written it.
   */
  async exchange(xml: string, timeoutMs: number, signal: AbortSignal): Promise<SoapReply> {
    const session = this.#endpoint.scheme === 'http' ? this.#login.session : undefined;
    const message = Buffer.from(xml, 'utf8');
    const reply = await this.#channel.post({
      headers: { ...this.#login.headers, 'content-type': session ? SEALED_TYPE : SOAP_TYPE },
      body: session ? sealBody(session, message) : message,
      timeoutMs,
      maxBytes: this.#limits.maxReplyBytes,
      signal,
    });
    try {
      return { status: reply.status, xml: this.#read(reply).toString('utf8') };
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #read(reply: HttpReply): Buffer {
    const { status, headers, body } = reply;
    const { session } = this.#login;
    const contentType = headers['content-type'] ?? 'no content type';
    if (this.#endpoint.scheme === 'http') {
      if (session && isSealedType(contentType)) return unsealBody(session, body);
      if (status === 401) throw new WinrmError('lost', 'the connection is no longer logged in', { sent: true });
    } else {
      if (status === 401) throw refusal(this.#endpoint, reply);
      if (isSoap(contentType)) return body;
    }
    if (status === 503)
      throw new WinrmError('unreachable', 'HTTP 503: the WinRM service is not running', { sent: true });
    const problem = isSoap(contentType) ? 'unsealed' : 'not-winrm';
    throw new WinrmError(problem, `HTTP ${status} with ${contentType}`, { sent: true });
  }
}

function isSoap(contentType: string): boolean {
  return contentType.toLowerCase().startsWith('application/soap+xml');
}
