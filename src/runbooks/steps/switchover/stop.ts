import type { Change, Check, Finding } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { noteMoment } from '../../acts/leftovers.ts';
import { statements } from '../../acts/server.ts';
import { type PostgresServer, receivedLsn } from '../../facts/postgres.ts';
import { formatLsn, parseLsn } from '../../postgres/lsn.ts';
import { isDead } from '../evidence/gather.ts';
import { fence, isFenced } from '../failover/fence.ts';
import { isPrimary } from '../failover/promote.ts';
import { finding } from '../findings.ts';
import { askBoth, type BothServers, markPath } from './pair.ts';

/** While clients still work: what a checkpoint has written down the stop need not write any more. Each time anew, and harmless. */
export const switchoverCheckpoint = defineStep<BothServers>({
  id: 'switchover.checkpoint',
  manual: [],
  effect: 'reversible',
  gather: askBoth,
  check: ({ primary }) => (primary.live ? 'needed' : 'done'),
  apply: ({ primary }, input) => [
    statements(input.primary.id, input.cluster, primary, ['checkpoint'], { timeoutMs: 3_600_000 }),
  ],
  verify: () => true,
});

/**
 * The primary is stopped in order, and kept from starting: a clean stop waits until the standby has received everything. The moment
 * is noted on its host, because the outage begins here. H38, H46.
 */
export const switchoverStop = defineStep<BothServers>({
  id: 'switchover.stop',
  manual: [],
  effect: 'disruptive',
  gather: askBoth,
  check: ({ primary, unit }): Check => (isFenced({ server: primary, unit }) ? 'done' : 'needed'),
  apply: ({ primary, unit }, input): readonly Change[] => [
    noteMoment(input.primary, markPath(input)),
    ...fence({ server: primary, unit }, input),
  ],
});

/**
 * The stopped primary's last word, its shutdown checkpoint, has been received and replayed by the standby: so no commit is lost.
 * Without that nothing is promoted. H7, H38.
 */
export const switchoverCaughtUp = defineStep<BothServers>({
  id: 'switchover.caught-up',
  manual: [],
  effect: 'read',
  gather: askBoth,
  check({ primary, standby }, input): Check {
    if (isPrimary(standby) || hasAll({ primary, standby })) return 'done';
    const { state } = primary.control ?? {};
    if (!isDead(primary) || state === 'shut down') return 'needed';
    return { blocked: { code: 'switchover.not-clean', params: { host: input.primary.id, state: state ?? 'unknown' } } };
  },
  findings: proof,
});

interface Two {
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
}

/** The end of the primary's WAL, its shutdown checkpoint, lies behind what the standby has received and replayed. */
export function hasAll({ primary, standby }: Two): boolean {
  const { control } = primary;
  const received = receivedLsn(standby);
  const replayed = standby.live?.replayLsn;
  if (primary.state !== 'stopped' || control?.state !== 'shut down' || received === undefined || !replayed)
    return false;
  return control.checkpoint < received && control.checkpoint < parseLsn(replayed);
}

function proof({ primary, standby }: BothServers, input: Parameters<typeof markPath>[0]): readonly Finding[] {
  const received = receivedLsn(standby);
  if (primary.state !== 'stopped' || !primary.control || received === undefined || isPrimary(standby)) return [];
  const params = {
    checkpoint: formatLsn(primary.control.checkpoint),
    received: formatLsn(received),
    replayed: standby.live?.replayLsn ?? '',
  };
  return [finding('zero-loss', hasAll({ primary, standby }) ? 'ok' : 'failed', params, input.standby.id)];
}
