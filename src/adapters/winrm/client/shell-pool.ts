import { isProblem, WinrmError } from '../problem.ts';
import { shellIdIn } from '../wsman/answers.ts';
import { createShell, deleteShell, type ShellSettings, terminateCommand } from '../wsman/requests.ts';
import type { Service } from './service.ts';
import { pause, Slots, untilAborted } from './waiting.ts';

export interface PoolLimits {
  /** Shells of ours at once; the default quota of Server 2008 R2 is five for a user, of later ones thirty. */
  readonly shells: number;
  /** A shell nobody used for so long is deleted; the host itself ends it after three times as long. */
  readonly shellIdleMs: number;
  /** How long the host may take to make or end a shell. */
  readonly operationMs: number;
  /** Milliseconds to wait before asking again for a shell when the host's quota is used up by others. */
  readonly quotaWaitsMs: readonly number[];
  /** What ending a command and its shell may take in all. */
  readonly cleanUpMs: number;
}

/** A shell on loan. */
export interface Lease {
  readonly shellId: string;
  /** It has run a command before: it may have ended since without our knowing. */
  readonly used: boolean;
}

interface IdleShell {
  readonly id: string;
  readonly kind: string;
  readonly timer: NodeJS.Timeout;
}

interface ReturningShell {
  readonly kind: string;
  readonly done: Promise<void>;
}

/** Shells of one service: made when needed, used by one command at a time, kept for the next one, deleted when idle. */
export class ShellPool {
  readonly #service: Service;
  readonly #limits: PoolLimits;
  readonly #slots: Slots;
  readonly #idle: IdleShell[] = [];
  /** Shells whose command has ended and that are about to be idle. */
  readonly #returning = new Set<ReturningShell>();
  /** Shells of ours on the host, idle or not. */
  #alive = 0;

  constructor(service: Service, limits: PoolLimits) {
    this.#service = service;
    this.#limits = limits;
    this.#slots = new Slots(limits.shells);
  }

  /** Waits for one of the places for shells and gives what leaves it again; {@link ShellPool.lease} needs one. */
  enter(signal: AbortSignal): Promise<() => void> {
    return this.#slots.enter(signal);
  }

  /** A shell of these settings, kept or new. Throws {@link WinrmError}; nothing has been started then. */
  async lease(settings: ShellSettings, signal: AbortSignal): Promise<Lease> {
    const kept = await this.#takeKept(kindOf(settings), signal);
    if (kept !== undefined) return { shellId: kept, used: true };
    // Making it goes on when the asker is gone: a shell whose id nobody learned would count against the quota.
    const making = this.#make(settings, signal);
    try {
      return { shellId: await untilAborted(making, signal), used: false };
    } catch (error) {
      if (isProblem(error, 'aborted')) making.then((id) => this.#putBack(id, settings)).catch(() => undefined);
      throw error;
    }
  }

  /** After a command has ended: gives its place in the shell back and keeps the shell for the next one. */
  async giveBack(shellId: string, settings: ShellSettings, commandId: string): Promise<void> {
    const returning = { kind: kindOf(settings), done: this.#giveBack(shellId, settings, commandId) };
    this.#returning.add(returning);
    await returning.done;
    this.#returning.delete(returning);
  }

  async #giveBack(shellId: string, settings: ShellSettings, commandId: string): Promise<void> {
    const signal = AbortSignal.timeout(this.#limits.cleanUpMs);
    const options = { operationTimeoutMs: this.#limits.operationMs, signal, repeatable: true };
    try {
      await this.#service.ask(terminateCommand(shellId, commandId), options);
      this.#putBack(shellId, settings);
    } catch {
      await this.discard(shellId);
    }
  }

  /** Ends the shell and all that runs in it. True: the host says that it is gone. Idempotent, never throws. */
  async discard(shellId: string): Promise<boolean> {
    const signal = AbortSignal.timeout(this.#limits.cleanUpMs);
    const options = { operationTimeoutMs: this.#limits.operationMs, signal, repeatable: true };
    try {
      await this.#service.ask(deleteShell(shellId), options);
      return true;
    } catch (error) {
      return isProblem(error, 'shell-gone');
    } finally {
      this.#alive -= 1;
    }
  }

  /** Deletes the shells nobody uses. */
  async close(): Promise<void> {
    const idle = this.#idle.splice(0);
    for (const { timer } of idle) clearTimeout(timer);
    await Promise.all(idle.map(({ id }) => this.discard(id)));
  }

  async #make(settings: ShellSettings, signal: AbortSignal): Promise<string> {
    for (const wait of this.#limits.quotaWaitsMs) {
      try {
        return await this.#create(settings);
      } catch (error) {
        if (!isProblem(error, 'quota')) throw error;
        await this.close();
        await pause(wait, signal);
      }
    }
    return this.#create(settings);
  }

  async #create(settings: ShellSettings): Promise<string> {
    const { operationMs, shellIdleMs, cleanUpMs, shells } = this.#limits;
    // An idle shell of another kind makes room for a new one.
    const [oldest] = this.#idle;
    if (this.#alive >= shells && oldest) await this.discard(this.#remove(oldest));
    const signal = AbortSignal.timeout(operationMs + cleanUpMs);
    const options = { operationTimeoutMs: operationMs, signal, repeatable: true };
    const id = shellIdIn(await this.#service.ask(createShell(settings, 3 * shellIdleMs), options));
    this.#alive += 1;
    return id;
  }

  /** An idle shell, or one that is about to be: waiting for it takes no longer than making one. */
  async #takeKept(kind: string, signal: AbortSignal): Promise<string | undefined> {
    const ofKind = (shell: { readonly kind: string }): boolean => shell.kind === kind;
    const coming = this.#idle.some(ofKind) ? undefined : [...this.#returning].find(ofKind);
    if (coming) {
      this.#returning.delete(coming);
      await untilAborted(coming.done, signal);
    }
    const shell = this.#idle.findLast(ofKind);
    return shell && this.#remove(shell);
  }

  #remove(shell: IdleShell): string {
    this.#idle.splice(this.#idle.indexOf(shell), 1);
    clearTimeout(shell.timer);
    return shell.id;
  }

  #putBack(id: string, settings: ShellSettings): void {
    const expire = (): void => void this.discard(this.#remove(shell));
    const timer = setTimeout(expire, this.#limits.shellIdleMs).unref();
    const shell: IdleShell = { id, kind: kindOf(settings), timer };
    this.#idle.push(shell);
  }
}

function kindOf({ env, cwd }: ShellSettings): string {
  return JSON.stringify([cwd ?? null, ...Object.entries(env).sort(([one], [other]) => (one < other ? -1 : 1))]);
}

/** Is the failure one of a shell that had ended before it got the command? */
export function isStaleShell(lease: Lease, cause: unknown): boolean {
  return lease.used && cause instanceof WinrmError && cause.problem === 'shell-gone';
}
