import { createScreenDeliveries } from '../../src/bot/platforms/terminal/deliveries.ts';
import { STORES } from '../adapters/store/scratch.ts';
import { deliveriesContract } from './deliveries.ts';

for (const [name, open] of STORES) {
  deliveriesContract(name, async () => {
    const scratch = await open();
    return { deliveries: scratch.store.deliveries, remove: () => scratch.remove() };
  });
}

deliveriesContract('the memory of one terminal', () =>
  Promise.resolve({ deliveries: createScreenDeliveries(), remove: () => Promise.resolve() }),
);
