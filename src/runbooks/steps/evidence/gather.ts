import type { RehearsalReport } from '../../../domain/report.ts';
import type { Ask, Attempt, PrimarySighting, StepInput } from '../../../domain/step.ts';
import { attempt } from '../../../domain/step.ts';
import { type LogTail, logArgs, logTail } from '../../facts/log.ts';
import {
  type PostgresServer,
  postgresReady,
  postgresServer,
  type Readiness,
  receivedLsn,
  serverArgs,
  walEnd,
} from '../../facts/postgres.ts';
import { type ServiceUnit, serviceUnit } from '../../facts/service.ts';
import { replicationAddress } from '../../names.ts';
import { formatLsn, type Lsn } from '../../postgres/lsn.ts';
import { askIfItAnswers } from './knock.ts';

/** What everybody who can be asked says about the primary, and how far its standby is. */
export interface Witnesses {
  readonly gatheredAt: string;
  readonly standby: PostgresServer;
  /** The standby's log; undefined when it could not be read. */
  readonly log: LogTail | undefined;
  /** The primary's own host, if it answers. */
  readonly primary: Attempt<PostgresServer>;
  /** Does the primary's database port answer the worker? */
  readonly port: boolean;
  /** Does the primary take connections, as the standby sees it? */
  readonly ready: Readiness;
  /** Where the WAL on a dead primary's disk ends. */
  readonly walEnd: Lsn | undefined;
  readonly sighting: PrimarySighting | undefined;
  readonly rehearsal: RehearsalReport | undefined;
}

/**
 * Asks everybody side by side; a silent host costs one timeout. Throws the standby's error: without it nothing can be done. What
 * could be lost is for the people who decide; once they have, it is not asked again.
 */
export async function gatherWitnesses(ask: Ask, input: StepInput): Promise<Witnesses> {
  const { cluster, primary, standby, approved } = input;
  const { binDir, serviceAccount, port } = cluster;
  const address = replicationAddress(input, primary.id);
  const [own, tail, old, open, ready, sighting, rehearsal] = await Promise.all([
    ask.fact(standby.id, postgresServer, serverArgs(cluster)),
    approved ? undefined : attempt(ask.fact(standby.id, logTail, logArgs(cluster))),
    askOldPrimary(ask, input),
    attempt(ask.reach(primary.id, port)),
    ask.fact(standby.id, postgresReady, { binDir, serviceAccount, address, port }),
    ask.lastSighting(),
    ask.lastRehearsal(standby.id),
  ]);
  const other: Witnesses['primary'] = old.ok ? { ok: true, value: old.value.server } : old;
  return {
    gatheredAt: ask.now().toISOString(),
    standby: own,
    log: tail?.ok ? tail.value : undefined,
    primary: other,
    port: open.ok && open.value,
    ready,
    walEnd: other.ok && !approved ? await endOfWal(ask, input, { own, other: other.value }) : undefined,
    sighting,
    rehearsal,
  };
}

/** The old primary's own host: its server, and the service manager that is to keep it down. Both, or it cannot be fenced. */
export interface OldPrimary {
  readonly server: PostgresServer;
  readonly unit: ServiceUnit;
}

/** Asks the old primary's host. */
export function askOldPrimary(ask: Ask, { cluster, primary }: StepInput): Promise<Attempt<OldPrimary>> {
  return askIfItAnswers(ask, primary, async () => {
    const [server, unit] = await Promise.all([
      ask.fact(primary.id, postgresServer, serverArgs(cluster)),
      ask.fact(primary.id, serviceUnit, { service: cluster.service }),
    ]);
    return { server, unit };
  });
}

/** Reads on from what the standby has, so the rest is short; only where nobody writes any more. */
async function endOfWal(
  ask: Ask,
  { cluster, primary }: StepInput,
  { own, other }: { readonly own: PostgresServer; readonly other: PostgresServer },
): Promise<Lsn | undefined> {
  const from = receivedLsn(own);
  if (from === undefined || !isDead(other) || !other.control) return undefined;
  const { binDir, dataDir, serviceAccount } = cluster;
  const { timeline, segmentBytes } = other.control;
  const found = await attempt(
    ask.fact(primary.id, walEnd, { binDir, dataDir, serviceAccount, timeline, segmentBytes, from: formatLsn(from) }),
  );
  return found.ok ? found.value : undefined;
}

/** There is no process any more. */
export function isDead({ state }: PostgresServer): boolean {
  return state === 'stopped' || state === 'crashed' || state === 'absent';
}
