import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card } from '../../src/domain/card.ts';
import type { DeliveryKey, DeliveryStore } from '../../src/domain/delivery.ts';

/** What every store of deliveries keeps to.  */
export function deliveriesContract(
  name: string,
  open: () => Promise<{
    readonly deliveries: DeliveryStore;
    remove(): Promise<void>;
  }>,
): void {
  describe(`deliveries in ${name}`, () => {
    let world: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      world = await open();
    });
    afterAll(async () => await world.remove());

    /** One message of a run of its own, wanted. */
    const wanted = async () => {
      const run = newRun();
      const [delivery] = await world.deliveries.want(run, [key(run)]);
      if (!delivery) throw new Error('nothing was wanted');
      return { run, delivery };
    };

    it('begins as wanted, and stays as it is when it is wanted again', async () => {
      const { run, delivery } = await wanted();
      expect(delivery).toEqual({ ...key(run), state: 'wanted', round: 1, reported: false, final: false });
      await world.deliveries.save({ ...delivery, state: 'shown', message: '17.1' });
      expect(await world.deliveries.want(run, [key(run)])).toMatchObject([{ state: 'shown', message: '17.1' }]);
    });

    it('gives back what was kept, to the character', async () => {
      const { run, delivery } = await wanted();
      const shown: Card = {
        id: delivery.card,
        rev: 7,
        tone: 'failure',
        title: 'zażółć \u0000 \ud83d\udd25 <!channel> $(…)',
        blocks: [{ kind: 'log', title: 'l', lines: ['a\u202eb'] }],
        buttons: [],
        fallback: '',
      };
      const kept = {
        ...delivery,
        state: 'shown',
        round: 3,
        message: 'm',
        publishedAt: new Date(1_764_000_000_123).toISOString(),
        shown,
        reported: true,
        final: true,
      } as const;
      await world.deliveries.save(kept);
      expect(await world.deliveries.want(run, [])).toEqual([kept]);
    });

    it('tells the same card at two places apart, and one run from another', async () => {
      const { run } = await wanted();
      const other = await wanted();
      const places = [key(run), key(run, { channel: 'C2' }), key(run, { platform: 'discord' })];
      expect(await world.deliveries.want(run, places)).toHaveLength(3);
      expect(await world.deliveries.want(other.run, [])).toHaveLength(1);
    });

    it('wants a message once when eight ask for it at the same moment', async () => {
      const run = newRun();
      await Promise.all(Array.from({ length: 8 }, () => world.deliveries.want(run, [key(run)])));
      expect(await world.deliveries.want(run, [])).toHaveLength(1);
    });

    it('knows the runs whose messages may still change: one that is gone for good does not', async () => {
      const { run, delivery } = await wanted();
      const both = await world.deliveries.want(run, [key(run, { card: `result:${run}` })]);
      expect(both).toHaveLength(2);
      const [one, two] = both;
      if (!one || !two) throw new Error('two were wanted');
      await world.deliveries.save({ ...one, state: 'shown', message: 'm', final: true });
      expect(await world.deliveries.open()).toContain(run);
      await world.deliveries.save({ ...two, state: 'gone', final: true });
      expect(await world.deliveries.open()).not.toContain(run);
      expect(delivery.final).toBe(false);
    });

    it('keeps nothing of a message that nobody wanted', async () => {
      const { run, delivery } = await wanted();
      await expect(world.deliveries.save({ ...delivery, card: randomUUID() })).rejects.toThrow('nobody wanted');
      expect(await world.deliveries.want(run, [])).toHaveLength(1);
    });
  });
}

function newRun(): string {
  return randomUUID().slice(0, 8);
}

function key(run: string, over: Partial<DeliveryKey> = {}): DeliveryKey {
  return { subject: run, platform: 'slack', channel: 'C1', card: `run:${run}`, ...over };
}
