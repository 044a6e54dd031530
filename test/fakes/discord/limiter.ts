import type { Answered } from './http.ts';
import { refuse } from './http.ts';

export interface Bucket {
  /** Requests in a window. */
  readonly limit: number;
  readonly perMs: number;
}

interface Window {
  endsAt: number;
  used: number;
  /** Somebody was told to wait until then. */
  toldUntil: number;
  /** Requests that came although they were told. */
  early: number;
}

/** A client that was told to wait may still have this on its way. */
const TOLERANCE_MS = 50;

/** Rate limits as Discord has them: a bucket for each route and channel, told by headers alone, and 429 when one is empty. */
export class Limiter {
  readonly #bucket: Bucket;
  readonly #windows = new Map<string, Window>();
  readonly #violations: string[];

  constructor(bucket: Bucket, violations: string[]) {
    this.#bucket = bucket;
    this.#violations = violations;
  }

  /** Counts a request; an answer when it is one too many. `closedUntil`: nothing at all is let through before. */
  take(route: string, closedUntil: number): Answered | { readonly headers: Readonly<Record<string, string>> } {
    const now = Date.now();
    const window = this.#windows.get(route) ?? { endsAt: 0, used: 0, toldUntil: 0, early: 0 };
    this.#windows.set(route, window);
    window.early = now < window.toldUntil - TOLERANCE_MS ? window.early + 1 : 0;
    // discord.js learns a bucket's name from the first answer and then begins to count anew: one too many is no ill will.
    if (window.early > 1) this.#violations.push(`rate limit: ${route} although told to wait`);
    if (now >= window.endsAt) {
      window.endsAt = now + this.#bucket.perMs;
      window.used = 0;
    }
    window.used += 1;
    const closed = closedUntil > now;
    const left = closed ? 0 : Math.max(0, this.#bucket.limit - window.used);
    const waitMs = closed ? closedUntil - now : window.endsAt - now;
    const headers = {
      'X-RateLimit-Limit': String(this.#bucket.limit),
      'X-RateLimit-Remaining': String(left),
      'X-RateLimit-Reset': String((now + waitMs) / 1_000),
      'X-RateLimit-Reset-After': String(waitMs / 1_000),
      'X-RateLimit-Bucket': Buffer.from(route).toString('base64url').slice(0, 32),
    };
    if (!closed && window.used <= this.#bucket.limit) return { headers };
    window.toldUntil = now + waitMs;
    return tooMany(waitMs, { ...headers, 'X-RateLimit-Scope': 'user' });
  }
}

/** docs, rate limits: the answer 429. */
export function tooMany(waitMs: number, headers: Readonly<Record<string, string>>, code = 0): Answered {
  const retryAfter = waitMs / 1_000;
  const body = { message: 'You are being rate limited.', retry_after: retryAfter, global: false, code };
  return {
    ...refuse(429, code, '', body),
    headers: { ...headers, 'Retry-After': String(Math.max(retryAfter, 0.001)) },
  };
}
