import type { ExecResult } from '../../../domain/command.ts';
import type { Endpoint } from '../endpoint.ts';
import { WinrmError } from '../problem.ts';
import type { ShellCommand, ShellSettings } from '../wsman/requests.ts';
import { CommandFailure, type CommandLimits, type Ended, runCommand } from './run-command.ts';
import { Service, type ServiceLimits } from './service.ts';
import { isStaleShell, type PoolLimits, ShellPool } from './shell-pool.ts';
import { Deadline } from './waiting.ts';

export type ClientLimits = ServiceLimits & PoolLimits & CommandLimits;

/** A command with everything it needs. */
export interface WinrmCommand extends ShellCommand, ShellSettings {
  readonly stdin?: Uint8Array;
  /** Milliseconds after which the host ends it. */
  readonly timeoutMs: number;
}

/** How a command did not come to its end. */
export interface Outcome {
  /** `timeout` and `aborted`: it was ended; `failed`: see the cause. */
  readonly how: 'failed' | 'timeout' | 'aborted';
  /** False: the command surely did not start. */
  readonly started: boolean;
}

/** Thrown by {@link WinrmClient.run}. */
export class RunFailure extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'RunFailure';
    this.outcome = outcome;
  }
}

/** Runs commands on one Windows host. Connections and shells are opened when first needed, shared and kept. */
export class WinrmClient {
  readonly #service: Service;
  readonly #pool: ShellPool;
  readonly #limits: ClientLimits;
  readonly #cleaning = new Set<Promise<unknown>>();

  constructor(endpoint: Endpoint, limits: ClientLimits) {
    this.#service = new Service(endpoint, limits);
    this.#pool = new ShellPool(this.#service, limits);
    this.#limits = limits;
  }

  /** Runs it to its end. Throws {@link RunFailure}; a command that was given up has been ended as far as the host answers. */
  async run(command: WinrmCommand, signal: AbortSignal): Promise<ExecResult> {
    const leave = await this.#pool.enter(signal).catch((error: unknown) => {
      throw new RunFailure({ how: 'aborted', started: false }, error);
    });
    const deadline = new Deadline(signal, command.timeoutMs);
    try {
      const { shellId, ended } = await this.#attempt(command, deadline.signal);
      this.#clean(this.#pool.giveBack(shellId, command, ended.commandId).finally(leave));
      return { code: ended.code, stdout: ended.stdout, stderr: ended.stderr };
    } catch (error) {
      leave();
      throw failureOf(error, deadline, signal);
    } finally {
      deadline.clear();
    }
  }

  /** Ends the shells and the connections; a command that is still running ends with them. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#cleaning);
    await this.#pool.close();
    this.#service.close();
  }

  async #attempt(
    command: WinrmCommand,
    signal: AbortSignal,
  ): Promise<{ readonly shellId: string; readonly ended: Ended }> {
    for (;;) {
      const lease = await this.#pool.lease(command, signal);
      const place = { service: this.#service, shellId: lease.shellId, limits: this.#limits, signal };
      try {
        return { shellId: lease.shellId, ended: await runCommand(place, command, command.stdin ?? new Uint8Array()) };
      } catch (error) {
        await this.#pool.discard(lease.shellId);
        const stale = error instanceof CommandFailure && !error.started && isStaleShell(lease, error.cause);
        if (!stale) throw error;
      }
    }
  }

  #clean(work: Promise<unknown>): void {
    this.#cleaning.add(work);
    work.finally(() => this.#cleaning.delete(work)).catch(() => undefined);
  }
}

function failureOf(error: unknown, deadline: Deadline, signal: AbortSignal): RunFailure {
  const { started, cause } = error instanceof CommandFailure ? error : { started: false, cause: error };
  const given = cause instanceof WinrmError && cause.problem === 'aborted';
  if (given && signal.aborted) return new RunFailure({ how: 'aborted', started }, cause);
  if (given && deadline.expired) return new RunFailure({ how: 'timeout', started }, cause);
  return new RunFailure({ how: 'failed', started }, cause);
}
