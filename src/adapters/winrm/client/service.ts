import { randomUUID } from 'node:crypto';
import { authority, type Endpoint } from '../endpoint.ts';
import { Link, type LinkLimits } from '../http/link.ts';
import { isProblem, WinrmError } from '../problem.ts';
import { bodyOf } from '../wsman/answers.ts';
import type { XmlElement } from '../wsman/document.ts';
import { envelope } from '../wsman/envelope.ts';
import type { ShellRequest } from '../wsman/requests.ts';
import { Slots, untilAborted } from './waiting.ts';

export interface ServiceLimits extends LinkLimits {
  /** Connections open at once. */
  readonly links: number;
  /** A connection nobody used for so long is not used again: something on the way may have forgotten it. */
  readonly linkIdleMs: number;
  /** How much longer than its operation time-out a request may take. */
  readonly graceMs: number;
  /** After a refused login no other is tried for so long: repeating a wrong password locks the account. */
  readonly refusedMs: number;
}

export interface AskOptions {
  readonly operationTimeoutMs: number;
  readonly signal: AbortSignal;
  /** May the host do it twice? Then a request lost with a kept connection is sent once more on a new one. */
  readonly repeatable: boolean;
}

/** A WinRM service as a place to send requests to: connections are logged in once, kept, shared and replaced. */
export class Service {
  readonly #endpoint: Endpoint;
  readonly #limits: ServiceLimits;
  readonly #slots: Slots;
  readonly #closing = new AbortController();
  readonly #busy = new Set<Link>();
  #idle: { readonly link: Link; readonly since: number }[] = [];
  #firstLink: Promise<Link> | undefined;
  #refused: { readonly error: WinrmError; readonly until: number } | undefined;

  constructor(endpoint: Endpoint, limits: ServiceLimits) {
    this.#endpoint = endpoint;
    this.#limits = limits;
    this.#slots = new Slots(limits.links);
  }

  /**
   * Sends a request and gives the body of its answer. Throws {@link WinrmError}; `mayHaveActed` says whether the host may
   * have done what it asks.
   */
  ask(request: ShellRequest, options: AskOptions): Promise<XmlElement> {
    return this.#slots.hold(options.signal, async () => {
      const kept = this.#takeIdle();
      if (!kept) return this.#askOn(await this.#connect(options.signal), request, options);
      try {
        return await this.#askOn(kept, request, options);
      } catch (error) {
        // A connection may have been logged out meanwhile; whether the account is refused a new login will tell.
        const again = isProblem(error, 'lost', 'login-refused') && (options.repeatable || !error.mayHaveActed);
        if (!again) throw error;
        return this.#askOn(await this.#connect(options.signal), request, options);
      }
    });
  }

  /** Closes every connection; requests under way fail. */
  close(): void {
    this.#closing.abort();
    for (const link of [...this.#busy, ...this.#idle.map(({ link }) => link)]) link.close();
    this.#idle = [];
  }

  async #askOn(link: Link, request: ShellRequest, { operationTimeoutMs, signal }: AskOptions): Promise<XmlElement> {
    const messageId = `uuid:${randomUUID()}`;
    const to = `${this.#endpoint.scheme}://${authority(this.#endpoint)}/wsman`;
    this.#busy.add(link);
    try {
      const message = envelope({ ...request, to, messageId, operationTimeoutMs });
      const { xml } = await link.exchange(message, operationTimeoutMs + this.#limits.graceMs, signal);
      return bodyOf(xml, messageId);
    } finally {
      this.#busy.delete(link);
      this.#keep(link);
    }
  }

  #keep(link: Link): void {
    if (!link.usable) return;
    if (this.#closing.signal.aborted) return link.close();
    this.#idle.push({ link, since: Date.now() });
  }

  #takeIdle(): Link | undefined {
    const oldest = Date.now() - this.#limits.linkIdleMs;
    for (let last = this.#idle.pop(); last; last = this.#idle.pop()) {
      if (last.since >= oldest && last.link.usable) return last.link;
      last.link.close();
    }
    return undefined;
  }

  /** Logs in. Until a login has succeeded only one is tried at a time and all wait for it, so that it fails once. */
  async #connect(signal: AbortSignal): Promise<Link> {
    if (this.#refused && this.#refused.until > Date.now()) throw this.#refused.error;
    if (this.#firstLink) {
      await untilAborted(this.#firstLink, signal);
      return this.#owned(this.#open(), signal);
    }
    this.#firstLink = this.#open();
    return this.#owned(this.#firstLink, signal);
  }

  async #open(): Promise<Link> {
    try {
      return await Link.open(this.#endpoint, this.#limits, this.#closing.signal);
    } catch (error) {
      this.#firstLink = undefined;
      if (isProblem(error, 'login-refused', 'clock-skew')) {
        this.#refused = { error, until: Date.now() + this.#limits.refusedMs };
      }
      throw error;
    }
  }

  /** A connection whose asker has gone away is kept for the next one. */
  async #owned(opening: Promise<Link>, signal: AbortSignal): Promise<Link> {
    try {
      return await untilAborted(opening, signal);
    } catch (error) {
      if (isProblem(error, 'aborted')) opening.then((link) => this.#keep(link)).catch(() => undefined);
      throw error;
    }
  }
}
