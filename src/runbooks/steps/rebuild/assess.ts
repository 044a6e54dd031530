import type { ErrorRef } from '../../../domain/errors.ts';
import type { Ask, Change, Check, Finding, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { removeDirectories } from '../../acts/place.ts';
import { type KeptCopy, keptCopies } from '../../facts/aside.ts';
import { databaseExtent } from '../../facts/database.ts';
import { timelineOf } from '../../facts/postgres.ts';
import { formatLsn } from '../../postgres/lsn.ts';
import { fence, isFenced } from '../failover/fence.ts';
import { isPrimary } from '../failover/promote.ts';
import { writesFinding } from '../fence/parting.ts';
import { finding } from '../findings.ts';
import { askPrimary, askStandby } from '../pair.ts';
import { follows } from '../setup/streaming.ts';
import { rolesSwapped } from '../switchover/pair.ts';
import { askRebuilding, decide, type Rebuilding } from './way.ts';

/**
 * Which way the server becomes a standby again, and why; what it has written alone is named before it is taken back. A server that
 * acts as a primary, or that was promoted after the primary, is not touched. H1, H3, H46.
 */
export const rebuildAssess = defineStep<Rebuilding>({
  id: 'rebuild.assess',
  manual: [],
  effect: 'read',
  gather: askRebuilding,
  check(seen, input): Check {
    const problem = problemOf(seen, input);
    return problem ? { blocked: problem } : 'done';
  },
  findings(seen, input): readonly Finding[] {
    const { way, reason } = decide(seen, input);
    const fork = seen.fork === undefined ? '' : formatLsn(seen.fork);
    const chosen = finding('rebuild.way', 'ok', { way, reason, fork }, input.standby.id);
    const parted = reason === 'forked' || (way === 'clone' && seen.fork !== undefined && seen.place.kind === 'cluster');
    return [chosen, ...(parted && !seen.place.standbySignal ? writesFinding(seen, input) : [])];
  },
});

function problemOf(seen: Rebuilding, input: StepInput): ErrorRef | undefined {
  const { old, primary } = seen;
  const host = input.standby.id;
  if (!old.ok) return old.error;
  if (!primary.ok) return primary.error;
  const { server } = old.value;
  if (server.live && !server.live.inRecovery) return { code: 'rebuild.still-primary', params: { host } };
  const [theirs, its] = [timelineOf(primary.value), timelineOf(server)];
  const sameSystem = server.control?.systemIdentifier === primary.value.control?.systemIdentifier;
  // Asked for in words, it is copied anew: what it wrote alone is kept aside whole.
  if (sameSystem && its > theirs && input.options['method'] !== 'clone')
    return { code: 'rebuild.newer-timeline', params: { host, timeline: its, primary: theirs } };
  const { way, reason } = decide(seen, input);
  // A mount point can be renamed neither to keep what it holds nor to make room: said before anything is stopped or copied.
  if (way === 'clone' && seen.place.mountPoint)
    return { code: 'rebuild.own-volume', params: { host, path: input.cluster.dataDir } };
  if (input.options['method'] !== 'rewind' || way !== 'clone' || reason === 'begun') return undefined;
  if (reason === 'half_rewound') return { code: 'rebuild.half-rewound', params: { host } };
  return { code: 'rebuild.not-rewindable', params: { host, reason } };
}

/** What still runs there is stopped and kept from starting while its files are changed. A standby that only has to be started is left. */
export const rebuildStop = defineStep<Rebuilding>({
  id: 'rebuild.stop',
  manual: [],
  effect: 'disruptive',
  gather: askRebuilding,
  check(seen, input): Check {
    if (!seen.old.ok) return { blocked: seen.old.error };
    const { server } = seen.old.value;
    if (isPrimary(server)) return { blocked: { code: 'rebuild.still-primary', params: { host: input.standby.id } } };
    return decide(seen, input).way === 'none' || isFenced(seen.old.value) ? 'done' : 'needed';
  },
  apply: ({ old }, input): readonly Change[] => (old.ok ? fence(old.value, rolesSwapped(input)) : []),
});

interface Kept {
  readonly copies: readonly KeptCopy[];
  /** The standby follows: the old data is needed for nothing any more but people's peace of mind. */
  readonly streams: boolean;
}

/**
 * What rebuilds have kept aside is named with its size, and removed only when a person asks for exactly that, and only while a standby
 * follows.
 */
export const rebuildOldData = defineStep<Kept>({
  id: 'rebuild.old-data',
  manual: [],
  effect: 'disruptive',
  async gather(ask: Ask, input) {
    const { cluster, primary, standby } = input;
    const one = await askPrimary(ask, input);
    const [{ tablespaces }, two] = await Promise.all([
      ask.fact(primary.id, databaseExtent, { server: one.server }),
      askStandby(ask, input),
    ]);
    const paths = [cluster.dataDir, ...tablespaces.map(({ location }) => location)];
    const copies = await ask.fact(standby.id, keptCopies, { paths });
    const primaryServer = {
      state: 'running',
      live: one.live,
      complaint: '',
      files: [],
      histories: [],
      wal: [],
    } as const;
    return { copies, streams: follows({ primary: primaryServer, standby: two }, input) };
  },
  check({ copies, streams }, { options, standby }): Check {
    if (options['discardOld'] !== true || copies.length === 0) return 'done';
    return streams ? 'needed' : { blocked: { code: 'standby.not-streaming', params: { host: standby.id } } };
  },
  apply: ({ copies }, { standby }): readonly Change[] => [
    removeDirectories(
      standby,
      copies.map(({ path }) => path),
    ),
  ],
  findings: ({ copies }, { standby, cluster }): readonly Finding[] =>
    copies.map(({ path, bytes }) => {
      const megabytes = Math.ceil(bytes / 1024 / 1024);
      return finding('old-data', 'warning', { path, megabytes, cluster: cluster.id }, standby.id);
    }),
});
