import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Alert } from '../../src/domain/watch-alert.ts';
import type { WatchStore } from '../../src/domain/watch-store.ts';
import { sample, second } from '../domain/watches.ts';

/** What the contract is held to. */
interface WatchStoreUnderTest {
  readonly watch: WatchStore;
}

const HOUR = 3_600;

const alert = (over: Partial<Alert> = {}): Alert => ({
  id: randomUUID(),
  cluster: randomUUID(),
  site: 'clinic',
  subject: 'standby',
  state: 'open',
  version: 1,
  conditions: [],
  sightings: [],
  severity: 'warning',
  firstSeenAt: second(0),
  lastSeenAt: second(1),
  told: 1,
  bad: 2,
  good: 0,
  turning: 0,
  relapses: 0,
  held: null,
  ...over,
});

/** The specification of what the watch remembers; every store passes it. */
export function watchStoreContract(
  name: string,
  open: () => Promise<{ readonly store: WatchStoreUnderTest; remove(): Promise<void> }>,
): void {
  describe(`the watch's store on ${name}`, () => {
    let watch: WatchStore;
    let remove: () => Promise<void>;
    beforeAll(async () => {
      const opened = await open();
      ({ watch } = opened.store);
      remove = () => opened.remove();
    });
    afterAll(() => remove());

    it('has the newest sample of each cluster, whatever the order in which they arrive', async () => {
      const [one, other] = [randomUUID(), randomUUID()];
      for (const at of [1, 3, 2]) await watch.keep(sample({ cluster: one, at: second(at) }));
      await watch.keep(sample({ cluster: other, at: second(9), busy: true }));
      expect(await watch.latest(one)).toEqual([sample({ cluster: one, at: second(3) })]);
      const all = await watch.latest();
      expect(all.find(({ cluster }) => cluster === other)).toEqual(
        sample({ cluster: other, at: second(9), busy: true }),
      );
    });

    it('has a line of history for every sample, oldest first', async () => {
      const cluster = randomUUID();
      for (const at of [30, 10, 20]) await watch.keep(sample({ cluster, at: second(at) }));
      const points = await watch.history(cluster, second(20));
      expect(points.map(({ at }) => at)).toEqual([second(20), second(30)]);
      const hourly = await watch.history(cluster, second(-HOUR), 'hour');
      expect(hourly.map(({ at }) => at)).toEqual([second(10)]);
      expect(points[0]).toMatchObject({ replayBytes: 0, free: { one: 50 * 1024 ** 3, two: 50 * 1024 ** 3 } });
    });

    it('thins old history to one line an hour and forgets the oldest', async () => {
      const cluster = randomUUID();
      const times = [0, 60, HOUR, HOUR + 60, HOUR + 120, 2 * HOUR, 2 * HOUR + 60];
      for (const at of times) await watch.keep(sample({ cluster, at: second(at) }));
      await watch.forget({ all: second(30), fine: second(2 * HOUR) });
      const left = (await watch.history(cluster, second(-HOUR))).map(({ at }) => at);
      expect(left).toEqual([60, HOUR, 2 * HOUR, 2 * HOUR + 60].map(second));
    });

    it('keeps one alert of a subject, however many workers raise it at once', async () => {
      const cluster = randomUUID();
      const raised = await Promise.all(Array.from({ length: 8 }, () => watch.putAlert(alert({ cluster }), 0)));
      expect(raised.filter(Boolean)).toHaveLength(1);
      expect(await watch.openAlerts(cluster)).toHaveLength(1);
      expect(await watch.putAlert(alert({ cluster, subject: 'disk:one' }), 0)).toBe(true);
      expect(await watch.openAlerts(cluster)).toHaveLength(2);
    });

    it('lets exactly one of several changes through', async () => {
      const one = alert();
      expect(await watch.putAlert(one, 0)).toBe(true);
      const changes = await Promise.all([2, 3, 4].map((version) => watch.putAlert({ ...one, version }, 1)));
      expect(changes.filter(Boolean)).toHaveLength(1);
      const now = await watch.alert(one.id);
      expect(changes[(now?.version ?? 0) - 2]).toBe(true);
    });

    it('opens an alert that was over again only where no other took its place', async () => {
      const one = alert();
      await watch.putAlert(one, 0);
      const closed: Alert = { ...one, state: 'closed', version: 2, closedAt: second(9) };
      expect(await watch.putAlert(closed, 1)).toBe(true);
      expect(await watch.openAlerts(one.cluster)).toEqual([]);
      expect(await watch.newestAlerts(one.cluster)).toEqual([closed]);
      const other = alert({ cluster: one.cluster });
      expect(await watch.putAlert(other, 0)).toBe(true);
      expect(await watch.putAlert({ ...closed, state: 'open', version: 3 }, 2)).toBe(false);
      expect(await watch.newestAlerts(one.cluster)).toEqual([other]);
    });

    it('finds the alerts that stood in a span of time, also when a newer one of the subject came after', async () => {
      const cluster = randomUUID();
      const over = alert({ cluster, state: 'closed', firstSeenAt: second(10), closedAt: second(20) });
      const pending = alert({ cluster, subject: 'disk:one', state: 'pending', firstSeenAt: second(15) });
      const open = alert({ cluster, firstSeenAt: second(30) });
      for (const one of [open, over, pending]) await watch.putAlert(one, 0);
      const ids = async (from: number, to: number): Promise<readonly string[]> =>
        (await watch.alertsBetween(cluster, second(from), second(to))).map(({ id }) => id);
      expect(await ids(0, 9)).toEqual([]);
      expect(await ids(0, 10)).toEqual([over.id]);
      expect(await ids(20, 99)).toEqual([over.id, open.id]);
      expect(await ids(21, 99)).toEqual([open.id]);
      expect(await watch.alertsBetween(randomUUID(), second(0), second(99))).toEqual([]);
    });

    it('drops only what nobody was told of', async () => {
      const [pending, open] = [alert({ state: 'pending' }), alert()];
      for (const one of [pending, open]) await watch.putAlert(one, 0);
      expect(await watch.dropAlert(pending.id, 2)).toBe(false);
      expect(await watch.dropAlert(pending.id, 1)).toBe(true);
      expect(await watch.dropAlert(open.id, 1)).toBe(false);
      expect(await watch.alert(pending.id)).toBeUndefined();
      expect(await watch.alert(open.id)).toEqual(open);
    });

    it('announces every alert that people are told of, and no other', async () => {
      const heard: string[] = [];
      const stop = await watch.watchAlerts((id) => heard.push(id));
      const [quiet, loud] = [alert({ state: 'pending' }), alert()];
      await watch.putAlert(quiet, 0);
      await watch.putAlert(loud, 0);
      await watch.putAlert({ ...loud, state: 'closed', version: 2 }, 1);
      await vi.waitFor(() => expect(heard).toEqual([loud.id, loud.id]), { timeout: 10_000 });
      await stop();
    });
  });
}
