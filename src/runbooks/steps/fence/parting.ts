import type { Ask, Attempt, Finding, StepInput } from '../../../domain/step.ts';
import { attempt } from '../../../domain/step.ts';
import { fileText } from '../../facts/files.ts';
import { type PostgresServer, postgresServer, serverArgs, timelineOf } from '../../facts/postgres.ts';
import { bytesBehind, type WalWrites, walWrites, writesArgs } from '../../facts/wal.ts';
import { formatLsn, type Lsn, leftAt, parseTimelineHistory, type TimelineSwitch } from '../../postgres/lsn.ts';
import { askOldPrimary, type OldPrimary } from '../evidence/gather.ts';
import { finding } from '../findings.ts';
import { rolesSwapped } from '../switchover/pair.ts';

/** The primary and the server that once was it (or its standby), with where the two parted. */
export interface Parting {
  readonly primary: Attempt<PostgresServer>;
  /** The server that has no role, or the standby's. */
  readonly old: Attempt<OldPrimary>;
  /** Ancestors of the primary's timeline, oldest first. */
  readonly history: readonly TimelineSwitch[];
  /** Where the old server's timeline was left by the primary; undefined when it is no ancestor. */
  readonly fork: Lsn | undefined;
  /** What the old server has written behind that point; undefined when it cannot be told. */
  readonly writes: WalWrites | undefined;
}

/** Looks at both, and at what lies between them. */
export async function askParting(ask: Ask, input: StepInput): Promise<Parting> {
  const { cluster, primary, standby } = input;
  const [one, old] = await Promise.all([
    attempt(ask.fact(primary.id, postgresServer, serverArgs(cluster))),
    askOldPrimary(ask, rolesSwapped(input)),
  ]);
  const history = one.ok ? await historyOf(ask, input, one.value) : [];
  const control = old.ok ? old.value.server.control : undefined;
  const timeline = old.ok ? timelineOf(old.value.server) : 0;
  const fork = leftAt(history, timeline);
  if (!control || fork === undefined) return { primary: one, old, history, fork, writes: undefined };
  const args = writesArgs(cluster, { timeline, from: fork, segmentBytes: control.segmentBytes });
  const writes = await attempt(ask.fact(standby.id, walWrites, args));
  return { primary: one, old, history, fork, writes: writes.ok ? writes.value : undefined };
}

async function historyOf(
  ask: Ask,
  { cluster, primary }: StepInput,
  server: PostgresServer,
): Promise<readonly TimelineSwitch[]> {
  const name = `${timelineOf(server).toString(16).toUpperCase().padStart(8, '0')}.history`;
  if (!server.histories.includes(timelineOf(server))) return [];
  const file = await ask.fact(primary.id, fileText, { path: `${cluster.dataDir}/pg_wal/${name}` });
  return file ? parseTimelineHistory(file.content) : [];
}

/** What the old server has accepted since the two parted. H46. */
export function writesFinding({ old, fork, writes }: Parting, { standby }: StepInput): readonly Finding[] {
  if (!old.ok) return [];
  const timeline = timelineOf(old.value.server);
  const known = { fork: fork === undefined ? '' : formatLsn(fork), timeline };
  if (fork === undefined || !writes) {
    const reason = fork === undefined ? 'timeline' : 'WAL';
    return [finding('ghost.writes', 'unknown', { transactions: 0, bytes: 0, reason, ...known }, standby.id)];
  }
  const params = { transactions: writes.commits, bytes: Number(bytesBehind(fork, writes)), reason: '', ...known };
  return [finding('ghost.writes', writes.commits === 0 ? 'ok' : 'warning', params, standby.id)];
}
