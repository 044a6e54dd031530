import { errorRef, OpsError } from '../../domain/errors.ts';
import type { RunStore } from '../../domain/ports.ts';
import { SYSTEM } from '../../domain/run.ts';
import type { Log } from '../engine/deps.ts';

/**
 * What the queue may have forgotten: closes the gates whose time is over, lets queued runs in, and returns the ids of all runs
 * that somebody should look at now. Repeating it is harmless; every worker does it every second.
 */
export async function reconcile(runs: RunStore, now: () => Date, log: Log): Promise<readonly string[]> {
  for (const { id, number } of await runs.overdueGates()) await expire(runs, id, number, now(), log);
  const admitted = await runs.admit();
  return [...new Set([...admitted, ...(await runs.due())])];
}

async function expire(runs: RunStore, id: string, number: number, at: Date, log: Log): Promise<void> {
  try {
    await runs.apply(id, { type: 'gate-expired', number, at: at.toISOString(), by: SYSTEM });
    log.info({ run: id, gate: number }, 'gate expired');
  } catch (error) {
    // A decision, or another worker's sweep, was quicker.
    if (!(error instanceof OpsError)) throw error;
    log.info({ run: id, gate: number, code: errorRef(error).code }, 'gate was closed meanwhile');
  }
}
