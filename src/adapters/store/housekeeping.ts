import type { Database } from './sql.ts';
import { sql } from './sql.ts';

/** So many rows at once: nobody waits long for a lock. */
const BATCH = 1_000;
/** The rest is for the next time. */
const BATCHES = 20;

/** Throws away what nobody will ask for any more. */
export interface Housekeeping {
  /** Messages that were shown for the last time longer ago than so many days; gives how many. Runs and the audit trail stay. */
  prune(days: number): Promise<number>;
}

export function createHousekeeping(database: Database): Housekeeping {
  const deliveries = (days: number): Promise<readonly object[]> =>
    database.rows(sql`
      delete from zapas.delivery where ctid = any (array(
        select ctid from zapas.delivery
        where final and published_at < clock_timestamp() - ${days} * interval '1 day' limit ${BATCH})) returning 1`);
  // A message that may still change stays, however old it is.
  const messages = (days: number): Promise<readonly object[]> =>
    database.rows(sql`
      delete from zapas.board_message where id = any (array(
        select id from zapas.board_message m
        where posted_at < clock_timestamp() - ${days} * interval '1 day' and not exists (
          select from zapas.delivery d
          where d.platform = 'web' and d.message = m.id::text and not d.final)
        limit ${BATCH})) returning 1`);
  return {
    async prune(days) {
      let gone = 0;
      for (const batch of [deliveries, messages])
        for (let time = 0; time < BATCHES; time += 1) {
          const { length } = await batch(days);
          gone += length;
          if (length < BATCH) break;
        }
      return gone;
    },
  };
}
