import { decide } from '../../domain/decide.ts';
import type { ErrorRef } from '../../domain/errors.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Run, RunEvent } from '../../domain/run.ts';
import { SYSTEM } from '../../domain/run.ts';
import type { ChainMark } from './audit-chain.ts';
import { isAppended } from './audit-chain.ts';
import { appendEvents } from './run-rows.ts';
import type { Database, Queries } from './sql.ts';
import { sql } from './sql.ts';

interface Outcome {
  readonly run: Run;
  readonly refused?: ErrorRef;
  /** Absent when nothing was written. */
  readonly mark?: ChainMark;
}

/** See `RunStore.apply`. */
export async function applyEvent(database: Database, id: string, event: RunEvent, fence?: string): Promise<Run> {
  const { run, refused } = await database.transaction(
    async (queries) => await outcomeOf(queries, await lockRun(queries, id, fence), event),
    // Without it a COMMIT that failed after it was carried out would be reported as a failure, and tried again.
    async ({ mark }, queries) => mark === undefined || (await isAppended(queries, mark)),
  );
  if (refused) throw new OpsError(refused.code, refused.params);
  return run;
}

/** The run as nobody else can change it until the transaction ends. */
async function lockRun(queries: Queries, id: string, fence: string | undefined): Promise<Run> {
  const [row] = await queries.rows<{ doc: Run; held: boolean }>(sql`
    select doc, ${fence ?? null}::bigint is null or coalesce(fence = ${fence ?? null} and lease_until > clock_timestamp(), false)
      as held
    from zapas.run where id = ${id} for update`);
  if (!row) throw new OpsError('input.unknown-run', { run: id });
  if (!row.held) throw new OpsError('run.lost-lease', { run: id });
  return row.doc;
}

async function outcomeOf(queries: Queries, run: Run, event: RunEvent): Promise<Outcome> {
  const decided = decide(run, event);
  if ('events' in decided) return decided.events.length > 0 ? appendEvents(queries, run, decided.events) : { run };
  const { refused } = decided;
  if (event.by.person === SYSTEM.person) return { run, refused };
  // What a person was refused is part of the story of the run, even of one that is over.
  const { at, by, type } = event;
  return { ...(await appendEvents(queries, run, [{ type: 'refused', what: type, error: refused, at, by }])), refused };
}
