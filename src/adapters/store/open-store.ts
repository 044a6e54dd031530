import type { Pool, PoolConfig } from 'pg';
import type { MessageBoard } from '../../domain/board.ts';
import type { DeliveryStore } from '../../domain/delivery.ts';
import type { FigureStore } from '../../domain/figures.ts';
import type { LinkStore } from '../../domain/links.ts';
import type { AuditLog, ClusterStore, RunStore } from '../../domain/ports.ts';
import type { Roles } from '../../domain/roles.ts';
import type { WatchStore } from '../../domain/watch-store.ts';
import { createAuditLog } from './audit-log.ts';
import { createBoard } from './board.ts';
import { createClusterStore } from './cluster-store.ts';
import { createDatabase, createPool, storePoolConfig } from './database.ts';
import { createDeliveryStore } from './delivery-store.ts';
import type { EmbeddedServer } from './embedded/server.ts';
import { openServer } from './embedded/server.ts';
import { createFigureStore } from './figures.ts';
import type { Housekeeping } from './housekeeping.ts';
import { createHousekeeping } from './housekeeping.ts';
import { createLinkStore } from './link-store.ts';
import { migrate } from './migrate.ts';
import { createRoles } from './roles.ts';
import { createRunStore } from './run-store.ts';
import { sql } from './sql.ts';
import { createWatchStore } from './watch-store.ts';

/** How often the embedded server is looked after. */
const LOOK_AFTER_MS = 2_000;
/** BullMQ keeps one connection per worker for itself and uses a few more. */
const QUEUE_CONNECTIONS = 20;

export interface StoreOptions {
  /** A server of the administrator's own; without it the embedded one serves. */
  readonly databaseUrl?: string;
  /** Where the embedded server keeps its data. */
  readonly dataDir: string;
}

export interface Store {
  readonly runs: RunStore;
  readonly clusters: ClusterStore;
  readonly audit: AuditLog;
  readonly links: LinkStore;
  /** The messages of the web console. */
  readonly board: MessageBoard;
  /** What the metrics tell. */
  readonly figures: FigureStore;
  readonly deliveries: DeliveryStore;
  readonly watch: WatchStore;
  readonly roles: Roles;
  readonly housekeeping: Housekeeping;
  /** For the queue alone: its names resolve in the schema `bullmq`. Connects only when used. */
  readonly queuePool: Pool;
  /** Closes every connection and stops the embedded server unless another process uses it. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the store and brings its schema up to date. Throws `store.unavailable`, `store.migration` and, for the embedded server,
 * `store.binaries-missing`, `store.not-traversable`, `store.start-failed`.
 */
export async function openStore({ databaseUrl, dataDir }: StoreOptions): Promise<Store> {
  if (databaseUrl !== undefined) return await connectStore({ connectionString: databaseUrl });
  const server = await openServer(dataDir);
  try {
    return await connectStore({ ...(await server.endpoint()) }, server);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function connectStore(connection: PoolConfig, server?: EmbeddedServer): Promise<Store> {
  await migrate(connection);
  const config = storePoolConfig(connection);
  const pool = createPool(config);
  const queuePool = createPool({
    ...connection,
    options: '-c search_path=bullmq,public',
    max: QUEUE_CONNECTIONS,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: 'zapas queue',
  });
  const database = createDatabase(pool);
  await database.rows(sql`select 1`);
  const lookAfter = server && keepAlive(server, [pool, queuePool]);
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await lookAfter?.();
    await Promise.all([pool.end(), queuePool.end()]);
    await server?.stop();
  };
  const listening = (): PoolConfig => ({ ...config, ...(server && { port: pool.options.port }) });
  return {
    runs: createRunStore(database, listening),
    clusters: createClusterStore(database),
    audit: createAuditLog(database),
    links: createLinkStore(database),
    board: createBoard(database),
    figures: createFigureStore(database),
    deliveries: createDeliveryStore(database),
    watch: createWatchStore(database, listening),
    roles: createRoles(listening),
    housekeeping: createHousekeeping(database),
    queuePool,
    close: () => (closing ??= close()),
  };
}

/** Starts the embedded server again should it die under us; the pools follow it to another port. */
function keepAlive(server: EmbeddedServer, pools: readonly Pool[]): () => Promise<void> {
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    try {
      if (await server.lives()) return;
      const { port } = await server.endpoint();
      for (const pool of pools) pool.options.port = port;
    } catch {
      // It is tried again; meanwhile every question fails with `store.unavailable`.
    } finally {
      looking = undefined;
    }
  };
  const timer = setInterval(() => {
    looking ??= look();
  }, LOOK_AFTER_MS);
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
