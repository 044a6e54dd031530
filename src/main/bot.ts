import type { KeyObject } from 'node:crypto';
import { plotPng } from '../adapters/plot/png.ts';
import type { Store } from '../adapters/store/open-store.ts';
import { createBot } from '../bot/bot.ts';
import { openLinkBook } from '../bot/link-book.ts';
import { NO_METRICS } from '../bot/metrics.ts';
import type { ChatPlatform } from '../bot/platform.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { Log } from '../jobs/engine/deps.ts';
import type { WakeUpQueues } from '../jobs/queue/queue.ts';
import { RUNBOOKS } from '../runbooks/registry.ts';
import type { Web } from './web.ts';
import { createWeb } from './web.ts';

/** What a bot process is made of. */
export interface BotParts {
  readonly store: Store;
  readonly queues: Pick<WakeUpQueues, 'wakeUps'>;
  readonly inventory: Inventory;
  /** The Ed25519 key that signs approvals; no worker has it. */
  readonly signingKey: KeyObject;
  /** The platforms it serves, not yet started; none is fine, too: then it only keeps links up to date. */
  readonly platforms: readonly ChatPlatform[];
  readonly version: string;
  readonly log: Log;
}

/** A bot that serves people until it is stopped. */
export interface RunningBot {
  /** See {@link Web.keyUrl}; absent without a web server. */
  readonly keyUrl?: Web['keyUrl'];
  stop(): Promise<void>;
}

/**
 * Starts the bot: the only place where chat platforms, store and signing key meet. It has no host credential. `stop` returns when
 * nothing runs here any more; what was not shown yet is shown by the next start.
 */
export async function startBot(parts: BotParts): Promise<RunningBot> {
  const { store, queues, inventory, signingKey, platforms, version, log } = parts;
  const links = await openLinkBook(store.links, () => inventory);
  const named = (): Inventory => links.inventory();
  const { web: settings } = inventory.platforms;
  const web = settings && createWeb({ settings, version, store, inventory: named, platforms, log });
  const bot = createBot({
    inventory: named,
    links,
    runs: store.runs,
    audit: store.audit,
    watch: store.watch,
    paint: plotPng,
    deliveries: store.deliveries,
    runbooks: RUNBOOKS,
    version,
    signingKey,
    now: () => new Date(),
    wake: queues.wakeUps,
    platforms: web ? [...platforms, web.console] : platforms,
    metrics: web?.metrics ?? NO_METRICS,
    ...(web && { openSecretForm: web.openSecretForm }),
    warn: (fields, message) => log.warn(fields, message),
    onMissing: (key, names) => log.warn({ key, names }, 'a text lacks a value'),
  });
  await web?.start();
  await bot.start();
  return {
    ...(web && { keyUrl: (account: string) => web.keyUrl(account) }),
    async stop() {
      await web?.stop();
      await bot.stop();
      links.close();
    },
  };
}
