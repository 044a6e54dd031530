import { createHash, randomBytes } from 'node:crypto';
import type { WebSettings } from '../../domain/platform-settings.ts';
import { createTranslator } from '../../i18n/translate.ts';
import type { Who } from '../platform.ts';
import { addressList, isLoopback } from './guards.ts';
import { html } from './html.ts';
import type { Route, WebRequest } from './http.ts';
import { Refusal, seeOther } from './http.ts';
import { smallPage } from './pages.ts';

/** Who somebody is to the console; nobody until a proxy or a key says so. */
export interface SignIn {
  /** The account behind the request; undefined: nobody. */
  who(request: WebRequest): Who | undefined;
  /** The path that signs in as that account, for whoever sits at this machine. */
  keyPath(who: Who): string;
  readonly routes: readonly Route[];
}

const COOKIE = 'zapas';
const SESSION_HOURS = 12;
const MOST_SESSIONS = 200;
/** As in the inventory: no blanks, commas or quotes; two headers joined by a comma are none. */
const ACCOUNT = /^[^\0\r\n\s,"']{1,63}$/;

interface Session {
  readonly who: Who;
  readonly until: number;
}

/**
 * Two ways in, both closed unless opened. A reverse proxy of `signOn.proxies` names the account in a header, in every request.
 * A key, printed by the process that made it, opens a session for somebody at this very machine: for the demo and a small office.
 */
export function createSignIn({ signOn, listen }: WebSettings, now: () => number = Date.now): SignIn {
  const trusted = addressList(signOn?.proxies ?? []);
  const header = signOn?.header.toLowerCase();
  const keys = new Map<string, Who>();
  const sessions = new Map<string, Session>();
  const local = isLoopback(listen.slice(0, listen.lastIndexOf(':')));

  const named = ({ headers, address }: WebRequest): Who | undefined => {
    const account = header === undefined ? undefined : headers[header];
    if (typeof account !== 'string' || !trusted(address) || !ACCOUNT.test(account)) return undefined;
    return { platform: 'web', account };
  };
  const remembered = (request: WebRequest): Who | undefined => {
    const session = sessions.get(hashOf(request.cookie(COOKIE) ?? ''));
    return session && session.until > now() && isLoopback(request.address) ? session.who : undefined;
  };
  const open = (who: Who): string => {
    for (const [id, { until }] of sessions) if (until <= now()) sessions.delete(id);
    const [oldest] = sessions.keys();
    if (sessions.size >= MOST_SESSIONS && oldest !== undefined) sessions.delete(oldest);
    const id = newKey();
    sessions.set(hashOf(id), { who, until: now() + SESSION_HOURS * 3_600_000 });
    return id;
  };
  return {
    // Where a proxy signs people in, nothing else does.
    who: signOn ? named : remembered,
    keyPath(who) {
      const key = newKey();
      keys.set(hashOf(key), who);
      return `/sign-in?key=${key}`;
    },
    routes: [
      {
        method: 'GET',
        path: '/sign-in',
        handle({ query, address }) {
          const who = keys.get(hashOf(query.get('key') ?? ''));
          if (!who || signOn || !local || !isLoopback(address)) throw new Refusal(401);
          return seeOther('/', { 'set-cookie': cookie(open(who), SESSION_HOURS * 3_600) });
        },
      },
      {
        method: 'POST',
        path: '/sign-out',
        handle(request) {
          sessions.delete(hashOf(request.cookie(COOKIE) ?? ''));
          const t = createTranslator(request.language, 'UTC');
          const body = smallPage(
            request.language,
            t.say('web.signed-out'),
            html`<p>${t.say('web.signed-out.hint')}</p>`,
          );
          return { body, headers: { 'set-cookie': cookie('', 0) } };
        },
      },
    ],
  };
}

function newKey(): string {
  return randomBytes(32).toString('base64url');
}

/** Keys are looked up by their hash: how long that takes tells nothing about them. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function cookie(value: string, seconds: number): string {
  return `${COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
}
