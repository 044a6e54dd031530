import type { ErrorCode } from './errors.ts';

/** One certificate that the replication needs, as its host shows it. */
export interface CertificateSample {
  readonly path: string;
  /** ISO 8601. */
  readonly expires: string;
}

/** One server's PostgreSQL as one probe saw it. Null where it does not tell. */
export interface ServerSample {
  /** See `ServerState` of the facts: `running`, `stopped`, `crashed`, `hung` … */
  readonly state: string;
  /** It let us in. */
  readonly live: boolean;
  /** It takes writes; null when it did not let us in. */
  readonly writable: boolean | null;
  readonly version: string | null;
  /** 0 when it cannot be told. */
  readonly timeline: number;
  /** Of a primary what it has written, of a standby what it has received. */
  readonly lsn: string | null;
  /** How long it runs; null when it did not let us in. */
  readonly upSeconds: number | null;
  /** What the server or psql said when it did not let us in; empty otherwise. */
  readonly complaint: string;
}

/** One host of a pair, asked in one round trip. */
export interface HostSample {
  readonly host: string;
  /** Why it could not be asked; absent when it answered. */
  readonly error?: { readonly code: ErrorCode; readonly detail: string };
  readonly server?: ServerSample;
  readonly disk?: { readonly freeBytes: number; readonly totalBytes: number };
  /** Does PostgreSQL start with the host? Absent without a service manager. */
  readonly starts?: boolean;
  readonly certificates: readonly CertificateSample[];
}

/** The standby's slot on the primary. */
export interface SlotSample {
  readonly name: string;
  readonly active: boolean;
  /** `reserved`, `extended`, `unreserved`, `lost`, or `unused`. */
  readonly walStatus: string;
  /** Bytes until it is lost; null without a bound, and when it is lost. */
  readonly safeBytes: number | null;
  /** Bytes it may keep back; null without a bound (H13). */
  readonly boundBytes: number | null;
}

/** How far the standby is behind. Null where a side does not tell. */
export interface LagSample {
  readonly receiveBytes: number | null;
  readonly replayBytes: number | null;
  readonly replaySeconds: number | null;
}

/**
 * What one probe of a cluster saw, from every side: the bot, the primary's host and the standby. `primary` and `standby` go by what
 * the servers are when only one of them takes writes, else by the roles Zapas knows.
 */
export interface Sample {
  readonly cluster: string;
  /** ISO 8601, by the worker's clock. */
  readonly at: string;
  readonly primary: HostSample;
  readonly standby: HostSample;
  /** Did the primary's database port answer the bot? Null: not tried, because the primary was seen alive. */
  readonly port: boolean | null;
  /** Does the primary take connections, as the standby sees it? Null when the standby could not be asked. */
  readonly ready: 'accepting' | 'rejecting' | 'silent' | null;
  /** What the standby's receiver heard of the primary lately; null when the standby could not be asked. */
  readonly heard: 'alive' | 'silent' | 'dead' | null;
  /** Is WAL streamed, as both sides say? */
  readonly streaming: boolean | null;
  readonly lag: LagSample;
  readonly slot: SlotSample | null;
  /** `not paused`, `pause requested`, `paused`; null when the standby does not tell. */
  readonly replay: string | null;
  /** Parameters that are lower on the standby than on its primary (H16); null when they could not be compared. */
  readonly parameters: readonly string[] | null;
  /** The roles of this sample are not those that Zapas knows: somebody promoted the standby by hand. */
  readonly swapped: boolean;
  /** A run of Zapas changes this cluster now: what looks wrong may be meant so. */
  readonly busy: boolean;
}

/** What is kept of a sample for history: a line of a plot. */
export interface Point {
  readonly at: string;
  readonly receiveBytes: number | null;
  readonly replayBytes: number | null;
  readonly replaySeconds: number | null;
  /** Free bytes of each host's volume that answered. */
  readonly free: Readonly<Record<string, number>>;
}

/** The line of history a sample makes. */
export function pointOf({ at, lag, primary, standby }: Sample): Point {
  const free = [primary, standby].flatMap(({ host, disk }) => (disk ? [[host, disk.freeBytes] as const] : []));
  return { at, ...lag, free: Object.fromEntries(free) };
}

/** From what on something deserves attention. */
export interface WatchSettings {
  readonly lagBytes: number;
  readonly lagSeconds: number;
  /** Free space below which a database server should not be left alone. */
  readonly diskBytes: number;
  /** Days until the volume is full. */
  readonly diskDays: number;
  readonly certificateDays: number;
  /** Share of the slot's bound that is left. */
  readonly slotShare: number;
}

export const WATCH_SETTINGS: WatchSettings = {
  lagBytes: 64 * 1024 * 1024,
  lagSeconds: 60,
  diskBytes: 1024 * 1024 * 1024,
  diskDays: 7,
  certificateDays: 30,
  slotShare: 0.25,
};

/**
 * Everything the watch can find, from the cause that explains most to the one that explains least: of two of one subject the
 * earlier is the cause and the later a consequence. `group` names the subject: one alert for each. Ids are never renamed.
 */
export const CONDITIONS = {
  'primary.twice': { group: 'primary', severity: 'critical', command: 'accept-roles' },
  'primary.old': { group: 'primary', severity: 'critical', command: 'status' },
  'primary.moved': { group: 'primary', severity: 'warning', command: 'accept-roles' },
  'site.unreachable': { group: 'primary', severity: 'critical', command: 'status' },
  'primary.silent': { group: 'primary', severity: 'critical', command: 'failover' },
  'primary.none': { group: 'primary', severity: 'critical', command: 'status' },
  'primary.unreachable': { group: 'primary', severity: 'warning', command: 'status' },
  'disk.full': { group: 'disk', severity: 'critical', command: 'status' },
  'disk.low': { group: 'disk', severity: 'warning', command: 'status' },
  'disk.filling': { group: 'disk', severity: 'warning', command: 'status' },
  'standby.unreachable': { group: 'standby', severity: 'warning', command: 'status' },
  'standby.absent': { group: 'standby', severity: 'warning', command: 'setup' },
  'slot.lost': { group: 'standby', severity: 'warning', command: 'rebuild' },
  'timeline.differs': { group: 'standby', severity: 'warning', command: 'rebuild' },
  'standby.down': { group: 'standby', severity: 'warning', command: 'logs' },
  'parameters.low': { group: 'standby', severity: 'warning', command: 'status' },
  'replay.paused': { group: 'standby', severity: 'warning', command: 'logs' },
  'link.cut': { group: 'standby', severity: 'warning', command: 'status' },
  'standby.not-streaming': { group: 'standby', severity: 'warning', command: 'logs' },
  'hot-standby.off': { group: 'standby', severity: 'warning', command: 'status' },
  'slot.bound': { group: 'standby', severity: 'warning', command: 'status' },
  'lag.replay': { group: 'standby', severity: 'warning', command: 'status' },
  'lag.receive': { group: 'standby', severity: 'warning', command: 'status' },
  'certificate.expires': { group: 'certificate', severity: 'warning', command: 'check' },
  'service.disabled': { group: 'service', severity: 'warning', command: 'check' },
  'version.minor': { group: 'version', severity: 'warning', command: 'check' },
} as const satisfies Readonly<
  Record<string, { readonly group: string; readonly severity: Severity; readonly command: WatchCommand }>
>;
export type ConditionId = keyof typeof CONDITIONS;
export const CONDITION_IDS = Object.keys(CONDITIONS) as readonly ConditionId[];

/** `critical` wakes people: nothing can be written, or two servers take writes. */
export type Severity = 'critical' | 'warning';
/** What to type next. */
export type WatchCommand = 'status' | 'failover' | 'accept-roles' | 'setup' | 'rebuild' | 'logs' | 'check';
/** What has to be mended. */
export type Mend = 'primary' | 'standby' | 'link';

/** Something wrong with a cluster, by the newest sample. */
export interface Condition {
  readonly id: ConditionId;
  /** One alert per subject: `standby`, `disk:<host>`. */
  readonly subject: string;
  readonly severity: Severity;
  readonly mend: Mend;
  /** Id of the host to mend; of a link, the one that cannot be reached. */
  readonly host: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** How much worse is it? Smaller is the better explanation. */
export function rankOf(id: ConditionId): number {
  return CONDITION_IDS.indexOf(id);
}
