import { defineStep } from '../../../domain/step.ts';
import { TRIPWIRE } from '../../acts/leftovers.ts';
import { startServer } from '../../acts/server.ts';
import { startServiceAndWait } from '../../acts/service-start.ts';
import { isPrimary } from '../failover/promote.ts';
import { isGenerated, unlock } from './follow.ts';
import { askBoth, type BothServers } from './pair.ts';

/**
 * Before the promotion: the primary is the primary again, as it was. It is started whatever became of its stop. Never beside a standby
 * that has been promoted after all.
 */
export const switchoverPutBack = defineStep<BothServers>({
  id: 'switchover.put-back',
  manual: [],
  effect: 'disruptive',
  gather: askBoth,
  check(both, { standby }) {
    if (isPrimary(both.standby))
      return { blocked: { code: 'standby.already-promoted', params: { host: standby.id, timeline: 0 } } };
    return isAsBefore(both) ? 'done' : 'needed';
  },
  apply({ unit }, input) {
    const { cluster, primary } = input;
    const byService = startServiceAndWait(primary, cluster, unit);
    return [...unlock(unit, input), unit.exists ? byService : startServer(primary, cluster, unit)];
  },
  verify: isAsBefore,
});

function isAsBefore({ primary, unit }: BothServers): boolean {
  const starts = !unit.exists || isGenerated(unit) || unit.enabled;
  return isPrimary(primary) && starts && !primary.files.includes(TRIPWIRE);
}
