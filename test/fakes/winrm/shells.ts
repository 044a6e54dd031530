import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';

/** A refusal in WS-Management's own words. */
export class Fault extends Error {
  readonly code: number;
  readonly subcode: string;

  constructor(subcode: string, code: number, reason: string) {
    super(reason);
    this.code = code;
    this.subcode = subcode;
  }
}

export const noShell = (): Fault => new Fault('InvalidSelectors', 2150858843, 'The shell was not found on the server.');
export const timedOut = (): Fault => new Fault('TimedOut', 2150858793, 'The operation timed out.');
export const quotaUsedUp = (): Fault =>
  new Fault(
    'QuotaLimit',
    2150859173,
    'This user is allowed a maximum number of 5 concurrent shells, which has been exceeded.',
  );
const brokenPipe = (): Fault => new Fault('InternalError', 2147942509, 'The pipe has been ended.');

/** One piece of output, or the end (with the exit code). */
export type Piece = { readonly stream: 'stdout' | 'stderr'; readonly bytes: Buffer } | { readonly code: number };

/** A real process of `/bin/sh -c`, its output read as WinRM lets it be read: in pieces, by long polling. */
export class Command {
  readonly id = randomUUID().toUpperCase();
  readonly #child: ChildProcess;
  readonly #pieces: Piece[] = [];
  readonly #waiting: (() => void)[] = [];

  constructor(line: string, env: Readonly<Record<string, string>>, cwd: string | undefined) {
    this.#child = spawn('/bin/sh', ['-c', line], { env: { PATH: process.env['PATH'], ...env }, cwd, detached: true });
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#child[stream]?.on('data', (bytes: Buffer) => this.#tell({ stream, bytes }));
    }
    this.#child.stdin?.on('error', () => undefined);
    this.#child.once('close', (code) => this.#tell({ code: code ?? 1 }));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What there is, at most `maxBytes`; waits for it. Throws the time-out fault. */
  async receive(timeoutMs: number, maxBytes: number): Promise<readonly Piece[]> {
    if (this.#pieces.length === 0) await this.#something(timeoutMs);
    const taken: Piece[] = [];
    for (let size = 0; size < maxBytes && this.#pieces.length > 0; ) {
      const piece = this.#pieces.shift();
      if (piece) taken.push(piece);
      if (piece && 'bytes' in piece) size += piece.bytes.length;
    }
    if (taken.length === 0) throw timedOut();
    return taken;
  }

  /** Resolves when the process has taken the bytes. */
  async send(bytes: Buffer, last: boolean): Promise<void> {
    const { stdin } = this.#child;
    if (!stdin?.writable) throw brokenPipe();
    await new Promise<void>((resolve, reject) => {
      stdin.write(bytes, (error) => (error ? reject(brokenPipe()) : resolve()));
    });
    if (last) stdin.end();
  }

  stop(): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    process.kill(-pid, 'SIGKILL');
  }

  #tell(piece: Piece): void {
    this.#pieces.push(piece);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #something(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
      this.#waiting.push(resolve);
    });
    clearTimeout(timer);
  }
}

/** A shell: what its commands share. */
export interface Shell {
  readonly id: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  readonly commands: Map<string, Command>;
}

/** The shells of one host, within a quota. */
export class Shells {
  readonly all = new Map<string, Shell>();
  readonly #quota: number;
  /** Most shells there were at once. */
  peak = 0;

  constructor(quota: number) {
    this.#quota = quota;
  }

  create(env: Readonly<Record<string, string>>, cwd: string | undefined): Shell {
    if (this.all.size >= this.#quota) throw quotaUsedUp();
    const shell: Shell = { id: randomUUID().toUpperCase(), env, cwd, commands: new Map() };
    this.all.set(shell.id, shell);
    this.peak = Math.max(this.peak, this.all.size);
    return shell;
  }

  get(id: string): Shell {
    const shell = this.all.get(id);
    if (!shell) throw noShell();
    return shell;
  }

  delete(id: string): void {
    for (const command of this.get(id).commands.values()) command.stop();
    this.all.delete(id);
  }

  clear(): void {
    for (const id of this.all.keys()) this.delete(id);
  }
}
