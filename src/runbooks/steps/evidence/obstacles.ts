import type { ErrorCode, ErrorParams, ErrorRef } from '../../../domain/errors.ts';
import type { StepInput } from '../../../domain/step.ts';
import { type PostgresServer, timelineOf } from '../../facts/postgres.ts';
import type { SettingName } from '../../facts/postgres-query.ts';
import type { StandbyParameter } from '../../postgres/control.ts';
import type { Witnesses } from './gather.ts';
import { isPrimaryAlive, isStandby } from './weigh.ts';

/** Settings that let a standby stop or lag on purpose, with the value that does nothing (H42). */
const HOLDING_BACK: Readonly<Partial<Record<SettingName, string>>> = {
  recovery_target: '',
  recovery_target_lsn: '',
  recovery_target_name: '',
  recovery_target_time: '',
  recovery_target_xid: '',
  recovery_min_apply_delay: '0',
};

/** What forbids promoting this standby now; undefined when nothing does. */
export function obstacle(seen: Witnesses, input: StepInput): ErrorRef | undefined {
  const { standby } = seen;
  return (
    notRunning(standby, input.standby.id) ??
    notStandby(seen, input) ??
    primaryInUse(seen, input) ??
    unsound(seen, input) ??
    (input.cluster.failoverMethod === 'manual' ? tornTimeline(standby, input.standby.id) : undefined)
  );
}

/** What forbids promoting this standby in place of a primary that lives; undefined when nothing does. */
export function unfit(seen: Witnesses, input: StepInput): ErrorRef | undefined {
  return notRunning(seen.standby, input.standby.id) ?? notStandby(seen, input) ?? unsound(seen, input);
}

function unsound(seen: Witnesses, input: StepInput): ErrorRef | undefined {
  const { standby } = seen;
  const host = input.standby.id;
  return strangers(seen, input) ?? heldBack(standby, host) ?? unsafeFiles(standby, host);
}

function notRunning({ state, live, complaint }: PostgresServer, host: string): ErrorRef | undefined {
  if (state === 'hot-standby-off') return error('standby.hot-standby-off', { host });
  if (state !== 'running') return error('standby.not-running', { host, state });
  return live ? undefined : error('fact.unreadable', { host, fact: 'postgres.server', detail: complaint });
}

function notStandby({ standby, primary, sighting }: Witnesses, input: StepInput): ErrorRef | undefined {
  if (isStandby(standby)) return undefined;
  const host = input.standby.id;
  const timeline = timelineOf(standby);
  const before = sighting?.timeline ?? (primary.ok ? primary.value.control?.timeline : undefined) ?? 1;
  return timeline > before
    ? error('standby.already-promoted', { host, timeline })
    : error('standby.not-standby', { host });
}

function primaryInUse(seen: Witnesses, { primary }: StepInput): ErrorRef | undefined {
  if (isPrimaryAlive(seen)) return error('primary.alive', { host: primary.id });
  if (seen.primary.ok && isStandby(seen.primary.value)) return error('primary.not-primary', { host: primary.id });
  return undefined;
}

/** The two servers are no pair: another system, or a primary that has meanwhile gone on to a timeline of its own. */
function strangers({ standby, primary }: Witnesses, input: StepInput): ErrorRef | undefined {
  const own = standby.control;
  const other = primary.ok ? primary.value.control : undefined;
  if (!own || !other) return undefined;
  const host = input.standby.id;
  if (own.systemIdentifier !== other.systemIdentifier) return error('standby.not-standby', { host });
  const timeline = timelineOf(standby);
  if (other.timeline <= timeline) return undefined;
  return error('standby.timeline-mismatch', { host, detail: `${timeline} < ${other.timeline}` });
}

function heldBack({ live, control }: PostgresServer, host: string): ErrorRef | undefined {
  if (!live) return undefined;
  if (live.replayPause !== 'not paused') {
    const low = control && tooLow(control.parameters, live.settings)[0];
    return error('standby.replay-paused', { host, reason: low ?? 'pg_wal_replay_pause' });
  }
  for (const [setting, harmless] of Object.entries(HOLDING_BACK)) {
    const value = live.settings[setting as SettingName] ?? harmless;
    if (value !== harmless) return error('standby.recovery-target', { host, setting, value });
  }
  const names = live.settings.synchronous_standby_names ?? '';
  return names === '' ? undefined : error('standby.synchronous', { host, value: names });
}

/**
 * The parameters of the five that are lower here than on the primary (H16). What the primary has is in the WAL, and so in the
 * standby's pg_controldata.
 */
export function tooLow(
  wanted: Readonly<Record<StandbyParameter, number>>,
  settings: Readonly<Partial<Record<SettingName, string>>>,
): readonly StandbyParameter[] {
  const names: readonly StandbyParameter[] = [
    'max_connections',
    'max_worker_processes',
    'max_wal_senders',
    'max_prepared_transactions',
    'max_locks_per_transaction',
  ];
  return names.filter((name) => Number(settings[name] ?? Number.POSITIVE_INFINITY) < wanted[name]);
}

/** H5: a base backup not yet made consistent. H10: a signal file that asks for another kind of recovery. */
export function unsafeFiles({ control, files }: PostgresServer, host: string): ErrorRef | undefined {
  if (files.includes('recovery.signal'))
    return error('standby.unexpected-signal-file', { host, file: 'recovery.signal' });
  const unfinished = !control || control.backupStart !== 0n || control.endOfBackupRequired;
  if (unfinished || files.includes('backup_label')) return error('standby.not-consistent', { host });
  return undefined;
}

/** H6: it has followed a timeline switch and made no restartpoint since; a mere restart as primary would fall back behind it. */
export function tornTimeline({ control, histories }: PostgresServer, host: string): ErrorRef | undefined {
  if (!control) return undefined;
  const { timeline, minRecovery } = control;
  const others = [minRecovery.timeline || timeline, histories.at(-1) ?? timeline];
  if (others.every((other) => other === timeline)) return undefined;
  return error('standby.timeline-mismatch', { host, detail: [timeline, ...others].join(' / ') });
}

function error(code: ErrorCode, params: ErrorParams): ErrorRef {
  return { code, params };
}
