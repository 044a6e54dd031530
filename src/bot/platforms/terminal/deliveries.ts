import type { Delivery, DeliveryKey, DeliveryStore } from '../../../domain/delivery.ts';

/** Deliveries of one screen: what was printed is gone with the process that printed it, so nothing of it is kept. */
export function createScreenDeliveries(): DeliveryStore {
  const subjects = new Map<string, Map<string, Delivery>>();
  const of = (subject: string): Map<string, Delivery> => {
    const known = subjects.get(subject) ?? new Map<string, Delivery>();
    subjects.set(subject, known);
    return known;
  };
  return {
    want(subject, keys) {
      const known = of(subject);
      for (const key of keys) {
        const name = nameOf(key);
        if (!known.has(name)) known.set(name, { ...key, state: 'wanted', round: 1, reported: false, final: false });
      }
      return Promise.resolve([...known.values()]);
    },
    save(delivery) {
      const known = of(delivery.subject);
      if (!known.has(nameOf(delivery))) return Promise.reject(new Error('a delivery that nobody wanted'));
      known.set(nameOf(delivery), delivery);
      return Promise.resolve();
    },
    open: () =>
      Promise.resolve(
        [...subjects]
          .filter(([, known]) => [...known.values()].some(({ final }) => !final))
          .map(([subject]) => subject),
      ),
  };
}

function nameOf({ platform, channel, card }: DeliveryKey): string {
  return `${platform} ${channel} ${card}`;
}
