import type { FigureStore, Figures } from '../../domain/figures.ts';
import type { RunState } from '../../domain/run.ts';
import type { Database } from './sql.ts';
import { sql } from './sql.ts';

/**
 * Counts on PostgreSQL. The audit trail only grows, so each reading goes on where the one before ended. Its events are told by their
 * text, because the database cannot look into JSON that holds U+0000; quotes inside values are escaped, so no value looks like a key.
 */
export function createFigureStore(database: Database): FigureStore {
  const events: Events = { seen: '0', done: 0, unchanged: 0, failed: 0, refused: 0 };
  return {
    async read() {
      await countNew(database, events);
      const [runs, [unattended], approvals] = await Promise.all([
        database.rows<{ state: RunState; count: string }>(sql`select state, count(*) from zapas.run group by state`),
        database.rows<{ count: string }>(sql`
          select count(*) from zapas.run
          where state = 'ready' and wake_at <= clock_timestamp()
            and (lease_until is null or lease_until <= clock_timestamp())`),
        database.rows<{ outcome: 'open' | 'granted' | 'rejected' | 'expired'; count: string }>(sql`
          select case when expired then 'expired' else coalesce(verdict, 'open') end as outcome, count(*)
          from zapas.gate where kind = 'approve' group by outcome`),
      ]);
      const { done, unchanged, failed, refused } = events;
      return {
        runs: { ...NO_RUNS, ...Object.fromEntries(runs.map(({ state, count }) => [state, Number(count)])) },
        unattended: Number(unattended?.count ?? 0),
        steps: { done, unchanged, failed },
        approvals: {
          ...NO_APPROVALS,
          ...Object.fromEntries(approvals.map(({ outcome, count }) => [outcome, Number(count)])),
          refused,
        },
      };
    },
  };
}

const NO_RUNS: Figures['runs'] = {
  queued: 0,
  ready: 0,
  waiting: 0,
  attention: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
};
const NO_APPROVALS: Figures['approvals'] = { open: 0, granted: 0, rejected: 0, expired: 0, refused: 0 };

interface Events {
  /** The last entry that was counted. */
  seen: string;
  done: number;
  unchanged: number;
  failed: number;
  refused: number;
}

async function countNew(database: Database, events: Events): Promise<void> {
  const [row] = await database.rows<Record<keyof Events, string>>(sql`
    with entry as (
      select number, event::text as text from zapas.audit where number > ${events.seen}
    ), finished as (
      select number, text like '%"unchanged":true%' as unchanged from entry where text like '%"type":"step-finished"%'
    )
    select
      coalesce((select max(number) from entry), ${events.seen}::bigint) as seen,
      (select count(*) from finished where not unchanged) as done,
      (select count(*) from finished where unchanged) as unchanged,
      (select count(*) from entry where text like '%"type":"step-failed"%') as failed,
      (select count(*) from entry where text like '%"type":"refused"%' and text like '%"what":"approve"%') as refused`);
  if (!row || BigInt(row.seen) <= BigInt(events.seen)) return;
  events.seen = row.seen;
  for (const name of ['done', 'unchanged', 'failed', 'refused'] as const) events[name] += Number(row[name]);
}
