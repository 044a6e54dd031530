import { createHash, createHmac } from 'node:crypto';
import type { Secret } from '../../../domain/secret.ts';
import { md4 } from './md4.ts';

/** Who logs in. `domain` is empty for a local account and for `user@domain.example`. */
export interface NtlmAccount {
  readonly user: string;
  readonly domain: string;
  readonly password: Secret;
}

/** NTOWFv2 of MS-NLMP 3.3.2: 16 bytes that stand for the account. The domain keeps its letter case, the user does not. */
export function responseKey({ user, domain, password }: NtlmAccount): Buffer {
  const passwordHash = md4(Buffer.from(password.reveal(), 'utf16le'));
  return hmacMd5(passwordHash, Buffer.from(upperCase(user) + domain, 'utf16le'));
}

/** Windows' upper case maps one UTF-16 unit to one; JavaScript's would turn `ß` into `SS`. */
function upperCase(text: string): string {
  return text
    .split('')
    .map((unit) => (unit.toUpperCase().length === 1 ? unit.toUpperCase() : unit))
    .join('');
}

/** What the responses of one handshake rest on. */
export interface ResponseInput {
  /** From {@link responseKey}. */
  readonly key: Buffer;
  readonly serverChallenge: Buffer;
  readonly clientChallenge: Buffer;
  /** FILETIME, 8 bytes, little endian. */
  readonly timestamp: Buffer;
  readonly targetInfo: Buffer;
}

export interface Responses {
  readonly ntResponse: Buffer;
  readonly lmResponse: Buffer;
  readonly sessionBaseKey: Buffer;
}

/** ComputeResponse of MS-NLMP 3.3.2. */
export function computeResponses(input: ResponseInput): Responses {
  const { key, serverChallenge, clientChallenge, timestamp, targetInfo } = input;
  const head = Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]);
  const gap = Buffer.alloc(4);
  const blob = Buffer.concat([head, timestamp, clientChallenge, gap, targetInfo, gap]);
  const proof = hmacMd5(key, serverChallenge, blob);
  return {
    ntResponse: Buffer.concat([proof, blob]),
    lmResponse: Buffer.concat([hmacMd5(key, serverChallenge, clientChallenge), clientChallenge]),
    sessionBaseKey: hmacMd5(key, proof),
  };
}

/** Who wrote a sealed message. */
export type Side = 'client' | 'server';

/** SIGNKEY of MS-NLMP 3.4.5.2 with extended session security. */
export function signingKey(sessionKey: Buffer, side: Side): Buffer {
  return derived(sessionKey, side, 'signing');
}

/** SEALKEY of MS-NLMP 3.4.5.3 with extended session security and 128 bits. */
export function sealingKey(sessionKey: Buffer, side: Side): Buffer {
  return derived(sessionKey, side, 'sealing');
}

function derived(sessionKey: Buffer, side: Side, purpose: 'signing' | 'sealing'): Buffer {
  const direction = side === 'client' ? 'client-to-server' : 'server-to-client';
  const magic = `session key to ${direction} ${purpose} key magic constant\0`;
  return createHash('md5').update(sessionKey).update(magic, 'latin1').digest();
}

/** HMAC-MD5 of the concatenated parts, 16 bytes. */
export function hmacMd5(key: Buffer, ...parts: readonly Buffer[]): Buffer {
  const hmac = createHmac('md5', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}
