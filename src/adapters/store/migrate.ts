import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import type { ClientConfig } from 'pg';
import { Client } from 'pg';
import { OpsError } from '../../domain/errors.ts';
import { storeFailure } from './failure.ts';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Brings the schema up to this version. Any number of processes may do it at once: one does, the others wait for it.
 *
 * Throws `store.unavailable`, or `store.migration` when the database is of a newer version or a file fails; nothing of the
 * files is kept then.
 */
export async function migrate(connection: ClientConfig): Promise<void> {
  const client = new Client({ ...connection, application_name: 'zapas migrate' });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw storeFailure(error);
  }
  try {
    await runner({
      dbClient: client,
      dir: join(import.meta.dirname, 'migrations'),
      direction: 'up',
      schema: 'zapas',
      createSchema: true,
      migrationsTable: 'migration',
      singleTransaction: true,
      advisoryLockMode: 'wait',
      logger: quiet,
    });
  } catch (error) {
    throw new OpsError('store.migration', { detail: error instanceof Error ? error.message : String(error) }, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
