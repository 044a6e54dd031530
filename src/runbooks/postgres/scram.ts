import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { Secret } from '../../domain/secret.ts';
import { formatError } from './format-error.ts';

/** PostgreSQL's own default (`scram_iterations`). */
const ITERATIONS = 4096;
const MIN_SALT_BYTES = 16;

/**
 * The SCRAM-SHA-256 verifier that PostgreSQL stores for a password, to be given as `PASSWORD '…'` in ALTER ROLE: so the
 * clear password reaches neither the server nor its log (H17, H24). `salt` is random, at least 16 bytes, from the caller.
 *
 * Throws `postgresql.format` for an empty password, for one outside printable ASCII (those need full SASLprep), and for a
 * short salt. Source: RFC 5803 and PostgreSQL's manual, pg_authid.
 */
export function scramVerifier(password: Secret, salt: Uint8Array, iterations = ITERATIONS): Secret {
  const clear = password.reveal();
  if (!/^[\x20-\x7e]+$/.test(clear)) throw formatError('scram', 'password-characters');
  if (salt.length < MIN_SALT_BYTES) throw formatError('scram', 'salt');
  const salted = pbkdf2Sync(clear, salt, iterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  const saltText = Buffer.from(salt).toString('base64');
  return new Secret(`SCRAM-SHA-256$${iterations}:${saltText}$${storedKey}:${serverKey}`);
}

/**
 * Is this the password of which pg_authid has `stored` for the role `user`? Undefined when it cannot be told: a password outside
 * printable ASCII, which would need full SASLprep, or a form of verifier that is neither SCRAM-SHA-256 nor md5.
 */
export function isPassword(password: Secret, stored: Secret, user: string): boolean | undefined {
  const clear = password.reveal();
  const verifier = stored.reveal();
  if (/^md5[0-9a-f]{32}$/.test(verifier))
    return verifier === `md5${createHash('md5').update(`${clear}${user}`).digest('hex')}`;
  const [, iterations, salt = ''] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(verifier) ?? [];
  if (iterations === undefined || !/^[\x20-\x7e]+$/.test(clear)) return undefined;
  return scramVerifier(password, Buffer.from(salt, 'base64'), Number(iterations)).reveal() === verifier;
}
