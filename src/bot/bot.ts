import type { Card } from '../domain/card.ts';
import type { Delivery, DeliveryStore } from '../domain/delivery.ts';
import { errorRef } from '../domain/errors.ts';
import type { WatchStore } from '../domain/watch-store.ts';
import { createAlertSource } from './alert-source.ts';
import { goneCard } from './cards/notices.ts';
import type { RouterDeps } from './desk.ts';
import { guarded } from './guard.ts';
import { insist } from './insist.ts';
import type { BotMetrics } from './metrics.ts';
import type { Account, Attachment, ChatPlatform, Handlers, Place } from './platform.ts';
import type { Publisher } from './publisher.ts';
import { createPublisher } from './publisher.ts';
import { undelivered } from './report.ts';
import type { Router } from './router.ts';
import { createRouter } from './router.ts';
import { createRunSource } from './run-source.ts';
import type { Source } from './source.ts';
import { createSummarySource } from './summary-source.ts';
import type { Turnstile } from './turnstile.ts';
import { createTurnstile } from './turnstile.ts';

export interface BotDeps extends Omit<RouterDeps, 'prefix'> {
  readonly platforms: readonly ChatPlatform[];
  readonly deliveries: DeliveryStore;
  readonly watch: RouterDeps['watch'] & Pick<WatchStore, 'watchAlerts'>;
  /** An SVG as PNG. */
  readonly paint: (svg: string) => Uint8Array;
  readonly metrics: BotMetrics;
  readonly warn: (fields: object, message: string) => void;
}

/** People on any number of platforms, and what they are told about runs. */
export interface Bot {
  /**
   * Catches up with what happened meanwhile and opens the platforms. Settles when each is open or failed for the first time; those
   * are tried again while the others work. Throws what the store throws.
   */
  start(): Promise<void>;
  /** Shows what is due, for a few seconds at most, and closes the platforms. Whatever is left is for the next start. */
  stop(): Promise<void>;
}

/** A start waits so long for a slow platform. */
const OPEN_MS = 10_000;
/** An answer that came late, and a run that could not be followed yet, are tried for so long. */
const LATE_MS = 600_000;
/** The store has few connections; whoever waits for one longer than people wait would be refused. */
const ACTS_AT_ONCE = 6;
/** A platform that does not close in time is left behind. */
const CLOSE_MS = 5_000;

interface Office {
  readonly deps: BotDeps;
  readonly router: Router;
  readonly sources: readonly Source[];
  readonly publisher: Publisher;
  readonly turn: Turnstile;
  readonly stopping: AbortSignal;
}

/** The bot over its platforms. Starts and stops once. */
export function createBot(deps: BotDeps): Bot {
  const { platforms, deliveries, metrics, warn } = deps;
  const router = createRouter({ ...deps, prefix: '/zapas' });
  const watching = { ...deps, prefix: '/zapas' } as const;
  const sources: readonly Source[] = [
    createRunSource(deps, router),
    createAlertSource(watching),
    createSummarySource(watching),
  ];
  const publisher = createPublisher({
    platforms,
    deliveries,
    draw: async (subject, asked) => await sources.find((source) => source.owns(subject))?.draw(subject, asked),
    report: (gone) => report(office, gone),
    metrics,
    warn,
  });
  const stopping = new AbortController();
  const office: Office = {
    deps,
    router,
    sources,
    publisher,
    turn: createTurnstile(ACTS_AT_ONCE),
    stopping: stopping.signal,
  };
  let stopWatching: readonly (() => Promise<void>)[] = [];
  return {
    async start() {
      stopWatching = await Promise.all(sources.map((source) => source.watch((subject) => publisher.changed(subject))));
      await publisher.resume();
      const current = await Promise.all(sources.map((source) => source.current()));
      for (const subject of new Set(current.flat())) publisher.changed(subject);
      await Promise.all(platforms.map((platform) => open(office, platform)));
    },
    async stop() {
      stopping.abort();
      await Promise.all(stopWatching.map((stop) => stop()));
      await publisher.stop();
      await Promise.all(platforms.map((platform) => close(office, platform)));
    },
  };
}

/** Opens a platform, however long it takes; settles when it is open, when it failed for the first time, or is slow. */
async function open(office: Office, platform: ChatPlatform): Promise<void> {
  const { deps, stopping } = office;
  const handlers = handlersFor(office, platform);
  await new Promise<void>((resolve) => {
    const opened = insist(stopping, Number.POSITIVE_INFINITY, async () => {
      try {
        await platform.start(handlers);
      } catch (error) {
        deps.warn({ platform: platform.id, error: String(error) }, 'a platform could not be opened; it is tried again');
        resolve();
        throw error;
      }
    });
    void opened.then(() => resolve());
    setTimeout(resolve, OPEN_MS).unref();
  });
}

async function close({ deps }: Office, platform: ChatPlatform): Promise<void> {
  const late = new Promise<void>((resolve) => {
    setTimeout(resolve, CLOSE_MS).unref();
  });
  try {
    await Promise.race([platform.stop(), late]);
  } catch (error) {
    deps.warn({ platform: platform.id, error: String(error) }, 'a platform did not close in order');
  }
}

function handlersFor(office: Office, platform: ChatPlatform): Handlers {
  const { deps, router, publisher, stopping } = office;
  return guarded(router, {
    platform,
    metrics: deps.metrics,
    turn: office.turn,
    slow: (who) => cardOf(router.refusal(who, { code: 'bot.slow', params: {} })),
    failed(who, error) {
      deps.warn({ platform: platform.id, error: String(error) }, 'something a person did could not be carried out');
      return cardOf(router.refusal(who, errorRef(error)));
    },
    later: (who, place, cards) => void tellLater(office, platform, { who, place, cards }),
    hand: (who, place, files) => void handOver(office, platform, { who, place, files }),
    async follow(run, place) {
      try {
        await publisher.follow(run, place);
      } catch {
        // The run is there; where it is to be shown is written down as soon as the store is back.
        void insist(stopping, LATE_MS, () => publisher.follow(run, place));
      }
    },
  });
}

function cardOf({ cards }: { readonly cards: readonly Card[] }): Card {
  const [card] = cards;
  if (!card) throw new Error('a refusal without a card');
  return card;
}

async function tellLater(
  { deps, stopping }: Office,
  platform: ChatPlatform,
  { who, place, cards }: { readonly who: Account; readonly place: Place; readonly cards: readonly Card[] },
): Promise<void> {
  for (const card of cards) {
    const told = await insist(stopping, LATE_MS, () => platform.notice(who, place, card));
    if (!told) deps.warn({ platform: platform.id }, 'a late answer could not be told');
  }
}

/** Hands files to whoever asked for them; what cannot be handed over is told. */
async function handOver(
  office: Office,
  platform: ChatPlatform,
  { who, place, files }: { readonly who: Account; readonly place: Place; readonly files: readonly Attachment[] },
): Promise<void> {
  const { deps, router, stopping } = office;
  for (const file of files) {
    if (await insist(stopping, LATE_MS, () => platform.hand(who, place, file))) continue;
    deps.warn({ platform: platform.id, file: file.name }, 'a file could not be handed over');
    const { cards } = router.refusal(who, undelivered(file, platform.id));
    await tellLater(office, platform, { who, place, cards });
  }
}

/**
 * Tells whoever asked for a run that a message of it is gone: on the platform where they asked, else wherever they can be met.
 * Throws what the store throws.
 */
async function report({ deps, router }: Office, { subject, platform: where }: Delivery): Promise<void> {
  const run = await deps.runs.load(subject);
  if (!run) return;
  const person = deps.inventory().people[run.requester.person];
  const accounts: Readonly<Record<string, string | undefined>> = person?.accounts ?? {};
  const rows = await deps.deliveries.want(subject, []);
  const first = deps.platforms.toSorted(
    (one, other) => rank(run.requester.platform, one) - rank(run.requester.platform, other),
  );
  for (const platform of first) {
    const account = accounts[platform.id];
    const row =
      rows.find((one) => one.platform === platform.id && one.state === 'shown') ??
      rows.find((one) => one.platform === platform.id);
    if (account === undefined || !row) continue;
    const context = router.contextFor(person?.language ?? 'pl', run.site);
    const place: Place = { platform: platform.id, channel: row.channel };
    try {
      await platform.notice({ platform: platform.id, account, kind: 'member' }, place, goneCard(context, run, where));
      return;
    } catch (error) {
      deps.warn({ platform: platform.id, error: String(error) }, 'a person could not be told that a message is gone');
    }
  }
}

function rank(asked: string, { id }: ChatPlatform): number {
  return id === asked ? 0 : 1;
}
