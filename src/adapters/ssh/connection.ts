import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, ClientChannel } from 'ssh2';
import { OpsError } from '../../domain/errors.ts';
import { onAbort } from '../gateway/abort.ts';
import type { Channel } from '../gateway/channel.ts';
import { runOverChannel } from '../gateway/channel.ts';
import type { Connection } from '../gateway/contracts.ts';
import { Seats } from './seats.ts';

/** sshd allows ten sessions on one connection; two are left for people and for ending what was aborted. */
const CHANNELS = 8;
/** How often, and how long apart, a session that sshd refused is asked for again. */
const OPEN_TRIES = 50;
const OPEN_EVERY_MS = 100;
/** As long as a login may take. */
const TUNNEL_MS = 8_000;
/**
 * A failed login answers everything that is asked in this time: one silent host costs one timeout, and a wrong password is given
 * once, not as often as would lock the account.
 */
const FAILURE_MS = 500;

/** A connection over SSH. It can also carry TCP to others, for hosts behind it. */
export interface SshConnection extends Connection {
  /**
   * Opens a TCP connection from the host to another address. Throws what {@link Connection.exec} throws before a start;
   * undefined when the host is there but the other address is not, or does not answer within some milliseconds.
   */
  tunnel(address: string, port: number, withinMs?: number): Promise<Duplex | undefined>;
}

/**
 * A kept link to one host: opened at the first command, shared by all, opened anew after it was lost, closed when nobody has used
 * it for `idleMs`. Errors do not say the host's name.
 * @param open logs in; called again for every new link
 */
export function createSshConnection(open: () => Promise<Client>, idleMs: number): SshConnection {
  let link: Promise<Client> | undefined;
  let users = 0;
  let idle: NodeJS.Timeout | undefined;
  const seats = new Seats(CHANNELS);

  const login = (): Promise<Client> => {
    if (link) return link;
    const opening = open();
    const forget = (): void => {
      if (link === opening) link = undefined;
    };
    link = opening;
    opening.then(
      (client) => client.once('close', forget),
      () => setTimeout(forget, FAILURE_MS).unref(),
    );
    return opening;
  };
  const use = (): (() => void) => {
    clearTimeout(idle);
    users += 1;
    return () => {
      users -= 1;
      if (users === 0) idle = setTimeout(() => void close(), idleMs).unref();
    };
  };
  const close = async (): Promise<void> => {
    clearTimeout(idle);
    const opened = link;
    link = undefined;
    await opened?.then((client) => client.end()).catch(() => undefined);
  };

  return {
    close,
    async exec(command, signal) {
      const leave = await seats.take(signal);
      const release = use();
      try {
        const client = await unlessAborted(login(), signal);
        return await runOverChannel(command, signal, (text) => openInTime(client, text));
      } finally {
        release();
        leave();
      }
    },
    async tunnel(address, port, withinMs = TUNNEL_MS) {
      const release = use();
      try {
        const stream = await forward(await login(), { address, port, withinMs });
        if (stream) stream.once('close', release);
        else release();
        return stream;
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new OpsError('exec.aborted'));
    if (signal.aborted) return abort();
    const ignore = onAbort(signal, abort);
    promise.then(resolve, reject).finally(ignore);
  });
}

/**
 * A busy sshd counts a session until it has seen the end of its program, so for a moment it may have none left for us. Nothing was
 * started then.
 */
async function openInTime(client: Client, text: string): Promise<Channel> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await openChannel(client, text);
    } catch (error) {
      if (!isRefusedSession(error) || tries === OPEN_TRIES) throw error;
      await pause(OPEN_EVERY_MS);
    }
  }
}

/** Only the server's own refusal has a number. */
function isRefusedSession(error: unknown): boolean {
  const cause = error instanceof OpsError ? error.cause : undefined;
  return cause instanceof Error && 'reason' in cause && typeof cause.reason === 'number';
}

/**
 * Opens a channel and starts the program in it. A link that dies before the answer is an unknown outcome: the server may have got the
 * request. A refusal is not: nothing was started.
 */
function openChannel(client: Client, text: string): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const lost = (): void => reject(new OpsError('exec.outcome-unknown', { detail: 'link lost' }));
    client.once('close', lost);
    try {
      client.exec(text, (error, stream) => {
        client.off('close', lost);
        if (error) reject(new OpsError('host.unreachable', { detail: error.message }, error));
        else resolve(channelOf(client, stream));
      });
    } catch (error) {
      client.off('close', lost);
      reject(new OpsError('host.unreachable', { detail: 'link lost before the start' }, error));
    }
  });
}

function channelOf(client: Client, stream: ClientChannel): Channel {
  const closed = new Promise<void>((resolve) => stream.once('close', () => resolve()));
  const exit = new Promise<number>((resolve, reject) => {
    // A channel that dies closes without a code: that is "lost", not 0. Some deaths only the client tells of.
    const lost = (): void => reject(new OpsError('exec.outcome-unknown', { detail: 'link lost' }));
    stream.once('exit', (code: number | null) => resolve(code ?? 128));
    stream.once('close', lost);
    client.once('close', lost);
    stream.once('close', () => client.off('close', lost));
  });
  exit.catch(() => undefined);
  // Its end with an error is an end like any other.
  stream.on('error', () => undefined);
  return {
    stdin: stream,
    stdout: stream,
    stderr: stream.stderr,
    exit,
    closed,
    destroy: () => stream.destroy(),
  };
}

interface Destination {
  readonly address: string;
  readonly port: number;
  readonly withinMs: number;
}

function forward(client: Client, { address, port, withinMs }: Destination): Promise<Duplex | undefined> {
  return new Promise((resolve, reject) => {
    let late = false;
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      client.off('close', lost);
      act();
    };
    const lost = (): void => settle(() => reject(new OpsError('host.unreachable', { detail: 'link lost' })));
    // The jump host itself would wait for minutes.
    const timer = setTimeout(() => {
      late = true;
      settle(() => resolve(undefined));
    }, withinMs);
    client.once('close', lost);
    try {
      client.forwardOut('127.0.0.1', 0, address, port, (error, stream) => {
        if (late) stream?.destroy();
        // The jump host answered: it does not get through.
        else settle(() => resolve(error ? undefined : stream));
      });
    } catch {
      lost();
    }
  });
}
