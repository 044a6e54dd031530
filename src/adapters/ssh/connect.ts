import type { Duplex } from 'node:stream';
import type {
  Algorithms,
  AnyAuthMethod,
  AuthenticationType,
  AuthHandlerMiddleware,
  Client,
  ClientErrorExtensions,
  ConnectConfig,
  ServerHostKeyAlgorithm,
} from 'ssh2';
import ssh2 from 'ssh2';
import { OpsError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { fingerprint, isPinned, parseHostKey, signatureAlgorithms } from './host-keys.ts';

/** Everything one login needs; secrets are already fetched. */
export interface Login {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeys: readonly string[];
  readonly privateKey?: Secret;
  readonly passphrase?: Secret;
  readonly password?: Secret;
  /** Socket of an ssh agent. */
  readonly agent?: string;
}

const CONNECT_MS = 8_000;
/** A frozen peer is noticed after `KEEPALIVE_MISSES` of these and the one that is due: about eight seconds. */
const KEEPALIVE_MS = 2_000;
const KEEPALIVE_MISSES = 3;

/**
 * Opens an authenticated connection, over `tunnel` when given. Only the pinned host keys are accepted. Throws
 * `host.unreachable`, `host.key-changed` (the server showed another key, or has none of the pinned types), `host.auth-failed`,
 * `config.invalid` (a pinned key is none), each without the host's name and address.
 */
export async function connect(login: Login, tunnel: Duplex | undefined): Promise<Client> {
  const keys = login.hostKeys.map(parseHostKey);
  const methods = authMethods(login);
  const client = new ssh2.Client();
  let presented: Buffer | undefined;
  let agentTrouble = '';
  return new Promise((resolve, reject) => {
    const fail = (error: OpsError): void => {
      client.destroy();
      tunnel?.destroy();
      reject(error);
    };
    client.once('ready', () => {
      // A command is several small packets; without this each waits 40 ms for the one before to be acknowledged.
      client.setNoDelay(true);
      // Every command under way waits for the end of the link, which is no leak.
      client.setMaxListeners(0);
      resolve(client);
    });
    // Also after the login: an error without a listener would end the process. Its owner hears of it by `close`.
    client.on('error', (error: SshError) => {
      // An agent that does not answer is one way less; the other ways are still to be tried.
      if (error.level === 'agent') agentTrouble = error.message;
      else fail(explain(login, { presented, agentTrouble }, error));
    });
    // A link cut during authentication emits only this.
    client.once('close', () => fail(unreachable('connection closed during login')));
    const config: ConnectConfig = {
      username: login.user,
      readyTimeout: CONNECT_MS,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVE_MISSES,
      algorithms: algorithmsFor(signatureAlgorithms(keys)),
      hostVerifier: (key: Buffer) => {
        presented = key;
        return isPinned(keys, key);
      },
      authHandler: inTurn(methods),
      ...(tunnel ? { sock: tunnel } : { host: login.address, port: login.port }),
    };
    try {
      client.connect(config);
    } catch (error) {
      fail(unreachable(error instanceof Error ? error.message : String(error), error));
    }
  });
}

function algorithmsFor(serverHostKey: readonly string[]): Algorithms {
  return { serverHostKey: serverHostKey as ServerHostKeyAlgorithm[] };
}

/** Every way the inventory offers, keys first. Throws `host.auth-failed` for a private key that cannot be read. */
function authMethods(login: Login): AnyAuthMethod[] {
  const { user: username, password, agent } = login;
  return [
    ...keyMethod(login),
    ...(agent === undefined ? [] : [{ type: 'agent' as const, username, agent }]),
    ...(password ? passwordMethods(username, password) : []),
  ];
}

function keyMethod({ user: username, privateKey, passphrase }: Login): AnyAuthMethod[] {
  if (!privateKey) return [];
  const key = ssh2.utils.parseKey(privateKey.reveal(), passphrase?.reveal());
  if (!(key instanceof Error)) return [{ type: 'publickey', username, key }];
  throw new OpsError('host.auth-failed', { user: username, detail: `the private key cannot be read: ${key.message}` });
}

/**
 * Offers each method once, if the server takes it. A password that was refused is not given again by `keyboard-interactive`: each
 * wrong one brings an account nearer to being locked.
 */
function inTurn(methods: readonly AnyAuthMethod[]): AuthHandlerMiddleware {
  const left = [...methods];
  return (allowed: readonly string[] | null, _partial, next) => {
    for (let method = left.shift(); method; method = left.shift()) {
      const name = method.type === 'agent' ? 'publickey' : method.type;
      if (allowed && !allowed.includes(name)) continue;
      if (name === 'keyboard-interactive' && allowed?.includes('password')) continue;
      return next(method);
    }
    // The library's way to say that there is none left; its types do not know it.
    next(false as unknown as AuthenticationType);
  };
}

/** Some servers ask for the password by `keyboard-interactive` only. */
function passwordMethods(username: string, password: Secret): AnyAuthMethod[] {
  return [
    { type: 'password', username, password: password.reveal() },
    {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password.reveal())),
    },
  ];
}

interface SshError extends Error, ClientErrorExtensions {}

interface Seen {
  readonly presented: Buffer | undefined;
  readonly agentTrouble: string;
}

function explain(login: Login, { presented, agentTrouble }: Seen, error: SshError): OpsError {
  const keys = login.hostKeys.map(parseHostKey);
  const pinned = keys.map(({ blob }) => fingerprint(blob)).join(', ');
  if (presented && !isPinned(keys, presented))
    return new OpsError('host.key-changed', { pinned, presented: fingerprint(presented) }, error);
  if (/no matching host key/i.test(error.message))
    return new OpsError('host.key-changed', { pinned, presented: 'none of these types' }, error);
  if (error.level === 'client-authentication' || /authentication failures/i.test(error.message))
    return new OpsError('host.auth-failed', { user: login.user, detail: agentTrouble || error.message }, error);
  return unreachable(error.message, error);
}

function unreachable(detail: string, cause?: unknown): OpsError {
  return new OpsError('host.unreachable', { detail }, cause);
}
