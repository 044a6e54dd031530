import type { Card } from '../domain/card.ts';
import type { ChatPlatform, MessageRef, Place } from './platform.ts';
import { PlatformError } from './platform.ts';

/** What there should be on the screens about a run, see `cardsOf`; `over` when nothing of it will change any more. */
export interface Drawing {
  readonly cards: readonly Card[];
  readonly over: boolean;
}

export interface PublisherDeps {
  readonly platform: Pick<ChatPlatform, 'can' | 'publish' | 'update'>;
  /** Draws from the state as it is now. Undefined: there is no such run. */
  readonly draw: (run: string) => Promise<Drawing | undefined>;
  readonly warn: (fields: object, message: string) => void;
}

/**
 * Keeps the messages of runs as their state is. Whatever happens in between, the newest state wins; the last one is always shown.
 */
export interface Publisher {
  /** From now on this run's messages stand at that place. Settles when they stand there for the first time. */
  follow(run: string, place: Place): Promise<void>;
  /** Something about the run may have changed. Never waits. */
  changed(run: string): void;
  /** Settles when everything that was due is shown. */
  settled(): Promise<void>;
  /** Shows everything as it is now, then no more. */
  stop(): Promise<void>;
}

/** A wait after a failure that nobody said how long to wait for. */
const RETRY_MS = 2_000;

interface Shown {
  readonly ref: MessageRef;
  readonly card: Card;
}

interface Follower {
  readonly run: string;
  readonly place: Place;
  readonly shown: Map<string, Shown | 'gone'>;
  due: boolean;
  busy: Promise<void> | undefined;
  nextAt: number;
}

export function createPublisher({ platform, draw, warn }: PublisherDeps): Publisher {
  const followers = new Map<string, Follower>();
  const stopping = new AbortController();

  const keep = (follower: Follower): Promise<void> => (follower.busy ??= work(follower));
  const work = async (follower: Follower): Promise<void> => {
    while (follower.due) {
      await pause(follower.nextAt - Date.now(), stopping.signal);
      follower.due = false;
      try {
        if (await show(follower)) followers.delete(keyOf(follower));
      } catch (error) {
        warn({ run: follower.run, error: String(error) }, 'a message could not be shown; it is tried again');
        follower.due = !stopping.signal.aborted;
        follower.nextAt = Date.now() + retryAfter(error);
        continue;
      }
      follower.nextAt = Date.now() + platform.can.editMs;
    }
    follower.busy = undefined;
  };
  /** True when the run is over and all of it is shown. */
  const show = async (follower: Follower): Promise<boolean> => {
    const drawing = await draw(follower.run);
    if (!drawing) return true;
    for (const card of retired(follower, drawing.cards)) await place(follower, card);
    for (const card of drawing.cards) await place(follower, card);
    return drawing.over;
  };
  const place = async ({ place: where, shown }: Follower, card: Card): Promise<void> => {
    const before = shown.get(card.id);
    if (before === 'gone') return;
    try {
      if (!before) shown.set(card.id, { ref: await platform.publish(where, card, card.id), card });
      else if (before.card.rev <= card.rev && looks(before.card) !== looks(card)) {
        await platform.update(before.ref, card);
        shown.set(card.id, { ref: before.ref, card });
      }
    } catch (error) {
      if (!(error instanceof PlatformError) || error.kind !== 'gone') throw error;
      shown.set(card.id, 'gone');
    }
  };
  return {
    async follow(run, where) {
      const key = keyOf({ run, place: where });
      const follower = followers.get(key) ?? {
        run,
        place: where,
        shown: new Map(),
        due: true,
        busy: undefined,
        nextAt: 0,
      };
      followers.set(key, follower);
      follower.due = true;
      await keep(follower);
    },
    changed(run) {
      for (const follower of followers.values()) {
        if (follower.run !== run) continue;
        follower.due = true;
        void keep(follower);
      }
    },
    async settled() {
      await Promise.all([...followers.values()].flatMap(({ busy }) => busy ?? []));
    },
    async stop() {
      for (const follower of followers.values()) follower.due = true;
      stopping.abort();
      await Promise.all([...followers.values()].map((follower) => keep(follower)));
      followers.clear();
    },
  };
}

/** Messages that stand but are no longer drawn: the question of an earlier gate. They lose their buttons. */
function retired({ shown }: Follower, cards: readonly Card[]): readonly Card[] {
  const drawn = new Set(cards.map(({ id }) => id));
  return [...shown.values()].flatMap((one) => {
    if (one === 'gone' || drawn.has(one.card.id) || one.card.buttons.length === 0) return [];
    return [{ ...one.card, tone: 'stopped', buttons: [] } satisfies Card];
  });
}

/** What a reader sees of it; two cards that look the same need no edit. */
function looks(card: Card): string {
  return JSON.stringify({ ...card, rev: 0 });
}

function keyOf({ run, place }: Pick<Follower, 'run' | 'place'>): string {
  return `${run} ${place.platform} ${place.channel}`;
}

function retryAfter(error: unknown): number {
  return error instanceof PlatformError && error.kind === 'rate-limited' ? error.retryAfterMs : RETRY_MS;
}

/** An abort ends the wait. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
