import { defineStep } from '../../../domain/step.ts';
import { finding } from '../findings.ts';
import { askTarget, judgePlace, type Target } from '../pair.ts';

/**
 * The standby's data directory is free, or holds a standby of this very primary. Anything else is somebody's and is left alone.
 * M14, H31.
 */
export const preflightDataDirectory = defineStep<Target>({
  id: 'preflight.data-directory',
  manual: ['M14'],
  effect: 'read',
  gather: askTarget,
  check(target, input) {
    const judgement = judgePlace(target, input);
    return typeof judgement === 'string' ? 'done' : judgement;
  },
  findings(target, input) {
    const judgement = judgePlace(target, input);
    const { dataDir } = input.cluster;
    const leftovers = target.place.clones.filter((path) => path !== target.clonePath).length;
    const state = typeof judgement === 'string' ? judgement : 'occupied';
    const verdict = state === 'occupied' ? 'failed' : leftovers > 0 ? 'warning' : 'ok';
    return [finding('data-directory', verdict, { path: dataDir, state, leftovers }, input.standby.id)];
  },
});
