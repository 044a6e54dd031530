import { errorRef } from '../../domain/errors.ts';
import type { RunStore } from '../../domain/ports.ts';
import { createRedactor } from '../../domain/redact.ts';
import type { Lane } from '../../domain/runbook.ts';
import { laneOf } from '../../domain/runbook.ts';
import type { Engine } from '../engine/advance.ts';
import type { Log } from '../engine/deps.ts';
import { reconcile } from './reconcile.ts';
import { createSlots } from './slots.ts';

export interface WorkerDeps {
  readonly engine: Engine;
  readonly runs: RunStore;
  readonly now: () => Date;
  readonly log: Log;
  readonly limits: WorkerLimits;
}

/** How much one process does at once in each lane. */
export interface WorkerLimits extends Readonly<Record<Lane, number>> {
  /** Milliseconds between two reconciliations. */
  readonly reconcileMs: number;
}

export const WORKER_LIMITS: WorkerLimits = { urgent: 8, mutating: 8, reads: 8, reconcileMs: 1_000 };

/** A process that advances runs. */
export interface Worker {
  /** Begins to reconcile. */
  start(): void;
  /**
   * Somebody says that there is something to do for this run. Settles when that has been looked at; never rejects. Never two
   * advances of one run at a time: what comes in between is looked at right after.
   */
  wake(run: string): Promise<void>;
  /**
   * Takes no more work and settles when nothing of it runs here any more. A command that is under way is waited for; detached jobs
   * go on, and the next worker follows them.
   */
  stop(): Promise<void>;
}

/** A worker over this engine; start it with {@link Worker.start}. */
export function createWorker({ engine, runs, now, log, limits }: WorkerDeps): Worker {
  const shutdown = new AbortController();
  const slots = {
    urgent: createSlots(limits.urgent),
    mutating: createSlots(limits.mutating),
    reads: createSlots(limits.reads),
  };
  const active = new Map<string, Promise<void>>();
  const again = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let sweep: Promise<void> | undefined;

  const advance = async (id: string): Promise<void> => {
    const run = await runs.load(id);
    if (!run) return;
    await slots[laneOf(run)].run(async () => {
      if (!shutdown.signal.aborted) await engine.advance(id, shutdown.signal);
    });
  };
  const attend = async (id: string): Promise<void> => {
    do {
      again.delete(id);
      try {
        await advance(id);
      } catch (error) {
        log.warn({ run: id, ...inShort(error) }, 'advance failed; it is tried again');
      }
    } while (again.has(id) && !shutdown.signal.aborted);
    active.delete(id);
  };
  const wake = (id: string): Promise<void> => {
    if (shutdown.signal.aborted) return Promise.resolve();
    const running = active.get(id);
    if (running) {
      again.add(id);
      return running;
    }
    const begun = attend(id);
    active.set(id, begun);
    return begun;
  };
  const tick = async (): Promise<void> => {
    try {
      for (const id of await reconcile(runs, now, log)) if (!active.has(id)) void wake(id);
    } catch (error) {
      log.warn(inShort(error), 'reconciliation failed; it is tried again');
    } finally {
      sweep = undefined;
    }
  };
  return {
    wake,
    start() {
      timer ??= setInterval(() => {
        sweep ??= tick();
      }, limits.reconcileMs);
    },
    async stop() {
      clearInterval(timer);
      shutdown.abort();
      await sweep;
      await Promise.all(active.values());
    },
  };
}

function inShort(error: unknown): { readonly code: string; readonly detail: string } {
  return { code: errorRef(error).code, detail: createRedactor().text(String(error)) };
}
