import type { ErrorRef } from '../../../domain/errors.ts';
import type { Evidence } from '../../../domain/evidence.ts';
import type { Ask, Check, Finding, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { receivedLsn, timelineOf } from '../../facts/postgres.ts';
import { type ServiceUnit, serviceUnit } from '../../facts/service.ts';
import { slotName } from '../../names.ts';
import { type Lsn, lsnBytes, parseLsn } from '../../postgres/lsn.ts';
import { gatherWitnesses, type Witnesses } from '../evidence/gather.ts';
import { tooLow, unfit } from '../evidence/obstacles.ts';
import { weigh } from '../evidence/weigh.ts';
import { finding } from '../findings.ts';
import { askBoth, type BothServers } from './pair.ts';

const MEGABYTE = 1024n * 1024n;
/** What a standby may be behind: it is all replayed while nobody can write. */
const BEHIND_BYTES = 64n * MEGABYTE;

interface Facts {
  readonly seen: Witnesses;
  readonly both: BothServers;
  /** The service on the standby, which becomes the primary. */
  readonly unit: ServiceUnit;
}

/**
 * May these two swap? The primary answers and works (or was stopped by this run before), the standby streams, is hardly behind, and has
 * nothing on it that forbids promoting it; each is a fit standby of the other. M25 in its planned form; H6, H7, H10, H16, H38, H40–H42.
 */
export const switchoverEvidence = defineStep<Facts>({
  id: 'switchover.evidence',
  manual: [],
  effect: 'read',
  async gather(ask: Ask, input) {
    const [seen, both, unit] = await Promise.all([
      gatherWitnesses(ask, input),
      askBoth(ask, input),
      ask.fact(input.standby.id, serviceUnit, { service: input.cluster.service }),
    ]);
    return { seen, both, unit };
  },
  check(facts, input): Check {
    const blocked = obstacle(facts, input);
    return blocked ? { blocked } : 'done';
  },
  evidence({ seen }): Evidence | undefined {
    const evidence = weigh(seen);
    return evidence && { ...evidence, planned: true, loss: { kind: 'none', bytes: '0', seconds: 0 } };
  },
  findings: findingsOf,
});

function obstacle({ seen, both }: Facts, input: StepInput): ErrorRef | undefined {
  const { primary, standby, stoppedByUs } = both;
  const host = input.primary.id;
  // It was stopped by this run: the standby need not stream any more, but all else holds.
  if (stoppedByUs && !primary.live) return unfit(seen, input);
  if (!primary.live)
    return { code: 'primary.not-running', params: { host, state: primary.state, detail: primary.complaint } };
  if (primary.live.inRecovery) return { code: 'primary.not-primary', params: { host } };
  const hindered = unfit(seen, input);
  if (hindered) return hindered;
  const names = primary.live.settings.synchronous_standby_names ?? '';
  // The new primary would wait for a standby of that name for ever, or the old one while it stops.
  if (names !== '') return { code: 'standby.synchronous', params: { host, value: names } };
  if (!streams(both, input)) return { code: 'standby.not-streaming', params: { host: input.standby.id } };
  const behind = lag(both);
  if (behind > BEHIND_BYTES) {
    const megabytes = Number(behind / MEGABYTE);
    return { code: 'switchover.lagging', params: { host: input.standby.id, megabytes } };
  }
  const low = standby.control && tooLow(ownParameters(both), primary.live.settings)[0];
  if (low) return { code: 'standby.replay-paused', params: { host, reason: low } };
  return undefined;
}

/** What the standby has now, and will ask of its own standby (H16). */
function ownParameters({ standby }: BothServers): Parameters<typeof tooLow>[0] {
  const value = (name: keyof Parameters<typeof tooLow>[0]): number => Number(standby.live?.settings[name] ?? 0);
  return {
    max_connections: value('max_connections'),
    max_worker_processes: value('max_worker_processes'),
    max_wal_senders: value('max_wal_senders'),
    max_prepared_transactions: value('max_prepared_transactions'),
    max_locks_per_transaction: value('max_locks_per_transaction'),
  };
}

function streams({ primary, standby }: BothServers, input: StepInput): boolean {
  const row = primary.live?.senders.find(({ application }) => application === slotName(input.standby.id));
  const { receiver } = standby.live ?? {};
  return row?.state === 'streaming' && receiver?.status === 'streaming' && receiver.timeline === timelineOf(primary);
}

/** Bytes the standby has yet to replay; asked side by side, so a busy primary may seem a little behind its standby. */
function lag({ primary, standby }: BothServers): bigint {
  const written = lsnOf(primary.live?.currentLsn);
  const replayed = lsnOf(standby.live?.replayLsn) ?? receivedLsn(standby);
  if (written === undefined || replayed === undefined) return 0n;
  const bytes = lsnBytes(replayed, written);
  return bytes > 0n ? bytes : 0n;
}

function lsnOf(text: string | null | undefined): Lsn | undefined {
  return text ? parseLsn(text) : undefined;
}

/** What is worth knowing before one agrees, and forbids nothing. */
function findingsOf({ both, unit }: Facts, { primary, standby, cluster }: StepInput): readonly Finding[] {
  const { live } = both.primary;
  const next = both.standby.live;
  if (!live || !next) return [];
  const versions = { primary: live.version, standby: next.version };
  const others = live.senders.filter(({ application }) => application !== slotName(standby.id)).length;
  const { data_checksums: checksums = 'off', wal_log_hints: hints = 'off' } = next.settings;
  const rewindable = checksums === 'on' || hints === 'on';
  const mode = next.settings.archive_mode ?? 'off';
  return [
    finding('sessions', live.sessions === 0 ? 'ok' : 'warning', { count: live.sessions }, primary.id),
    finding('lag', 'ok', { megabytes: Number(lag(both) / MEGABYTE), seconds: 0 }, standby.id),
    finding('version.minor', live.version === next.version ? 'ok' : 'warning', versions, standby.id),
    finding('cascade', others > 0 ? 'warning' : 'ok', { count: others }, primary.id),
    finding('rewind-possible', rewindable ? 'ok' : 'warning', { checksums, hints }, standby.id),
    finding('archiving', mode === 'off' ? 'ok' : 'warning', { mode }, standby.id),
    ...(unit.exists
      ? [finding('service.start-mode', unit.enabled ? 'ok' : 'warning', { service: cluster.service }, standby.id)]
      : []),
  ];
}
