import { join } from 'node:path';
import type { Store } from '../adapters/store/open-store.ts';
import { openStore } from '../adapters/store/open-store.ts';
import { loadInventory } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { WakeUpQueues } from '../jobs/queue/queue.ts';
import { openQueues } from '../jobs/queue/queue.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createLogger } from '../telemetry/logger.ts';

/** What bot and worker share: the inventory, the store and the queue. */
export interface Base {
  readonly settings: Settings;
  readonly inventory: Inventory;
  readonly store: Store;
  readonly queues: WakeUpQueues;
  readonly log: Logger;
  close(): Promise<void>;
}

/** Opens what both processes need. Throws `config.invalid` and the store's errors. */
export async function openBase(settings: Settings): Promise<Base> {
  const log = createLogger(settings.logLevel);
  const inventory = await loadInventory(settings.inventoryPath);
  const { databaseUrl, redisUrl } = settings;
  const store = await openStore({ dataDir: join(settings.dataDir, 'store'), ...(databaseUrl && { databaseUrl }) });
  try {
    const queues = await openQueues(redisUrl === undefined ? { pool: store.queuePool } : { redisUrl }, log);
    return {
      settings,
      inventory,
      store,
      queues,
      log,
      async close() {
        await queues.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
