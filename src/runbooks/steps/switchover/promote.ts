import type { Report } from '../../../domain/report.ts';
import type { Ask, Check, StepInput } from '../../../domain/step.ts';
import { attempt, defineStep } from '../../../domain/step.ts';
import { promoteServer } from '../../acts/server.ts';
import { type NotedMoment, notedMoment } from '../../facts/moment.ts';
import { timelineOf } from '../../facts/postgres.ts';
import { unsafeFiles } from '../evidence/obstacles.ts';
import { firstWriteChanges, gatherFirstWrite, type NewPrimary } from '../failover/first-write.ts';
import { isPrimary } from '../failover/promote.ts';
import { askBoth, type BothServers, markPath } from './pair.ts';
import { hasAll } from './stop.ts';

/**
 * The standby becomes the primary on a timeline of its own, whatever way the inventory has for failovers: the old primary can then be
 * told from it, and follows it. H1, H2, H3, H38.
 */
export const switchoverPromote = defineStep<BothServers>({
  id: 'switchover.promote',
  manual: ['M23'],
  effect: 'irreversible',
  gather: askBoth,
  check(both, { primary, standby }): Check {
    if (isPrimary(both.standby)) return 'done';
    if (both.standby.live?.inRecovery !== true)
      return { blocked: { code: 'standby.not-running', params: { host: standby.id, state: both.standby.state } } };
    const unsafe = unsafeFiles(both.standby, standby.id);
    if (unsafe) return { blocked: unsafe };
    // While the primary lives this is but the plan; afterwards it is the last look before there is no way back.
    const { state, control } = both.primary;
    if (both.primary.live || hasAll(both)) return 'needed';
    return { blocked: { code: 'switchover.not-clean', params: { host: primary.id, state: control?.state ?? state } } };
  },
  apply: (_both, { standby, cluster }) => [promoteServer(standby, cluster)],
  verify: ({ standby }) => isPrimary(standby) && standby.histories.at(-1) === timelineOf(standby),
});

interface Written extends NewPrimary {
  readonly stop: NotedMoment | undefined;
}

/**
 * As after a failover; the outage is counted from the moment the old primary was told to stop, by its host's clock, set against the new
 * one's. M23, M25.
 */
export const switchoverFirstWrite = defineStep<Written>({
  id: 'switchover.first-write',
  manual: ['M23', 'M25'],
  effect: 'reversible',
  async gather(ask: Ask, input) {
    const args = { path: markPath(input), askedAt: ask.now().toISOString() };
    const [found, stop] = await Promise.all([
      gatherFirstWrite(ask, input),
      attempt(ask.fact(input.primary.id, notedMoment, args)),
    ]);
    return { ...found, stop: stop.ok ? stop.value : undefined };
  },
  check: ({ writtenAt }) => (writtenAt === undefined ? 'needed' : 'done'),
  apply: firstWriteChanges,
  report: outage,
});

function outage({ server, writtenAt, stop }: Written, _input: StepInput): Report | undefined {
  if (writtenAt === undefined) return undefined;
  const begun = stop && server.live ? stop.at + (server.live.clock - stop.now) : undefined;
  return {
    kind: 'outage',
    milliseconds: begun === undefined ? null : Math.max(0, Math.round(writtenAt - begun)),
    lastContact: begun === undefined ? null : new Date(begun).toISOString(),
    firstWrite: new Date(writtenAt).toISOString(),
    timeline: timelineOf(server),
  };
}
