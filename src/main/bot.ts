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
import { keepDuty } from './duty.ts';
import type { Web } from './web.ts';
import { createWeb } from './web.ts';

/** What a bot process is made of. */
export interface BotParts {
  readonly store: Store;
  readonly queues: Pick<WakeUpQueues, 'wakeUps' | 'waiting'>;
  readonly inventory: Inventory;
  /** The Ed25519 key that signs approvals; no worker has it. */
  readonly signingKey: KeyObject;
  /** The platforms it serves, not yet started; none is fine, too: then it only keeps links up to date. */
  readonly platforms: readonly ChatPlatform[];
  readonly version: string;
  readonly log: Log;
}

/** A bot that serves people until it is stopped, or waits for another process of the office that does. */
export interface RunningBot {
  /** See {@link Web.keyUrl}; absent without a web server, and while another process serves. */
  readonly keyUrl?: Web['keyUrl'];
  stop(): Promise<void>;
}

/** Messages that were shown for the last time so long ago are thrown away. */
const KEPT_DAYS = 90;
const TIDY_EVERY_MS = 3_600_000;

/**
 * Starts the bot: the only place where chat platforms, store and signing key meet. It has no host credential. Of several processes one
 * serves; when it is gone the next one does. `stop` returns when nothing runs here any more; what was not shown yet is shown by the
 * next start.
 */
export async function startBot(parts: BotParts): Promise<RunningBot> {
  const duty = await keepDuty(parts.store.roles, () => serve(parts), parts.log);
  const { keyUrl } = duty.serving ?? {};
  return { ...(keyUrl && { keyUrl }), stop: () => duty.stop() };
}

async function serve(parts: BotParts): Promise<RunningBot> {
  const { store, queues, inventory, signingKey, platforms, version, log } = parts;
  const links = await openLinkBook(store.links, () => inventory);
  const named = (): Inventory => links.inventory();
  const { web: settings } = inventory.platforms;
  const web = settings && createWeb({ settings, version, store, queues, inventory: named, platforms, log });
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
  try {
    await web?.start();
    await bot.start();
  } catch (error) {
    // It may be begun once more in this process.
    await web?.stop();
    await bot.stop();
    links.close();
    throw error;
  }
  const tidying = tidyUp(store, log);
  return {
    ...(web && { keyUrl: (account: string) => web.keyUrl(account) }),
    async stop() {
      clearInterval(tidying);
      await web?.stop();
      await bot.stop();
      links.close();
    },
  };
}

/** Throws old messages away, now and again and again. */
function tidyUp({ housekeeping }: Store, log: Log): NodeJS.Timeout {
  const tidy = async (): Promise<void> => {
    try {
      const gone = await housekeeping.prune(KEPT_DAYS);
      if (gone > 0) log.info({ gone }, 'old messages were thrown away');
    } catch (error) {
      log.warn({ error: String(error) }, 'old messages could not be thrown away');
    }
  };
  void tidy();
  return setInterval(() => void tidy(), TIDY_EVERY_MS).unref();
}
