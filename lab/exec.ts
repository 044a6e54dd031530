import { spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabError } from './error.ts';

/** What a finished command left: exit code (128 + signal number when it was killed) and its whole output as text. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CaptureOptions {
  /** The complete environment; the caller's own when absent. */
  readonly env?: Readonly<Record<string, string>>;
  /** Kill the command after this many milliseconds; it then counts as failed. Default: never. */
  readonly timeoutMs?: number;
}

/**
 * Runs a command to its end. The output goes through unlinked files and not through pipes, so a daemon that the command
 * leaves behind can never keep the caller waiting.
 */
export async function capture(argv: readonly string[], options: CaptureOptions = {}): Promise<Output> {
  const out = unlinkedFile();
  const err = unlinkedFile();
  try {
    const code = await exitCode(argv, [out, err], options);
    return { code, stdout: readAll(out), stderr: readAll(err) };
  } finally {
    closeSync(out);
    closeSync(err);
  }
}

/** Like `capture`, but a failure is an error that carries the command's own words. */
export async function must(argv: readonly string[], options: CaptureOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await capture(argv, options);
  if (code !== 0) throw new LabError(`${argv.join(' ')}: exit ${code}\n${(stderr || stdout).trim()}`);
  return stdout;
}

/** Runs a command on the caller's own terminal and answers its exit code. */
export function interactive(argv: readonly string[], env?: Readonly<Record<string, string>>): Promise<number> {
  const [program, ...args] = argv;
  if (program === undefined) throw new LabError('no command was given');
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', ...(env === undefined ? {} : { env }) });
    const forward = (signal: NodeJS.Signals): void => {
      child.kill(signal);
    };
    process.on('SIGTERM', forward).on('SIGINT', ignoreInterrupt);
    child.once('error', reject).once('exit', (code, signal) => {
      process.off('SIGTERM', forward).off('SIGINT', ignoreInterrupt);
      resolve(code ?? signalCode(signal));
    });
  });
}

/** Asks `condition` again and again until it holds. Throws with `what` after `timeoutMs`. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new LabError(`${what}: not so after ${timeoutMs / 1000} s`);
    await sleep(25);
  }
}

/** Milliseconds to wait before the next question. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function exitCode(
  argv: readonly string[],
  [out, err]: readonly [number, number],
  options: CaptureOptions,
): Promise<number> {
  const [program, ...args] = argv;
  if (program === undefined) throw new LabError('no command was given');
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', out, err],
      killSignal: 'SIGKILL',
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    });
    child.once('error', reject).once('exit', (code, signal) => resolve(code ?? signalCode(signal)));
  });
}

// The terminal sends Ctrl-C to the child as well; it decides what that means.
function ignoreInterrupt(): void {}

function signalCode(signal: NodeJS.Signals | null): number {
  return signal === 'SIGKILL' ? 137 : signal === 'SIGTERM' ? 143 : 130;
}

function unlinkedFile(): number {
  const dir = mkdtempSync(join(tmpdir(), 'zapas-lab-'));
  const fd = openSync(join(dir, 'out'), 'w+', 0o600);
  rmSync(dir, { recursive: true });
  return fd;
}

function readAll(fd: number): string {
  const bytes = Buffer.alloc(fstatSync(fd).size);
  let at = 0;
  while (at < bytes.length) {
    const n = readSync(fd, bytes, at, bytes.length - at, at);
    if (n === 0) break;
    at += n;
  }
  return bytes.subarray(0, at).toString('utf8');
}
