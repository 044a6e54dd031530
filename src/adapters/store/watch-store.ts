import type { ClientConfig } from 'pg';
import type { Point, Sample } from '../../domain/watch.ts';
import { pointOf } from '../../domain/watch.ts';
import type { Alert } from '../../domain/watch-alert.ts';
import type { WatchStore } from '../../domain/watch-store.ts';
import type { Announced } from './run-watch.ts';
import { watchChanges } from './run-watch.ts';
import type { Database, Queries } from './sql.ts';
import { sql } from './sql.ts';

const ALERTS: Announced = {
  channel: 'zapas_alert',
  changedSince: `select id from zapas.alert where state <> 'pending' and changed_at > $1::timestamptz - $2 * interval '1 second'`,
};

/** What the watch remembers, on PostgreSQL. */
export function createWatchStore(database: Database, connection: () => ClientConfig): WatchStore {
  return {
    async keep(sample) {
      await database.transaction(async (queries) => {
        await queries.rows(sql`
          insert into zapas.watch_latest (cluster, at, doc)
          values (${sample.cluster}, ${sample.at}, ${JSON.stringify(sample)}::json)
          on conflict (cluster) do update set at = excluded.at, doc = excluded.doc where watch_latest.at < excluded.at`);
        await queries.rows(sql`
          insert into zapas.watch_point (cluster, at, doc)
          values (${sample.cluster}, ${sample.at}, ${JSON.stringify(pointOf(sample))}::json) on conflict do nothing`);
      });
    },
    latest: (cluster) =>
      docs<Sample>(
        database.rows(sql`
        select doc from zapas.watch_latest where ${cluster ?? null}::text is null or cluster = ${cluster ?? null}
        order by cluster`),
      ),
    history: (cluster, since, grain) =>
      docs<Point>(
        database.rows(
          grain === 'hour'
            ? sql`
                select distinct on (date_trunc('hour', at)) doc from zapas.watch_point
                where cluster = ${cluster} and at >= ${since} order by date_trunc('hour', at), at`
            : sql`select doc from zapas.watch_point where cluster = ${cluster} and at >= ${since} order by at`,
        ),
      ),
    openAlerts: (cluster) =>
      docs<Alert>(
        database.rows(sql`
        select doc from zapas.alert
        where state = 'open' and (${cluster ?? null}::text is null or cluster = ${cluster ?? null}) order by number`),
      ),
    alertsBetween: (cluster, from, to) =>
      docs<Alert>(
        database.rows(sql`
        select doc from zapas.alert
        where cluster = ${cluster} and state <> 'pending' and (doc ->> 'firstSeenAt')::timestamptz <= ${to}
          and (state = 'open' or (doc ->> 'closedAt')::timestamptz >= ${from})
        order by (doc ->> 'firstSeenAt')::timestamptz, number`),
      ),
    newestAlerts: (cluster) =>
      docs<Alert>(
        database.rows(sql`
        select distinct on (subject) doc from zapas.alert where cluster = ${cluster} order by subject, number desc`),
      ),
    async alert(id) {
      const [found] = await docs<Alert>(database.rows(sql`select doc from zapas.alert where id = ${id}`));
      return found;
    },
    putAlert: (alert, version) =>
      database.transaction(
        async (queries) => {
          const written = await write(queries, alert, version);
          if (written && alert.state !== 'pending')
            await queries.rows(sql`select pg_notify(${ALERTS.channel}, ${alert.id})`);
          return written;
        },
        // Without it a COMMIT that failed after it was carried out would be taken for somebody quicker.
        async (written, queries) => !written || (await isWritten(queries, alert)),
      ),
    async dropAlert(id, version) {
      const gone = await database.rows(sql`
        delete from zapas.alert where id = ${id} and version = ${version} and state = 'pending' returning id`);
      return gone.length === 1;
    },
    watchAlerts: (onChange) => watchChanges(connection, ALERTS, onChange),
    async forget({ fine, all }) {
      await database.rows(sql`
        delete from zapas.watch_point as old
        where at < ${all} or (at < ${fine} and exists (
          select from zapas.watch_point as earlier
          where earlier.cluster = old.cluster and earlier.at < old.at and earlier.at >= ${all} and earlier.at >= date_trunc('hour', old.at)))`);
      await database.rows(sql`delete from zapas.alert where state = 'closed' and changed_at < ${all}`);
    },
  };
}

async function docs<Doc>(rows: Promise<readonly { readonly doc: Doc }[]>): Promise<readonly Doc[]> {
  return (await rows).map(({ doc }) => doc);
}

/** Compare and set. */
async function write(queries: Queries, alert: Alert, version: number): Promise<boolean> {
  const { id, cluster, subject, state } = alert;
  const doc = JSON.stringify(alert);
  const written =
    version === 0
      ? await queries.rows(sql`
          insert into zapas.alert (id, cluster, subject, state, version, doc)
          values (${id}, ${cluster}, ${subject}, ${state}, ${alert.version}, ${doc}::json)
          on conflict do nothing returning id`)
      : await queries.rows(sql`
          update zapas.alert as mine
          set state = ${state}, version = ${alert.version}, doc = ${doc}::json, changed_at = clock_timestamp()
          where id = ${id} and version = ${version} and not exists (
            select from zapas.alert as other
            where other.cluster = mine.cluster and other.subject = mine.subject and other.id <> mine.id
              and other.state <> 'closed')
          returning id`);
  return written.length === 1;
}

async function isWritten(queries: Queries, { id, version }: Alert): Promise<boolean> {
  const rows = await queries.rows(sql`select 1 from zapas.alert where id = ${id} and version = ${version}`);
  return rows.length === 1;
}
