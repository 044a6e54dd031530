import type { Cadence, Producer } from './backend.ts';

/** What is looked at again and again, by whichever worker is free. Kept in the queue, so it may be lost: set it now and then. */
export interface Timetable {
  /** Makes the timetable this one and no other; what is as it should be is not touched. Rejects when the queue is away. */
  set(cadences: readonly Cadence[]): Promise<void>;
  /** Once more, soon and out of turn. Asked twice before that it comes once. Never waits, never throws. */
  soon(id: string, delayMs: number): void;
  /** Calls `attend` for all that is due, at most so many at once, until it is closed. Closing does not wait for `attend`. */
  start(attend: (id: string) => Promise<void>, concurrency: number): { close(): Promise<void> };
}

/** Nothing of it is worth keeping; the next turn comes anyway. */
const GONE_WHEN_DONE = { removeOnComplete: true, removeOnFail: true, priority: 1 } as const;

export function createTimetable(producer: Producer, start: Timetable['start']): Timetable {
  return {
    async set(cadences) {
      const there = new Map((await producer.schedules()).map((cadence) => [cadence.id, cadence]));
      const wanted = new Set(cadences.map(({ id }) => id));
      for (const cadence of cadences) {
        if (!isSame(there.get(cadence.id), cadence)) await producer.schedule(cadence, GONE_WHEN_DONE);
      }
      for (const id of there.keys()) if (!wanted.has(id)) await producer.unschedule(id);
    },
    soon(id, delay) {
      const options = { ...GONE_WHEN_DONE, delay, deduplication: { id } };
      void producer.add({ id }, options).catch(() => undefined);
    },
    start,
  };
}

function isSame(one: Cadence | undefined, { everyMs, offsetMs }: Cadence): boolean {
  return one !== undefined && one.everyMs === everyMs && one.offsetMs === offsetMs;
}
