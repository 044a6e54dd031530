import { formatError } from './format-error.ts';
import { type Lsn, parseLsn } from './lsn.ts';

export const CLUSTER_STATES = [
  'starting up',
  'shut down',
  'shut down in recovery',
  'shutting down',
  'in crash recovery',
  'in archive recovery',
  'in production',
] as const;
export type ClusterState = (typeof CLUSTER_STATES)[number];

/** What pg_controldata says of a data directory. */
export interface ControlData {
  readonly state: ClusterState;
  /** Decimal; too large for a number. */
  readonly systemIdentifier: string;
  /** Latest checkpoint: after a clean stop this is the very end of what the server wrote (H38). */
  readonly checkpoint: Lsn;
  readonly redo: Lsn;
  readonly timeline: number;
  readonly previousTimeline: number;
  /** A standby that has not reached this point is not consistent (H5); `timeline` 0 where there is none. */
  readonly minRecovery: { readonly end: Lsn; readonly timeline: number };
  /** Not 0 while a base backup has yet to be made consistent (H5). */
  readonly backupStart: Lsn;
  readonly backupEnd: Lsn;
  readonly endOfBackupRequired: boolean;
  readonly checksums: boolean;
  readonly walLogHints: boolean;
  readonly walLevel: string;
  /** Bytes per WAL segment. */
  readonly segmentBytes: number;
  /** The parameters a standby must have at least as high as its primary (H16), by their names in postgresql.conf. */
  readonly parameters: Readonly<Record<StandbyParameter, number>>;
}

export type StandbyParameter =
  | 'max_connections'
  | 'max_worker_processes'
  | 'max_wal_senders'
  | 'max_prepared_transactions'
  | 'max_locks_per_transaction';

const WHAT = 'pg_controldata';

/**
 * Reads pg_controldata's output. It must have run under LC_ALL=C (H45): labels of another language are refused with
 * `postgresql.format`, as is anything missing. Verified with 17.11; 13 to 18 print these labels alike.
 */
export function parseControlData(output: string): ControlData {
  const fields = readFields(output);
  return {
    state: stateOf(text(fields, 'Database cluster state')),
    systemIdentifier: text(fields, 'Database system identifier'),
    checkpoint: parseLsn(text(fields, 'Latest checkpoint location')),
    redo: parseLsn(text(fields, "Latest checkpoint's REDO location")),
    timeline: integer(fields, "Latest checkpoint's TimeLineID"),
    previousTimeline: integer(fields, "Latest checkpoint's PrevTimeLineID"),
    minRecovery: {
      end: parseLsn(text(fields, 'Minimum recovery ending location')),
      timeline: integer(fields, "Min recovery ending loc's timeline"),
    },
    backupStart: parseLsn(text(fields, 'Backup start location')),
    backupEnd: parseLsn(text(fields, 'Backup end location')),
    endOfBackupRequired: text(fields, 'End-of-backup record required') === 'yes',
    checksums: integer(fields, 'Data page checksum version') !== 0,
    walLogHints: text(fields, 'wal_log_hints setting') === 'on',
    walLevel: text(fields, 'wal_level setting'),
    segmentBytes: integer(fields, 'Bytes per WAL segment'),
    parameters: {
      max_connections: integer(fields, 'max_connections setting'),
      max_worker_processes: integer(fields, 'max_worker_processes setting'),
      max_wal_senders: integer(fields, 'max_wal_senders setting'),
      max_prepared_transactions: integer(fields, 'max_prepared_xacts setting'),
      max_locks_per_transaction: integer(fields, 'max_locks_per_xact setting'),
    },
  };
}

function readFields(output: string): ReadonlyMap<string, string> {
  const pairs = output.split(/\r?\n/).flatMap((line): [string, string][] => {
    const cut = line.indexOf(':');
    return cut === -1 ? [] : [[line.slice(0, cut), line.slice(cut + 1).trim()]];
  });
  return new Map(pairs);
}

function text(fields: ReadonlyMap<string, string>, label: string): string {
  const value = fields.get(label);
  if (value === undefined || value === '') throw formatError(WHAT, 'label-missing');
  return value;
}

function integer(fields: ReadonlyMap<string, string>, label: string): number {
  const value = text(fields, label);
  if (!/^\d+$/.test(value)) throw formatError(WHAT, 'number');
  return Number(value);
}

function stateOf(value: string): ClusterState {
  const state = CLUSTER_STATES.find((known) => known === value);
  if (state === undefined) throw formatError(WHAT, 'state');
  return state;
}
