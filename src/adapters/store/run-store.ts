import type { ClientConfig } from 'pg';
import type { RunStore } from '../../domain/ports.ts';
import { applyEvent } from './run-apply.ts';
import { createRunLeases } from './run-leases.ts';
import { createRunRequests } from './run-requests.ts';
import { watchRuns } from './run-watch.ts';
import type { Database } from './sql.ts';

/** Runs on PostgreSQL. `connection` tells where the server is now; {@link RunStore.watch} has a connection of its own. */
export function createRunStore(database: Database, connection: () => ClientConfig): RunStore {
  return {
    ...createRunRequests(database),
    ...createRunLeases(database),
    apply: (id, event, fence) => applyEvent(database, id, event, fence),
    watch: (onChange) => watchRuns(connection, onChange),
  };
}
