import { OpsError } from '../../domain/errors.ts';
import type { Progress, RunStore } from '../../domain/ports.ts';
import type { Run } from '../../domain/run.ts';
import { RUN_CHANNEL } from './run-rows.ts';
import type { Database } from './sql.ts';
import { sql } from './sql.ts';

type Leases = Pick<RunStore, 'claim' | 'renew' | 'release' | 'due' | 'overdueGates' | 'setProgress' | 'progress'>;

/** Who may write to a run, what waits for a worker, and how far the running step is. All time is the database's. */
export function createRunLeases(database: Database): Leases {
  return {
    async claim(id, owner, ttlMs) {
      const [row] = await database.rows<{ doc: Run; fence: string }>(sql`
        update zapas.run
        set fence = nextval('zapas.fence'), owner = ${owner},
          lease_until = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
        where id = ${id} and state = 'ready' and (lease_until is null or lease_until < clock_timestamp())
        returning doc, fence::text`);
      return row && { run: row.doc, fence: row.fence };
    },
    async renew(id, fence, ttlMs) {
      const [row] = await database.rows<{ stop_asked: boolean }>(sql`
        update zapas.run set lease_until = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
        where id = ${id} and fence = ${fence} and lease_until > clock_timestamp() returning stop_asked`);
      return { held: row !== undefined, stopAsked: row?.stop_asked ?? false };
    },
    async release(id, fence, wakeMs) {
      await database.rows(sql`
        update zapas.run
        set fence = null, owner = null, lease_until = null,
          wake_at = clock_timestamp() + ${wakeMs} * interval '1 millisecond'
        where id = ${id} and fence = ${fence}`);
    },
    async due() {
      const rows = await database.rows<{ id: string }>(sql`
        select id from zapas.run
        where state = 'ready' and wake_at <= clock_timestamp() and (lease_until is null or lease_until < clock_timestamp())
        order by priority, number`);
      return rows.map(({ id }) => id);
    },
    overdueGates: () =>
      database.rows<{ id: string; number: number }>(sql`
        select gate.run as id, gate.number from zapas.gate join zapas.run on run.id = gate.run
        where gate.verdict is null and not gate.expired and gate.expires_at <= clock_timestamp() and run.state = 'waiting'
        order by gate.expires_at`),
    async setProgress(id, fence, progress) {
      const written = await database.rows(sql`
        insert into zapas.progress (run, doc)
        select id, ${JSON.stringify(progress)}::json from zapas.run
        where id = ${id} and fence = ${fence} and lease_until > clock_timestamp()
        on conflict (run) do update set doc = excluded.doc, changed_at = clock_timestamp()
        returning pg_notify(${RUN_CHANNEL}, run)`);
      if (written.length === 0) throw new OpsError('run.lost-lease', { run: id });
    },
    async progress(id) {
      const [row] = await database.rows<{ doc: Progress }>(sql`select doc from zapas.progress where run = ${id}`);
      return row?.doc;
    },
  };
}
