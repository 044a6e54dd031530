import type { KeyObject } from 'node:crypto';
import type { Store } from '../adapters/store/open-store.ts';
import { createBot } from '../bot/bot.ts';
import { openLinkBook } from '../bot/link-book.ts';
import type { BotMetrics } from '../bot/metrics.ts';
import { NO_METRICS } from '../bot/metrics.ts';
import type { ChatPlatform } from '../bot/platform.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { Log } from '../jobs/engine/deps.ts';
import type { WakeUpQueues } from '../jobs/queue/queue.ts';
import { RUNBOOKS } from '../runbooks/registry.ts';

/** What a bot process is made of. */
export interface BotParts {
  readonly store: Store;
  readonly queues: Pick<WakeUpQueues, 'wakeUps'>;
  readonly inventory: Inventory;
  /** The Ed25519 key that signs approvals; no worker has it. */
  readonly signingKey: KeyObject;
  /** The platforms it serves, not yet started; none is fine, too: then it only keeps links up to date. */
  readonly platforms: readonly ChatPlatform[];
  readonly metrics?: BotMetrics;
  readonly log: Log;
}

/**
 * Starts the bot: the only place where chat platforms, store and signing key meet. It has no host credential. `stop` returns when
 * nothing runs here any more; what was not shown yet is shown by the next start.
 */
export async function startBot(parts: BotParts): Promise<{ stop(): Promise<void> }> {
  const { store, queues, inventory, signingKey, platforms, log } = parts;
  const links = await openLinkBook(store.links, () => inventory);
  const bot = createBot({
    inventory: () => links.inventory(),
    links,
    runs: store.runs,
    audit: store.audit,
    watch: store.watch,
    deliveries: store.deliveries,
    runbooks: RUNBOOKS,
    signingKey,
    now: () => new Date(),
    wake: queues.wakeUps,
    platforms,
    metrics: parts.metrics ?? NO_METRICS,
    warn: (fields, message) => log.warn(fields, message),
    onMissing: (key, names) => log.warn({ key, names }, 'a text lacks a value'),
  });
  await bot.start();
  return {
    async stop() {
      await bot.stop();
      links.close();
    },
  };
}
