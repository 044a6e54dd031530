import type { FindingId } from './findings.ts';
import type { Finding } from './step.ts';
import type { Condition, ConditionId, Point, Sample, WatchSettings } from './watch.ts';
import { findAll } from './watch-judge.ts';

/** What a failover rests on, and the conditions that spoil it. Ids are never renamed. */
const ITEMS = {
  standby: ['standby.unreachable', 'standby.absent', 'standby.down', 'hot-standby.off'],
  streaming: ['standby.not-streaming', 'link.cut', 'lag.receive'],
  replay: ['replay.paused', 'lag.replay'],
  slot: ['slot.lost', 'slot.bound'],
  timeline: ['timeline.differs'],
  parameters: ['parameters.low'],
  version: ['version.minor'],
  disk: ['disk.full', 'disk.low', 'disk.filling'],
  certificate: ['certificate.expires'],
  service: ['service.disabled'],
} as const satisfies Readonly<Record<string, readonly ConditionId[]>>;
export type ReadinessId = keyof typeof ITEMS;

/** With one of these a failover would not work, or not keep what the standby has. */
const BLOCKING: ReadonlySet<ConditionId> = new Set<ConditionId>([
  ...ITEMS.standby,
  'replay.paused',
  'timeline.differs',
  'parameters.low',
  'disk.full',
]);

export interface ReadinessItem {
  readonly id: ReadinessId;
  readonly verdict: 'ok' | 'red' | 'unknown';
  readonly conditions: readonly Condition[];
}

/** Would a failover work now? */
export interface Readiness {
  /** `no`: something would stop it. `limited`: it would work, at a price. `unknown`: nobody can tell. */
  readonly verdict: 'yes' | 'limited' | 'no' | 'unknown';
  readonly fine: number;
  readonly items: readonly ReadinessItem[];
}

/** The readiness of the standby by the newest sample; what is wrong with the primary is no part of it. */
export function readiness(sample: Sample, history: readonly Point[], now: Date, settings: WatchSettings): Readiness {
  const subjects = findAll(sample, history, now, settings);
  // Each server needs room and certificates, but only the standby's count when it has to take over.
  const own = subjects.filter(({ subject }) => !subject.endsWith(`:${sample.primary.host}`) && subject !== 'primary');
  const conditions = own.flatMap((one) => one.conditions);
  const silent = sample.standby.error !== undefined || !sample.standby.server?.live;
  const items = Object.entries(ITEMS).map(([id, spoilers]): ReadinessItem => {
    const ids: readonly ConditionId[] = spoilers;
    const red = conditions.filter((one) => ids.includes(one.id));
    const untold = id !== 'standby' && (silent || isUntold(id as ReadinessId, sample));
    return { id: id as ReadinessId, verdict: red.length > 0 ? 'red' : untold ? 'unknown' : 'ok', conditions: red };
  });
  const red = items.flatMap((item) => item.conditions);
  const verdict = red.some(({ id }) => BLOCKING.has(id)) ? 'no' : red.length > 0 ? 'limited' : 'yes';
  return { verdict, fine: items.filter((item) => item.verdict === 'ok').length, items };
}

function isUntold(id: ReadinessId, sample: Sample): boolean {
  switch (id) {
    case 'streaming':
      return sample.streaming === null;
    case 'replay':
      return sample.replay === null || sample.lag.replayBytes === null;
    case 'slot':
      return !sample.primary.server?.live;
    case 'timeline':
    case 'version':
      return !sample.primary.server?.live;
    case 'parameters':
      return sample.parameters === null;
    case 'disk':
      return sample.standby.disk === undefined;
    case 'certificate':
      return sample.standby.certificates.length === 0;
    case 'service':
      return sample.standby.starts === undefined;
    case 'standby':
      return false;
  }
}

/** The findings of a status that tell of the same. */
const FINDINGS: Readonly<Record<ReadinessId, readonly FindingId[]>> = {
  standby: ['standby.role', 'hot-standby'],
  streaming: ['streaming'],
  replay: ['replay', 'lag'],
  slot: ['slot.state'],
  timeline: ['timeline'],
  parameters: ['parameters'],
  version: ['version.minor'],
  disk: ['disk.space'],
  certificate: ['certificate.expiry'],
  service: ['service.start-mode'],
};
/** Failed, they stop a failover. */
const BLOCKING_FINDINGS: ReadonlySet<FindingId> = new Set<FindingId>([
  'standby.role',
  'hot-standby',
  'replay',
  'timeline',
  'parameters',
]);

/** The same by what a status run found just now; `standby` is its host. What mends a red item stands with the finding. */
export function readinessBy(
  findings: readonly Finding[],
  standby: string,
): Omit<Readiness, 'items'> & { readonly all: number } {
  // Each server needs room and certificates, but only the standby's count when it has to take over.
  const own = findings.filter(({ id, host }) => host === standby || host === undefined || id === 'slot.state');
  const all = Object.values(FINDINGS).map((ids) => own.filter(({ id }) => ids.includes(id)));
  const items = all.filter((found) => found.length > 0);
  const fine = items.filter((found) => found.every(({ verdict }) => verdict === 'ok')).length;
  const red = own.filter(({ id, verdict }) => isRed(verdict) && Object.values(FINDINGS).flat().includes(id));
  const blocked = red.some(
    ({ id, verdict }) => BLOCKING_FINDINGS.has(id) && (verdict === 'failed' || id === 'hot-standby'),
  );
  const silent = items.length === 0 || own.some(({ id, verdict }) => id === 'standby.role' && verdict === 'unknown');
  const verdict = silent ? 'unknown' : blocked ? 'no' : red.length > 0 ? 'limited' : 'yes';
  return { verdict, fine, all: items.length };
}

function isRed(verdict: Finding['verdict']): boolean {
  return verdict === 'failed' || verdict === 'warning';
}
