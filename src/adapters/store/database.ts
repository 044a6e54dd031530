import { setTimeout as pause } from 'node:timers/promises';
import type { PoolClient, PoolConfig } from 'pg';
import { Pool } from 'pg';
import { storeFailure } from './failure.ts';
import type { Database, Queries, Sql } from './sql.ts';

/** How long a COMMIT of unknown outcome is asked after: a server that crashed is back by then, or nobody can tell. */
const CONCLUDE_MS = 10_000;
const CONCLUDE_EVERY_MS = 100;

/**
 * Limits for every connection. A client that was frozen in the middle of a transaction must not keep its row locks: the server
 * ends it. Milliseconds.
 */
const LIMITS: PoolConfig = {
  connectionTimeoutMillis: 5_000,
  idle_in_transaction_session_timeout: 5_000,
  lock_timeout: 10_000,
  statement_timeout: 20_000,
  query_timeout: 25_000,
  keepAlive: true,
};

/** Opens a pool that survives whatever its connections die of. */
export function createPool(config: PoolConfig): Pool {
  const pool = new Pool(config);
  // A client emits `error` idle, checked out, and in between; each unheard one would end the process. Who uses it learns anyway.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}

/** Settings of the store's own pool. One connection stays: it shows other processes that the embedded server is in use. */
export function storePoolConfig(connection: PoolConfig): PoolConfig {
  return { ...LIMITS, ...connection, min: 1, max: 10, application_name: 'zapas' };
}

/** The store's statements over this pool. */
export function createDatabase(pool: Pool): Database {
  const database: Database = {
    rows: (statement) => query(pool, statement),
    async transaction(work, committed) {
      const client = await connect(pool);
      let result;
      try {
        await plain(client, 'begin');
        result = await work({ rows: (statement) => query(client, statement) });
      } catch (error) {
        await rollBack(client);
        throw error;
      }
      try {
        await plain(client, 'commit');
      } catch (error) {
        client.release(true);
        const asked = result;
        if (committed && (await concludes(database, (queries) => committed(asked, queries)))) return result;
        throw error;
      }
      client.release();
      return result;
    },
  };
  return database;
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw storeFailure(error);
  }
}

async function query<Row extends object>(on: Pool | PoolClient, { text, values }: Sql): Promise<readonly Row[]> {
  try {
    return (await on.query<Row>(text, [...values])).rows;
  } catch (error) {
    throw storeFailure(error);
  }
}

async function plain(client: PoolClient, text: string): Promise<void> {
  await query(client, { text, values: [] });
}

async function rollBack(client: PoolClient): Promise<void> {
  try {
    await plain(client, 'rollback');
    client.release();
  } catch {
    client.release(true);
  }
}

/** Asks the rows until the store answers. A store that stays away leaves the question open: false. */
async function concludes(database: Queries, committed: (queries: Queries) => Promise<boolean>): Promise<boolean> {
  const until = performance.now() + CONCLUDE_MS;
  while (performance.now() < until) {
    try {
      return await committed(database);
    } catch {
      await pause(CONCLUDE_EVERY_MS);
    }
  }
  return false;
}
