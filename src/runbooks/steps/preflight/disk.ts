import type { ErrorRef } from '../../../domain/errors.ts';
import type { Step, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { databaseExtent, type Extent } from '../../facts/database.ts';
import { type Volume, volume } from '../../facts/files.ts';
import { finding } from '../findings.ts';
import { type AskPlace, askPrimary, askTarget, judgePlace } from '../pair.ts';
import { slotBoundMegabytes } from '../setup/slot-bound.ts';

const MEGABYTE = 1024 * 1024;
/** What a copy may grow by while it is made: a tenth, and some segments of WAL. */
const GROWTH = 1.1;
const WAL_MARGIN = 256 * MEGABYTE;

interface Facts {
  readonly extent: Extent;
  /** The copy is there already. */
  readonly copied: boolean;
  /** Volumes of the standby with what the copy will put there. */
  readonly needs: readonly Need[];
  readonly primary: Volume;
}

interface Need {
  readonly path: string;
  readonly volume: Volume;
  readonly bytes: number;
}

/**
 * There is room on the right volumes: on the standby for the databases, their WAL and each tablespace, on the primary for the
 * WAL that the slot may keep back. M14, H13, H35, H36.
 */
export function diskStep(id: Step['id'], askPlace: AskPlace): Step {
  return defineStep<Facts>({
    id,
    manual: ['M14'],
    effect: 'read',
    async gather(ask, input) {
      const { cluster, primary, standby } = input;
      const { server } = await askPrimary(ask, input);
      const [extent, target, ownVolume] = await Promise.all([
        ask.fact(primary.id, databaseExtent, { server }),
        askPlace(ask, input),
        ask.fact(primary.id, volume, { path: cluster.dataDir }),
      ]);
      const spaces = extent.tablespaces.map(({ location, bytes }) => ({ path: location, bytes }));
      const elsewhere = spaces.reduce((sum, { bytes }) => sum + bytes, 0);
      const own = { path: cluster.dataDir, bytes: Math.max(0, extent.databaseBytes - elsewhere) + extent.walBytes };
      const places = [{ ...own, bytes: own.bytes + WAL_MARGIN }, ...spaces];
      const volumes = await Promise.all(places.map(({ path }) => ask.fact(standby.id, volume, { path })));
      const needs = byVolume(places.map((place, index) => ({ ...place, volume: volumes[index] ?? ownVolume })));
      return { extent, copied: judgePlace(target, input) === 'ours', needs, primary: ownVolume };
    },
    check(facts, input) {
      const problem = problemOf(facts, input);
      return problem ? { blocked: problem } : 'done';
    },
    findings(facts, { primary, standby, cluster }) {
      const { copied, needs } = facts;
      const room = needs.map(({ volume, path, bytes }) => {
        const params = { path, needed: copied ? 0 : megabytes(bytes), free: megabytes(volume.availableBytes) };
        return finding('disk.space', copied || bytes <= volume.availableBytes ? 'ok' : 'failed', params, standby.id);
      });
      const bound = slotBoundMegabytes(facts.primary.availableBytes);
      const params = { path: cluster.dataDir, needed: bound ?? 0, free: megabytes(facts.primary.availableBytes) };
      return [...room, finding('disk.space', bound === undefined ? 'failed' : 'ok', params, primary.id)];
    },
  });
}

export const preflightDisk = diskStep('preflight.disk', askTarget);

/** What goes to one volume is added up. */
function byVolume(needs: readonly Need[]): readonly Need[] {
  const mounts = new Map<string, Need>();
  for (const need of needs) {
    const before = mounts.get(need.volume.mount);
    const bytes = Math.ceil(need.bytes * GROWTH);
    mounts.set(need.volume.mount, before ? { ...before, bytes: before.bytes + bytes } : { ...need, bytes });
  }
  return [...mounts.values()];
}

function problemOf({ copied, needs, primary }: Facts, input: StepInput): ErrorRef | undefined {
  const short = copied ? undefined : needs.find(({ volume, bytes }) => bytes > volume.availableBytes);
  if (short) {
    const { path, bytes, volume } = short;
    const params = { path, needed: megabytes(bytes), free: megabytes(volume.availableBytes) };
    return { code: 'disk.full', params: { host: input.standby.id, ...params } };
  }
  if (slotBoundMegabytes(primary.availableBytes) !== undefined) return undefined;
  const params = { path: input.cluster.dataDir, needed: 512, free: megabytes(primary.availableBytes) };
  return { code: 'disk.full', params: { host: input.primary.id, ...params } };
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / MEGABYTE);
}
