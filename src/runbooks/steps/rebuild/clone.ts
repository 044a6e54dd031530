import type { Ask, Change, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { setAside } from '../../acts/place.ts';
import { databaseExtent, type Tablespace } from '../../facts/database.ts';
import { isDead } from '../evidence/gather.ts';
import { askPrimary, askTarget, type ClonePlace, type Judgement } from '../pair.ts';
import { diskStep } from '../preflight/disk.ts';
import { configureStep, putInPlaceStep } from '../setup/activate.ts';
import { cloneDirectoryStep, cloneStep, verifyCloneStep } from '../setup/clone.ts';
import { slotStep } from '../setup/slot.ts';
import { askRebuilding, decide, placesOf, type Rebuilding } from './way.ts';

/** The data directory's place as the steps of a setup see it: what is to be set aside, or was, is not in their way. */
async function askPlace(ask: Ask, input: StepInput): Promise<ClonePlace> {
  const [target, seen] = await Promise.all([askTarget(ask, input), askRebuilding(ask, input)]);
  return { ...target, judged: judge(seen, input) };
}

function judge(seen: Rebuilding, input: StepInput): Judgement {
  if (decide(seen, input).way !== 'clone') return 'ours';
  return seen.place.kind === 'cluster' && seen.setAside ? 'ours' : 'free';
}

interface AsideFacts {
  readonly seen: Rebuilding;
  readonly tablespaces: readonly Tablespace[];
}

/** For a new copy the old data directory is kept under a name of its own, until a person lets it go. H31, H35. */
export const rebuildSetAside = defineStep<AsideFacts>({
  id: 'rebuild.set-aside',
  manual: [],
  effect: 'disruptive',
  async gather(ask, input) {
    const seen = await askRebuilding(ask, input);
    const { server } = await askPrimary(ask, input);
    const { tablespaces } = await ask.fact(input.primary.id, databaseExtent, { server });
    return { seen, tablespaces };
  },
  check({ seen }, input): Check {
    const { place } = seen;
    if (decide(seen, input).way !== 'clone' || place.kind === 'absent' || place.kind === 'empty') return 'done';
    if (seen.setAside) return 'done';
    const { cluster, standby } = input;
    const params = { host: standby.id, path: cluster.dataDir };
    if (place.mountPoint)
      return { blocked: { code: 'data-directory.occupied', params: { ...params, detail: 'mountPoint' } } };
    if (place.kind !== 'other') return 'needed';
    return {
      blocked: { code: 'data-directory.occupied', params: { ...params, detail: place.entries.slice(0, 5).join(', ') } },
    };
  },
  apply({ seen, tablespaces }, input): readonly Change[] {
    const { real } = seen.place;
    const { aside } = placesOf(input, real);
    const spaces = tablespaces.flatMap(({ location, oid }) => [location, `${location}.old-${input.run}`, oid]);
    return [setAside(input.standby, { place: real, aside, spaces })];
  },
  verify: ({ seen }, input) =>
    decide(seen, input).way === 'clone' && seen.setAside && (!seen.old.ok || isDead(seen.old.value.server)),
});

export const rebuildDisk = diskStep('rebuild.disk', askPlace);
export const rebuildSlot = slotStep('rebuild.slot', askPlace);
export const rebuildCloneDirectory = cloneDirectoryStep('rebuild.clone-directory', askPlace);
export const rebuildClone = cloneStep('rebuild.clone', askPlace);
export const rebuildVerifyClone = verifyCloneStep('rebuild.verify-clone', askPlace);
export const rebuildConfigureClone = configureStep('rebuild.configure-clone', askPlace);
export const rebuildPutInPlace = putInPlaceStep('rebuild.put-in-place', askPlace);
