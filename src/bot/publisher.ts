import { createOutlet } from './outlet.ts';
import type { Place } from './platform.ts';
import type { Press, PublisherDeps } from './press.ts';
import { isIdle, learn, ring, topicOf, touch, writeMessage, wrote } from './press.ts';
import { createSaver } from './saver.ts';
import { createTurnstile } from './turnstile.ts';

/**
 * Keeps messages as the state of what they are about is. Whatever happens in between, the newest state wins and the last one is always
 * shown. What there should be is written down before it is sent, so a restart goes on with the same messages.
 */
export interface Publisher {
  /** From now on this run's messages stand at that place. Settles when that is written down; throws what the store throws. */
  follow(run: string, place: Place): Promise<void>;
  /** Something about the run or alert may have changed. Never waits. */
  changed(subject: string): void;
  /** Goes on with the messages of the process before. Throws what the store throws. */
  resume(): Promise<void>;
  /** Settles when everything that was due is shown. */
  settled(): Promise<void>;
  /** Shows everything as it is now, for a few seconds at most, then no more. */
  stop(): Promise<void>;
}

/** A run is looked at no more often than that, unless a platform is quicker. */
const LOOK_MS = 500;
/** Of the store's connections, most are for what people do. */
const LOOKS_AT_ONCE = 3;
const STOP_MS = 3_000;

export function createPublisher(deps: PublisherDeps): Publisher {
  const { platforms, deliveries, warn } = deps;
  const press: Press = {
    deps,
    topics: new Map(),
    messages: new Map(),
    outlets: new Map(),
    waiting: [],
    turn: createTurnstile(LOOKS_AT_ONCE),
    lookMs: Math.min(LOOK_MS, ...platforms.map(({ can }) => can.editMs)),
    saver: createSaver({ deliveries, warn, rested: () => ring(press) }),
    stopping: false,
  };
  for (const platform of platforms) {
    const outlet = createOutlet({
      platform,
      write: (key) => writeMessage(press, platform, key),
      wrote: (key, error) => wrote(press, key, error),
      warn,
    });
    press.outlets.set(platform.id, outlet);
  }
  return {
    async follow(run, place) {
      const rows = await deliveries.want(run, [{ subject: run, ...place, card: `run:${run}` }]);
      const topic = topicOf(press, run);
      learn(press, topic, rows);
      touch(press, topic);
    },
    changed(subject) {
      if (!press.stopping) touch(press, topicOf(press, subject));
    },
    async resume() {
      for (const subject of await deliveries.open()) {
        const topic = topicOf(press, subject);
        topic.resumed = true;
        touch(press, topic);
      }
    },
    settled: () => settled(press),
    async stop() {
      press.stopping = true;
      for (const topic of press.topics.values()) touch(press, topic);
      await Promise.race([settled(press), patience()]);
      for (const outlet of press.outlets.values()) outlet.close();
      for (const { timer } of press.topics.values()) clearTimeout(timer);
      press.saver.close();
    },
  };
}

async function settled(press: Press): Promise<void> {
  if (isIdle(press)) return;
  await new Promise<void>((resolve) => press.waiting.push(resolve));
}

async function patience(): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, STOP_MS).unref();
  });
}
