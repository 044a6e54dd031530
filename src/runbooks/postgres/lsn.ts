import { formatError } from './format-error.ts';

/** A position in the WAL: a 64-bit byte address. */
export type Lsn = bigint;

/** One earlier timeline of a history file: it was left at `end`, for `reason`. */
export interface TimelineSwitch {
  readonly timeline: number;
  readonly end: Lsn;
  readonly reason: string;
}

/** A WAL segment's place, from its file name. */
export interface WalFile {
  readonly timeline: number;
  readonly start: Lsn;
}

/** WAL segments are 16 MiB unless initdb was told otherwise. */
export const DEFAULT_SEGMENT_BYTES = 16 * 1024 * 1024;

/** Reads `16/B374D848`. Throws `postgresql.format`. */
export function parseLsn(text: string): Lsn {
  const match = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text);
  if (match === null) throw formatError('lsn', 'syntax');
  return (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`);
}

/** The inverse of {@link parseLsn}, in PostgreSQL's own spelling. */
export function formatLsn(lsn: Lsn): string {
  return `${hex(lsn >> 32n)}/${hex(lsn & 0xffffffffn)}`;
}

/** -1, 0 or 1: for sorting. */
export function compareLsn(one: Lsn, other: Lsn): -1 | 0 | 1 {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Bytes from `from` to `to`; negative when `to` is behind. */
export function lsnBytes(from: Lsn, to: Lsn): bigint {
  return to - from;
}

/** The name of the segment that holds the byte at `lsn`. */
export function walFileName(timeline: number, lsn: Lsn, segmentBytes = DEFAULT_SEGMENT_BYTES): string {
  const segment = lsn / BigInt(segmentBytes);
  const perId = 0x100000000n / BigInt(segmentBytes);
  return [BigInt(timeline), segment / perId, segment % perId].map((part) => hex(part).padStart(8, '0')).join('');
}

/** Reads a segment's file name (24 hex digits); `undefined` for any other file of pg_wal. */
export function parseWalFileName(name: string, segmentBytes = DEFAULT_SEGMENT_BYTES): WalFile | undefined {
  const match = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/.exec(name);
  if (match === null) return undefined;
  const perId = 0x100000000n / BigInt(segmentBytes);
  const segment = BigInt(`0x${match[2]}`) * perId + BigInt(`0x${match[3]}`);
  return { timeline: Number.parseInt(match[1] ?? '', 16), start: segment * BigInt(segmentBytes) };
}

/** The timeline whose history a file of this name tells (`00000002.history`); `undefined` for other names. H6. */
export function historyFileTimeline(name: string): number | undefined {
  const match = /^([0-9A-F]{8})\.history$/.exec(name);
  return match === null ? undefined : Number.parseInt(match[1] ?? '', 16);
}

/**
 * Reads a timeline history file: the ancestors, oldest first. Throws `postgresql.format` for what the server refuses too
 * (a malformed line, timelines that do not grow).
 */
export function parseTimelineHistory(content: string): TimelineSwitch[] {
  const switches: TimelineSwitch[] = [];
  for (const [index, text] of content.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(text)) continue;
    const match = /^\s*(\d+)\s+([0-9A-Fa-f]+\/[0-9A-Fa-f]+)\s*(.*)$/.exec(text);
    const timeline = Number(match?.[1]);
    if (match === null || timeline <= (switches.at(-1)?.timeline ?? 0)) {
      throw formatError('timeline history', 'syntax', index + 1);
    }
    switches.push({ timeline, end: parseLsn(match[2] ?? ''), reason: (match[3] ?? '').trim() });
  }
  return switches;
}

/**
 * Where a server on `timeline` left the way that the history tells (H3): `undefined` when `timeline` is no ancestor, and
 * then only a new clone helps.
 */
export function leftAt(history: readonly TimelineSwitch[], timeline: number): Lsn | undefined {
  return history.find((step) => step.timeline === timeline)?.end;
}

function hex(value: bigint): string {
  return value.toString(16).toUpperCase();
}
