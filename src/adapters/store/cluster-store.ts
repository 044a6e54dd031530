import { OpsError } from '../../domain/errors.ts';
import type { ClusterStore } from '../../domain/ports.ts';
import type { RehearsalReport } from '../../domain/report.ts';
import type { Run } from '../../domain/run.ts';
import type { Database } from './sql.ts';
import { sql } from './sql.ts';

/** Among so many the one on a host is looked for: roles may have been swapped since. */
const RECENT_REHEARSALS = 10;

/** Roles, sightings and rehearsals on PostgreSQL. */
export function createClusterStore(database: Database): ClusterStore {
  return {
    async roles(cluster) {
      const [row] = await database.rows<{ primary: string; standby: string }>(sql`
        select primary_host as "primary", standby_host as "standby" from zapas.cluster_roles where cluster = ${cluster}`);
      return row;
    },
    async setRoles(cluster, { primary, standby }, run) {
      // A worker that was frozen until its run was over must not undo what later runs did.
      const written = await database.rows(sql`
        insert into zapas.cluster_roles (cluster, primary_host, standby_host, run)
        select ${cluster}, ${primary}, ${standby}, ${run}
        where not exists (
          select 1 from zapas.run where id = ${run} and state in ('succeeded', 'failed', 'cancelled'))
        on conflict (cluster) do update
        set primary_host = excluded.primary_host, standby_host = excluded.standby_host, run = excluded.run,
          changed_at = clock_timestamp()
        returning cluster`);
      if (written.length === 0) throw new OpsError('run.lost-lease', { run });
    },
    async lastSighting(cluster) {
      const [row] = await database.rows<{ seen_at: Date; lsn: string; timeline: number }>(
        sql`select seen_at, lsn, timeline from zapas.sighting where cluster = ${cluster}`,
      );
      return row && { at: row.seen_at.toISOString(), lsn: row.lsn, timeline: row.timeline };
    },
    async lastRehearsal(cluster, host) {
      // Looked through here: PostgreSQL cannot take apart a document with U+0000 in a host's output.
      const rows = await database.rows<{ doc: Run }>(sql`
        select doc from zapas.run where cluster = ${cluster} and runbook = 'rehearse' and state = 'succeeded'
        order by number desc limit ${RECENT_REHEARSALS}`);
      const reports = rows.flatMap(({ doc }) => doc.reports);
      return reports.find((report): report is RehearsalReport => report.kind === 'rehearsal' && report.host === host);
    },
    async saw(cluster, { at, lsn, timeline }) {
      await database.rows(sql`
        insert into zapas.sighting (cluster, seen_at, lsn, timeline) values (${cluster}, ${at}, ${lsn}, ${timeline})
        on conflict (cluster) do update
        set seen_at = excluded.seen_at, lsn = excluded.lsn, timeline = excluded.timeline
        where sighting.seen_at <= excluded.seen_at`);
    },
  };
}
