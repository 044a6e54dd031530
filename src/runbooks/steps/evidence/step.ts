import { defineStep } from '../../../domain/step.ts';
import { gatherWitnesses, type Witnesses } from './gather.ts';
import { obstacle } from './obstacles.ts';
import { weigh } from './weigh.ts';

/**
 * Everything the second person needs to judge: who sees the primary, how far the standby is, what could be lost, whether the
 * old primary can be stopped. Blocks where the primary is alive or this standby must not be promoted. M25; H6, H7, H10,
 * H16, H38, H41, H42.
 */
export const failoverEvidence = defineStep<Witnesses>({
  id: 'failover.evidence',
  manual: ['M25'],
  effect: 'read',
  gather: gatherWitnesses,
  check(seen, input) {
    const blocked = obstacle(seen, input);
    return blocked ? { blocked } : 'done';
  },
  evidence: weigh,
});
