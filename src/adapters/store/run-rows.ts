import type { Gate, Run, RunEvent } from '../../domain/run.ts';
import { evolve } from '../../domain/run.ts';
import type { ChainMark } from './audit-chain.ts';
import { appendAudit } from './audit-chain.ts';
import type { Queries } from './sql.ts';
import { sql } from './sql.ts';

/** Channel on which every change of a run is announced, with its id. */
export const RUN_CHANNEL = 'zapas_run';

/** What became of a run in one transaction. */
export interface Written {
  readonly run: Run;
  readonly mark: ChainMark;
}

/**
 * Writes what the events make of the run: its row, its gates, the audit chain, and the announcement. The caller's transaction holds
 * the row's lock.
 */
export async function appendEvents(queries: Queries, before: Run, events: readonly RunEvent[]): Promise<Written> {
  // What JSON does not keep, the store does not: the caller gets what the next reader will.
  const kept: readonly RunEvent[] = JSON.parse(JSON.stringify(events));
  const run = kept.reduce(evolve, before);
  await queries.rows(sql`
    update zapas.run
    set doc = ${JSON.stringify(run)}::json, state = ${run.state}, version = ${run.version},
      stop_asked = ${run.stopAsked !== undefined}, changed_at = clock_timestamp(),
      wake_at = case when state <> 'ready' and ${run.state}::text = 'ready' then clock_timestamp() else wake_at end
    where id = ${run.id}`);
  for (const event of kept) await writeGate(queries, run, event);
  return { run, mark: await announce(queries, run.id, kept) };
}

/** Records what happened to a run in the audit chain and announces it. */
export async function announce(queries: Queries, run: string, events: readonly RunEvent[]): Promise<ChainMark> {
  await queries.rows(sql`select pg_notify(${RUN_CHANNEL}, ${run})`);
  return await appendAudit(queries, run, events);
}

async function writeGate(queries: Queries, run: Run, event: RunEvent): Promise<void> {
  if (event.type === 'gate-opened') await openGate(queries, run, event.gate);
  if (event.type === 'gate-decided') {
    const { verdict, by, at } = event.decision;
    await closeGate(
      queries.rows(sql`
        update zapas.gate
        set verdict = ${verdict}, decided_by = ${by.person}, decided_on = ${by.platform}, decided_at = ${at}
        where run = ${run.id} and number = ${event.number} returning number`),
    );
  }
  if (event.type === 'gate-expired') {
    await closeGate(
      queries.rows(sql`
        update zapas.gate set expired = true where run = ${run.id} and number = ${event.number} returning number`),
    );
  }
}

async function openGate(queries: Queries, run: Run, gate: Gate): Promise<void> {
  await queries.rows(sql`
    insert into zapas.gate (run, number, kind, step, plan_hash, requested_by, opened_at, expires_at)
    values (${run.id}, ${gate.number}, ${gate.kind}, ${gate.step}, ${gate.planHash}, ${run.requester.person},
      ${gate.openedAt}, ${gate.expiresAt})`);
}

async function closeGate(update: Promise<readonly object[]>): Promise<void> {
  if ((await update).length !== 1) throw new Error('a gate of the run has no row');
}
