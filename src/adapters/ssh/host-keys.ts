import { createHash, timingSafeEqual } from 'node:crypto';
import { OpsError } from '../../domain/errors.ts';

/** One pinned public key of a host. */
export interface HostKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256` … */
  readonly type: string;
  readonly blob: Buffer;
}

/**
 * A key as it stands in known_hosts or in a `.pub` file: type, base64, and maybe a comment. Throws `config.invalid` when the base64
 * is no key of that type: a truncated paste must not look like a changed host.
 */
export function parseHostKey(line: string): HostKey {
  const [type = '', base64 = ''] = line.trim().split(/\s+/);
  const blob = Buffer.from(base64, 'base64');
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  const whole = blob.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '');
  if (!whole || length === 0 || blob.subarray(4, 4 + length).toString('latin1') !== type || !fieldsEndWith(blob))
    throw new OpsError('config.invalid', {
      file: '',
      line: 0,
      key: 'hostKeys',
      detail: `not a public key: ${line.slice(0, 60)}`,
      more: 0,
    });
  return { type, blob };
}

/** A public key is a row of length-prefixed fields that ends exactly at its end. */
function fieldsEndWith(blob: Buffer): boolean {
  let at = 0;
  while (at + 4 <= blob.length) at += 4 + blob.readUInt32BE(at);
  return at === blob.length;
}

/** As `ssh-keygen -l` prints it: `SHA256:` and base64 without padding. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** Is the presented key one of the pinned ones? */
export function isPinned(keys: readonly HostKey[], presented: Buffer): boolean {
  return keys.some(({ blob }) => blob.length === presented.length && timingSafeEqual(blob, presented));
}

/**
 * The signature algorithms to ask the server for: those of the pinned keys alone, so that a server with several keys shows one
 * we know. An RSA key signs with SHA-2 today; its type name alone would ask for SHA-1.
 */
export function signatureAlgorithms(keys: readonly HostKey[]): readonly string[] {
  const types = keys.flatMap(({ type }) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]));
  return [...new Set(types)];
}
