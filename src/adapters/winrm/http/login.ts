import { randomBytes } from 'node:crypto';
import { authority, type Credentials, type Endpoint, splitAccount } from '../endpoint.ts';
import { NtlmError } from '../ntlm/error.ts';
import { type Authenticated, NtlmHandshake } from '../ntlm/handshake.ts';
import type { NtlmSession } from '../ntlm/session.ts';
import { WinrmError } from '../problem.ts';
import { serverEndPoint } from './certificate.ts';
import type { HttpChannel, HttpReply } from './channel.ts';

/** What a login leaves behind for the requests that follow. */
export interface LoggedIn {
  /** Headers every request carries: none for NTLM, which logs the connection in. */
  readonly headers: Readonly<Record<string, string>>;
  /** Seals and unseals messages; only NTLM has one. */
  readonly session?: NtlmSession;
}

/** A clock this far away is named as a cause when a login is refused: domain controllers give up at five minutes. */
const SKEW_MS = 5 * 60_000;
const MAX_LOGIN_REPLY = 64 * 1024;
const CERTIFICATE_SCHEME = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual';

type NtlmLogin = Extract<Credentials, { kind: 'ntlm' }>;

/**
 * Logs in on a fresh connection. Throws {@link WinrmError}: `method-refused`, `login-refused`, `clock-skew`, `weak`,
 * `not-winrm`, and what {@link HttpChannel.post} throws. No command has been asked for by then.
 */
export async function logIn(
  endpoint: Endpoint,
  channel: HttpChannel,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<LoggedIn> {
  const { login } = endpoint;
  const say = (authorization: string): Promise<HttpReply> =>
    channel.post({
      headers: { authorization, 'content-type': 'application/soap+xml;charset=UTF-8' },
      body: Buffer.alloc(0),
      timeoutMs,
      maxBytes: MAX_LOGIN_REPLY,
      signal,
    });
  if (login.kind === 'ntlm') {
    const negotiate = (token: Buffer): Promise<HttpReply> => say(`Negotiate ${token.toString('base64')}`);
    return { headers: {}, session: await ntlm(endpoint, login, channel.certificate, negotiate) };
  }
  const authorization = login.kind === 'certificate' ? CERTIFICATE_SCHEME : basic(login);
  // Empty, so that a refusal is known before there are many requests, and a certificate can be asked for without a body in the way.
  const reply = await say(authorization);
  if (reply.status === 401) throw refusal(endpoint, reply);
  return { headers: { authorization } };
}

function basic({ user, password }: Extract<Credentials, { kind: 'basic' }>): string {
  return `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}`;
}

/** Raw NTLMSSP inside `Negotiate`: Windows takes it, and it is what the clients do that have been used on it for years. */
async function ntlm(
  endpoint: Endpoint,
  { user, password }: NtlmLogin,
  certificate: Buffer | undefined,
  say: (token: Buffer) => Promise<HttpReply>,
): Promise<NtlmSession> {
  const channelBinding = certificate && serverEndPoint(certificate);
  const handshake = new NtlmHandshake(
    { ...splitAccount(user), password },
    {
      targetName: `HTTP/${endpoint.host}`,
      random: randomBytes,
      now: Date.now,
      ...(channelBinding ? { channelBinding } : {}),
    },
  );
  const answer = answerTo(handshake, challengeOf(endpoint, await say(handshake.negotiate())));
  const last = await say(answer.message);
  if (last.status === 401) throw refused(endpoint, answer.clockAheadMs);
  if (last.status !== 200) throw new WinrmError('not-winrm', `the login was answered by HTTP ${last.status}`);
  return answer.session;
}

function answerTo(handshake: NtlmHandshake, challenge: Buffer): Authenticated {
  try {
    return handshake.authenticate(challenge);
  } catch (error) {
    if (!(error instanceof NtlmError)) throw error;
    throw new WinrmError(error.failure === 'malformed' ? 'not-winrm' : 'weak', error.message, { cause: error });
  }
}

function challengeOf(endpoint: Endpoint, reply: HttpReply): Buffer {
  if (reply.status !== 401)
    throw new WinrmError('not-winrm', `${authority(endpoint)} answers HTTP ${reply.status} to a login`);
  const offers = offersOf(reply);
  const token = /\b(?:Negotiate|NTLM)\s+([A-Za-z0-9+/]+={0,2})/i.exec(offers)?.[1];
  if (token) return Buffer.from(token, 'base64');
  throw offers === '' ? notWinrm(endpoint) : methodRefused(endpoint, 'Negotiate', offers);
}

/** Why a request with these credentials was answered by 401. */
export function refusal(endpoint: Endpoint, reply: HttpReply): WinrmError {
  const offers = offersOf(reply);
  if (offers === '') return notWinrm(endpoint);
  if (endpoint.login.kind === 'basic' && !/\bBasic\b/i.test(offers)) return methodRefused(endpoint, 'Basic', offers);
  return refused(endpoint, undefined);
}

function offersOf(reply: HttpReply): string {
  return reply.headers['www-authenticate'] ?? '';
}

function notWinrm(endpoint: Endpoint): WinrmError {
  return new WinrmError('not-winrm', `${authority(endpoint)} asks for a login but offers none`);
}

function methodRefused(endpoint: Endpoint, method: string, offers: string): WinrmError {
  const offered = offers.replaceAll(/[^\w ,=".-]/g, '?').slice(0, 200);
  return new WinrmError('method-refused', `${authority(endpoint)} does not offer ${method}, only: ${offered}`);
}

function refused(endpoint: Endpoint, clockAheadMs: number | undefined): WinrmError {
  if (clockAheadMs !== undefined && Math.abs(clockAheadMs) > SKEW_MS) {
    const seconds = Math.round(clockAheadMs / 1000);
    return new WinrmError('clock-skew', `the login was refused and the clocks differ by ${seconds} s`, {
      clockAheadMs,
    });
  }
  return new WinrmError('login-refused', `${authority(endpoint)} does not accept the account or its password`);
}
