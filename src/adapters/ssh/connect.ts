import { createHash, timingSafeEqual } from 'node:crypto';
import { Client } from 'ssh2';
import type { ClientErrorExtensions, ConnectConfig } from 'ssh2';
import { OpsError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';

/** Everything one login needs; secrets are already fetched. */
export interface Login {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeys: readonly string[];
  readonly privateKey?: Secret;
  readonly passphrase?: Secret;
  readonly password?: Secret;
  readonly agent?: string;
}

const CONNECT_MS = 8_000;
const KEEPALIVE_MS = 2_000;
const KEEPALIVE_MISSES = 3;

/**
 * Opens an authenticated connection, through `jump` when given. Only the pinned host keys are accepted, and only their algorithms
 * are asked for. Throws `host.unreachable`, `host.key-changed`, `host.auth-failed`, `exec.aborted`.
 */
export async function connect(login: Login, jump: Client | undefined, signal: AbortSignal): Promise<Client> {
  if (signal.aborted) throw new OpsError('exec.aborted', { host: login.host });
  const presented: { fingerprint?: string } = {};
  const config = await configFor(login, jump, presented);
  const client = new Client();
  return new Promise((resolve, reject) => {
    const fail = (error: OpsError): void => {
      signal.removeEventListener('abort', abort);
      client.destroy();
      reject(error);
    };
    const abort = (): void => fail(new OpsError('exec.aborted', { host: login.host }));
    signal.addEventListener('abort', abort, { once: true });
    client.once('ready', () => {
      // A command is several small packets; without this each waits 40 ms for the one before to be acknowledged.
      client.setNoDelay(true);
      signal.removeEventListener('abort', abort);
      client.removeAllListeners('close');
      resolve(client);
    });
    // An error after the promise is settled must not end the process; the owner hears of it by `close`.
    client.on('error', (error) => fail(explain(login, presented, error)));
    // A link cut during authentication emits only this.
    client.once('close', () => fail(unreachable(login, 'connection closed during login')));
    client.connect(config);
  });
}

async function configFor(
  login: Login,
  jump: Client | undefined,
  presented: { fingerprint?: string },
): Promise<ConnectConfig> {
  const keys = login.hostKeys.map(parseHostKey);
  const algorithms = [...new Set(keys.flatMap(({ type }) => signatureAlgorithms(type)))];
  return {
    username: login.user,
    readyTimeout: CONNECT_MS,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVE_MISSES,
    algorithms: { serverHostKey: algorithms as NonNullable<ConnectConfig['algorithms']>['serverHostKey'] & string[] },
    hostVerifier: (key: Buffer) => {
      presented.fingerprint = fingerprint(key);
      return keys.some(({ blob }) => blob.length === key.length && timingSafeEqual(blob, key));
    },
    ...(jump ? { sock: await forward(jump, login) } : { host: login.address, port: login.port }),
    ...(login.privateKey && { privateKey: login.privateKey.reveal() }),
    ...(login.passphrase && { passphrase: login.passphrase.reveal() }),
    ...(login.password && { password: login.password.reveal() }),
    ...(login.agent && { agent: login.agent }),
  };
}

function forward(jump: Client, login: Login): Promise<NonNullable<ConnectConfig['sock']>> {
  return new Promise((resolve, reject) => {
    jump.forwardOut('127.0.0.1', 0, login.address, login.port, (error, channel) => {
      if (error) reject(unreachable(login, `through the jump host: ${error.message}`));
      else resolve(channel);
    });
  });
}

function parseHostKey(line: string): { readonly type: string; readonly blob: Buffer } {
  const [type = '', base64 = ''] = line.trim().split(/\s+/);
  return { type, blob: Buffer.from(base64, 'base64') };
}

/** An RSA key signs with SHA-2 today; its type name alone would ask for SHA-1. */
function signatureAlgorithms(type: string): readonly string[] {
  return type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type];
}

function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function explain(
  login: Login,
  presented: { readonly fingerprint?: string },
  error: Error & ClientErrorExtensions,
): OpsError {
  const { host, address, port, user } = login;
  const pinned = login.hostKeys.map((line) => fingerprint(parseHostKey(line).blob)).join(', ');
  if (presented.fingerprint && !pinned.includes(presented.fingerprint)) {
    return new OpsError('host.key-changed', { host, address, pinned, presented: presented.fingerprint }, error);
  }
  if (/no matching host key/i.test(error.message)) {
    return new OpsError('host.key-changed', { host, address, pinned, presented: 'none of these types' }, error);
  }
  if (error.level === 'client-authentication')
    return new OpsError('host.auth-failed', { host, address, port, user }, error);
  if (/parse.*key|passphrase|encrypted/i.test(error.message)) {
    return new OpsError(
      'host.auth-failed',
      { host, address, port, user, detail: 'the private key cannot be read' },
      error,
    );
  }
  return unreachable(login, error.message, error);
}

function unreachable({ host, address, port }: Login, detail: string, cause?: unknown): OpsError {
  return new OpsError('host.unreachable', { host, address, port, detail }, cause);
}
