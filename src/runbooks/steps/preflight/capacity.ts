import { defineStep } from '../../../domain/step.ts';
import { finding } from '../findings.ts';
import { askPrimary, type Primary } from '../pair.ts';
import { capacityOf } from '../setup/capacity.ts';

interface Facts {
  readonly primary: Primary;
}

/** The primary has walsenders and slots to spare for the clone and the standby; setup raises the limits if not. H37. */
export const preflightCapacity = defineStep<Facts>({
  id: 'preflight.capacity',
  manual: [],
  effect: 'read',
  gather: async (ask, input) => ({ primary: await askPrimary(ask, input) }),
  check: () => 'done',
  findings({ primary }, input) {
    const { walSenders, slots } = capacityOf(primary.live, input);
    return [
      finding('walsenders', walSenders.enough ? 'ok' : 'warning', { ...numbers(walSenders) }, input.primary.id),
      finding('slots', slots.enough ? 'ok' : 'warning', { ...numbers(slots) }, input.primary.id),
    ];
  },
});

function numbers({ limit, used, needed }: ReturnType<typeof capacityOf>['slots']) {
  return { limit, used, needed };
}
