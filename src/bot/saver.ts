import type { Delivery, DeliveryStore } from '../domain/delivery.ts';
import { pause } from './insist.ts';

/** Writes rows behind the sending: the newest of each wins, and a store that is away is waited for. */
export interface Saver {
  save(key: string, row: Delivery): void;
  /** Settles when the newest of that message is kept. */
  kept(key: string): Promise<void>;
  idle(): boolean;
  /** Tries no more. What was not kept is found out by the next process, see `Delivery.state`. */
  close(): void;
}

const RETRY_MS = 1_000;

export function createSaver({
  deliveries,
  warn,
  rested,
}: {
  readonly deliveries: DeliveryStore;
  readonly warn: (fields: object, message: string) => void;
  /** Called whenever a row was kept. */
  readonly rested: () => void;
}): Saver {
  const newest = new Map<string, Delivery>();
  const underWay = new Map<string, Promise<void>>();
  const closing = new AbortController();

  const work = async (key: string): Promise<void> => {
    for (let row = newest.get(key); row && !closing.signal.aborted; row = newest.get(key)) {
      try {
        await deliveries.save(row);
        if (newest.get(key) === row) newest.delete(key);
      } catch (error) {
        warn(
          { about: row.subject, error: String(error) },
          'what became of a message could not be kept; it is tried again',
        );
        await pause(RETRY_MS, closing.signal);
      }
    }
  };
  return {
    save(key, row) {
      newest.set(key, row);
      if (underWay.has(key)) return;
      const kept = work(key).finally(() => {
        underWay.delete(key);
        rested();
      });
      underWay.set(key, kept);
    },
    kept: async (key) => await underWay.get(key),
    idle: () => underWay.size === 0,
    close: () => closing.abort(),
  };
}
