import { randomUUID } from 'node:crypto';
import { createScreenDeliveries } from '../../src/bot/platforms/terminal/deliveries.ts';
import { STORES } from '../adapters/store/scratch.ts';
import { deliveriesContract } from './deliveries.ts';
import { begin } from './run-store.ts';

for (const [name, open] of STORES) {
  deliveriesContract(name, async () => {
    const scratch = await open();
    const { store } = scratch;
    return {
      deliveries: store.deliveries,
      run: async () => (await begin(store)).id,
      remove: () => scratch.remove(),
    };
  });
}

deliveriesContract('the memory of one terminal', () =>
  Promise.resolve({
    deliveries: createScreenDeliveries(),
    run: () => Promise.resolve(randomUUID()),
    remove: () => Promise.resolve(),
  }),
);
