import type { Delivery, DeliveryKey, DeliveryStore } from '../../../domain/delivery.ts';

/** Deliveries of one screen: what was printed is gone with the process that printed it, so nothing of it is kept. */
export function createScreenDeliveries(): DeliveryStore {
  const runs = new Map<string, Map<string, Delivery>>();
  const of = (run: string): Map<string, Delivery> => {
    const known = runs.get(run) ?? new Map<string, Delivery>();
    runs.set(run, known);
    return known;
  };
  return {
    want(run, keys) {
      const known = of(run);
      for (const key of keys) {
        const name = nameOf(key);
        if (!known.has(name)) known.set(name, { ...key, state: 'wanted', round: 1, reported: false, final: false });
      }
      return Promise.resolve([...known.values()]);
    },
    save(delivery) {
      const known = of(delivery.run);
      if (!known.has(nameOf(delivery))) return Promise.reject(new Error('a delivery that nobody wanted'));
      known.set(nameOf(delivery), delivery);
      return Promise.resolve();
    },
    open: () =>
      Promise.resolve(
        [...runs].filter(([, known]) => [...known.values()].some(({ final }) => !final)).map(([run]) => run),
      ),
  };
}

function nameOf({ platform, channel, card }: DeliveryKey): string {
  return `${platform} ${channel} ${card}`;
}
