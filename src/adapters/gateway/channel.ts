import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { ExecResult } from '../../domain/command.ts';
import { OpsError } from '../../domain/errors.ts';
import { onAbort } from './abort.ts';
import type { Rendered } from './contracts.ts';

/** One running program and its streams, over whatever link. */
export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Its exit code (128 and more: a signal); rejects with `exec.outcome-unknown` when the link was lost before. */
  readonly exit: Promise<number>;
  /** Both outputs have ended. */
  readonly closed: Promise<void>;
  destroy(): void;
}

/** What one answer may cost, and how long proofs may take. */
export interface ChannelLimits {
  readonly outputBytes: number;
  /** How long to insist on the end of an aborted command. */
  readonly endMs: number;
  /** How long outputs may stay open after the exit, held by something the command left behind. */
  readonly lingerMs: number;
}

/** More output than 64 MiB is a mistake, not an answer. */
export const CHANNEL_LIMITS: ChannelLimits = { outputBytes: 64 * 1024 * 1024, endMs: 20_000, lingerMs: 2_000 };

const ENDER_EVERY_MS = 400;

/**
 * Runs a rendered command over channels that `open` gives, and keeps what {@link Connection.exec} promises: bounded output, an
 * end by time, and an abort that ends the command on the host and waits for the proof.
 */
export async function runOverChannel(
  command: Rendered,
  signal: AbortSignal,
  open: (text: string) => Promise<Channel>,
  limits: ChannelLimits = CHANNEL_LIMITS,
): Promise<ExecResult> {
  if (signal.aborted) throw new OpsError('exec.aborted');
  const channel = await open(command.text);
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  const ignore = onAbort(signal, abort);
  if (signal.aborted) abort();
  let tooMuch = false;
  const output = collect(channel, limits.outputBytes, () => {
    tooMuch = true;
    abort();
  });
  channel.stdin.end(command.stdin);
  try {
    const first = await Promise.race([channel.exit, silence(command.timeoutMs, stop.signal), aborted(stop.signal)]);
    const code = first === 'aborted' ? await insist(command, channel, open, limits) : first;
    await Promise.race([channel.closed, quiet(output, limits.lingerMs)]);
    if (tooMuch)
      throw new OpsError('exec.failed', { exit: code, detail: `more than ${limits.outputBytes} bytes of output` });
    return { code, stdout: output.stdout(), stderr: output.stderr() };
  } finally {
    ignore();
    stop.abort();
    channel.destroy();
  }
}

/** Runs the ender until the command itself has ended. Without one nothing can be proven. */
async function insist(
  { ender }: Rendered,
  channel: Channel,
  open: (text: string) => Promise<Channel>,
  limits: ChannelLimits,
): Promise<number> {
  if (!ender) throw new OpsError('exec.aborted');
  const over = new AbortController();
  const repeat = async (): Promise<never> => {
    for (const until = Date.now() + limits.endMs; Date.now() < until; ) {
      await runOverChannel(ender, over.signal, open, limits).catch(() => undefined);
      await pause(ENDER_EVERY_MS, undefined, { signal: over.signal });
    }
    throw new OpsError('exec.outcome-unknown', { detail: 'aborted, but not seen to end' });
  };
  try {
    return await Promise.race([channel.exit, repeat()]);
  } finally {
    over.abort();
  }
}

async function silence(ms: number, over: AbortSignal): Promise<never> {
  // When something else came first, this never settles: the race is long decided.
  await pause(ms, undefined, { signal: over }).catch(() => new Promise<never>(() => undefined));
  throw new OpsError('exec.outcome-unknown', { detail: `no answer within ${ms / 1000} s` });
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
}

interface Output {
  readonly stdout: () => Buffer;
  readonly stderr: () => Buffer;
  readonly lastAt: () => number;
}

function collect(channel: Channel, limit: number, onTooMuch: () => void): Output {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  let size = 0;
  let lastAt = Date.now();
  for (const name of ['stdout', 'stderr'] as const) {
    channel[name].on('data', (chunk: Buffer) => {
      lastAt = Date.now();
      size += chunk.length;
      if (size <= limit) chunks[name].push(chunk);
      else onTooMuch();
    });
    channel[name].on('error', () => undefined);
  }
  // A command may end without reading what it was sent.
  channel.stdin.on('error', () => undefined);
  return {
    stdout: () => Buffer.concat(chunks.stdout),
    stderr: () => Buffer.concat(chunks.stderr),
    lastAt: () => lastAt,
  };
}

/** Resolves when nothing has come for that long. */
async function quiet({ lastAt }: Output, ms: number): Promise<void> {
  for (;;) {
    const left = lastAt() + ms - Date.now();
    if (left <= 0) return;
    await pause(left, undefined, { ref: false });
  }
}
