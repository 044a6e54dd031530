import type { RunFilter, RunStore } from '../../domain/ports.ts';
import type { Run, RunEvent } from '../../domain/run.ts';
import { SYSTEM, startRun } from '../../domain/run.ts';
import { URGENCY } from '../../domain/runbook.ts';
import { refusedBy } from './failure.ts';
import { announce, appendEvents } from './run-rows.ts';
import type { Database, Queries } from './sql.ts';
import { sql } from './sql.ts';

const LIST_LIMIT = 100;

interface DocRow {
  readonly doc: Run;
}

/** How runs begin and are found. */
export function createRunRequests(database: Database): Pick<RunStore, 'request' | 'load' | 'list' | 'admit'> {
  const load = async (id: string): Promise<Run | undefined> => {
    const [row] = await database.rows<DocRow>(sql`select doc from zapas.run where id = ${id}`);
    return row?.doc;
  };
  return {
    load,
    async request(event) {
      const created = await database.transaction((queries) => insertRun(queries, event));
      if (!created) return { run: await runAsked(database, event.asked), created: false };
      // The request stands; should the store go away now, the next reconciliation lets the run in.
      const admitted = created.mutating ? await admit(database, created.cluster).catch(() => []) : [];
      return { run: admitted.includes(created.id) ? ((await load(created.id)) ?? created) : created, created: true };
    },
    async list(filter) {
      const rows = await database.rows<DocRow>(listing(filter));
      return rows.map(({ doc }) => doc);
    },
    admit: () => admit(database, null),
  };
}

function listing({ cluster, states, limit }: RunFilter): ReturnType<typeof sql> {
  return sql`
    select doc from zapas.run
    where (${cluster ?? null}::text is null or cluster = ${cluster ?? null})
      and (${states ?? null}::text[] is null or state = any (${states ?? null}::text[]))
    order by number desc limit ${limit ?? LIST_LIMIT}`;
}

/** The new run; undefined when this was asked before. A read waits for nobody: it is ready at once. */
async function insertRun(queries: Queries, event: RunEvent & { type: 'requested' }): Promise<Run | undefined> {
  const requested: typeof event = JSON.parse(JSON.stringify(event));
  const run = startRun(requested);
  const inserted = await queries.rows(sql`
    insert into zapas.run (id, asked, runbook, cluster, site, requester, mutating, priority, state, version, doc)
    values (${run.id}, ${run.asked}, ${run.runbook}, ${run.cluster}, ${run.site}, ${run.requester.person}, ${run.mutating},
      ${URGENCY[run.runbook]}, ${run.state}, ${run.version}, ${JSON.stringify(run)}::json)
    on conflict (asked) do nothing returning id`);
  if (inserted.length === 0) return undefined;
  await announce(queries, run.id, [requested]);
  if (run.mutating) return run;
  return (await appendEvents(queries, run, [{ type: 'admitted', at: event.at, by: SYSTEM }])).run;
}

async function runAsked(queries: Queries, asked: string): Promise<Run> {
  const [row] = await queries.rows<DocRow>(sql`select doc from zapas.run where asked = ${asked}`);
  if (!row) throw new Error('a run that was asked for before is gone');
  return row.doc;
}

/** Lets the most urgent queued run of each free cluster in, or of one cluster. */
async function admit(database: Database, cluster: string | null): Promise<readonly string[]> {
  const candidates = await database.rows<{ id: string }>(sql`
    select id from (
      select distinct on (cluster) id, priority, number from zapas.run queued
      where state = 'queued' and mutating and (${cluster}::text is null or cluster = ${cluster})
        and not exists (
          select 1 from zapas.run active
          where active.cluster = queued.cluster and active.mutating and active.state in ('ready', 'waiting', 'attention'))
      order by cluster, priority, number) next
    order by priority, number`);
  const admitted: string[] = [];
  for (const { id } of candidates) if (await admitOne(database, id)) admitted.push(id);
  return admitted;
}

async function admitOne(database: Database, id: string): Promise<boolean> {
  try {
    return await database.transaction(async (queries) => {
      const [row] = await queries.rows<DocRow & { readonly now: Date }>(sql`
        select doc, clock_timestamp() as now from zapas.run where id = ${id} and state = 'queued' for update`);
      if (!row) return false;
      await appendEvents(queries, row.doc, [{ type: 'admitted', at: row.now.toISOString(), by: SYSTEM }]);
      return true;
    });
  } catch (error) {
    // Somebody else let another run of this cluster in at the same moment.
    if (refusedBy(error, 'run_cluster_lock')) return false;
    throw error;
  }
}
