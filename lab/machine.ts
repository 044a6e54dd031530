import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { LabError } from './error.ts';
import { until } from './exec.ts';
import { commandOf, startTime } from './process.ts';
import type { LabState } from './state.ts';

/** One host's power button and console, whatever it is made of. All actions are idempotent. */
export interface Machine {
  /** Starts the host on its disks and returns when its first process runs (its services may still be on their way). */
  boot(base: string): Promise<void>;
  /** The power fails: everything in the host dies at once. Returns when nothing of it runs. */
  kill(): Promise<void>;
  /** The host is shut down in order. Returns when nothing of it runs. */
  shutDown(): Promise<void>;
  /** The id of the host's first process as this machine sees it; undefined while the host is off. */
  leader(): number | undefined;
  /** argv before a command that shall run as root inside the host, past its network. Throws when the host is off. */
  enter(): readonly string[];
}

/**
 * The process outside a host that keeps it: started detached, with its console in console.log, and found again by any later process
 * through its pid file.
 */
export class Supervisor {
  readonly #host: string;
  readonly #pidFile: string;
  readonly #log: string;

  constructor(state: LabState, host: string) {
    this.#host = host;
    this.#pidFile = state.hostPath(host, 'supervisor.pid');
    this.#log = state.hostPath(host, 'console.log');
  }

  /** Starts it and waits until the host's first process, of one of these command names, is there. */
  async start(
    argv: readonly [string, ...string[]],
    env: Readonly<Record<string, string>>,
    leaders: readonly string[],
  ): Promise<void> {
    const log = openSync(this.#log, 'a');
    const [program, ...args] = argv;
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', ...env },
    });
    closeSync(log);
    const pid = child.pid;
    if (pid === undefined) throw new LabError(`${program} could not be started: npm run lab -- install`);
    child.unref();
    writeFileSync(this.#pidFile, `${pid} ${startTime(pid)}\n`);
    await until(`${this.#host} starts`, () => {
      if (this.pid() === undefined) throw new LabError(`${this.#host} does not start:\n${this.#lastWords()}`);
      return this.child(leaders) !== undefined;
    });
  }

  /** Its process id; undefined when it does not run. */
  pid(): number | undefined {
    if (!existsSync(this.#pidFile)) return undefined;
    const [pid, started] = readFileSync(this.#pidFile, 'utf8').trim().split(' ');
    return pid && started && startTime(Number(pid)) === started ? Number(pid) : undefined;
  }

  /** Its child of one of these command names. */
  child(names: readonly string[]): number | undefined {
    const pid = this.pid();
    if (pid === undefined) return undefined;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
    return children.find((candidate) => candidate > 0 && names.includes(commandOf(candidate)));
  }

  /** Waits until it has ended. */
  async gone(): Promise<void> {
    await until(`${this.#host} goes off`, () => this.pid() === undefined, 180_000);
  }

  #lastWords(): string {
    return readFileSync(this.#log, 'utf8').trim().split('\n').slice(-8).join('\n');
  }
}
