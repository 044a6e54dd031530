import type { Client, ClientChannel } from 'ssh2';
import type { ExecResult } from '../../domain/command.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Connection, Rendered } from '../gateway/contracts.ts';

/** sshd allows ten sessions on one connection; two are left for people. */
const CHANNELS = 8;
const IDLE_MS = 60_000;
/**
 * A failed login answers everything that is asked in this time: one silent host costs one timeout, and a wrong password is given
 * once, not as often as would lock the account.
 */
const FAILURE_MS = 500;
/** More output than this is a mistake, not an answer. */
const MAX_OUTPUT = 64 * 1024 * 1024;

/**
 * A kept link to one host: opened at the first command, shared by all, opened anew after it was lost, closed when idle.
 * @param open logs in; called again for every new link
 */
export function createSshConnection(host: string, open: (signal: AbortSignal) => Promise<Client>): Connection {
  let link: Promise<Client> | undefined;
  let busy = 0;
  const waiting: (() => void)[] = [];
  let idle: NodeJS.Timeout | undefined;

  const login = (): Promise<Client> => {
    if (link) return link;
    const opened = open(AbortSignal.timeout(20_000));
    const forget = (): void => {
      if (link === opened) link = undefined;
    };
    link = opened;
    opened.then(
      (client) => client.once('close', forget),
      () => setTimeout(forget, FAILURE_MS).unref(),
    );
    return opened;
  };
  const enter = async (): Promise<void> => {
    clearTimeout(idle);
    if (busy >= CHANNELS) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy += 1;
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next) return next();
    busy -= 1;
    if (busy === 0) idle = setTimeout(() => void close(), IDLE_MS).unref();
  };
  const close = async (): Promise<void> => {
    clearTimeout(idle);
    const open = link;
    link = undefined;
    await open?.then((client) => client.end()).catch(() => undefined);
  };

  return {
    close,
    async exec(command, signal) {
      await enter();
      try {
        if (signal.aborted) throw new OpsError('exec.aborted', { host });
        const client = await untilAborted(login(), signal, host);
        return await run(client, host, command, signal);
      } finally {
        leave();
      }
    },
  };
}

function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal, host: string): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new OpsError('exec.aborted', { host }));
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function run(client: Client, host: string, command: Rendered, signal: AbortSignal): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    let channel: ClientChannel | undefined;
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      client.removeListener('close', lost);
      act();
    };
    const fail = (error: OpsError): void =>
      settle(() => {
        channel?.destroy();
        reject(error);
      });
    const lost = (): void =>
      fail(new OpsError(channel ? 'exec.outcome-unknown' : 'host.unreachable', { host, detail: 'link lost' }));
    const abort = (): void => fail(new OpsError('exec.aborted', { host }));
    const timer = setTimeout(() => fail(new OpsError('exec.timeout', { host })), command.timeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    client.once('close', lost);
    client.exec(command.text, (error, opened) => {
      if (error) return fail(new OpsError('host.unreachable', { host, detail: error.message }, error));
      channel = opened;
      collect(opened, (result) => {
        // A channel that dies closes without a code: that is "lost", not 0.
        if (result === 'lost')
          return fail(new OpsError('exec.outcome-unknown', { host, detail: 'channel closed without an exit code' }));
        if (result === 'too-much')
          return fail(new OpsError('exec.outcome-unknown', { host, detail: 'output without end' }));
        settle(() => resolve(result));
      });
      opened.end(command.stdin ? Buffer.from(command.stdin) : undefined);
    });
  });
}

function collect(channel: ClientChannel, done: (result: ExecResult | 'lost' | 'too-much') => void): void {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let size = 0;
  const take =
    (into: Buffer[]) =>
    (chunk: Buffer): void => {
      size += chunk.length;
      if (size > MAX_OUTPUT) done('too-much');
      else into.push(chunk);
    };
  channel.on('data', take(out));
  channel.stderr.on('data', take(err));
  channel.on('error', () => undefined);
  channel.on('close', (code: number | null | undefined, signalName?: string) => {
    const exit = code ?? (signalName ? 128 : undefined);
    done(exit === undefined ? 'lost' : { code: exit, stdout: Buffer.concat(out), stderr: Buffer.concat(err) });
  });
}
