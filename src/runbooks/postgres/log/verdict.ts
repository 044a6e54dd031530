import type { LogEntry } from './entry.ts';
import { excerptOf } from './excerpt.ts';
import type { Gravity, Mend, MessageClass } from './message-row.ts';
import { identify } from './messages.ts';
import type { ReadLog } from './read.ts';
import type { LogMessage, MessageId } from './table.ts';

export type Verdict = 'ok' | 'warning' | 'failed' | 'inconclusive';

/** One thing found, however often it was said. */
export interface LogFinding {
  readonly id: MessageId;
  readonly class: MessageClass;
  readonly mend: Mend;
  /** The first line that said it, and its 1-based number. */
  readonly line: string;
  readonly lineNumber: number;
  readonly count: number;
  /** It was seen to work again afterwards. */
  readonly resolved: boolean;
}

export interface LogVerdict {
  readonly verdict: Verdict;
  readonly findings: readonly LogFinding[];
  /** Head, findings and tail of what was judged; `…` where lines were left out. */
  readonly excerpt: readonly string[];
}

export interface JudgeOptions {
  /** What the server is meant to be: a standby must stream, a primary must accept connections. */
  readonly role: 'standby' | 'primary';
  /**
   * Where our server's own log begins. A clone carries its primary's old log (H30), so: the newest start of the process
   * with this id (postmaster.pid), the newest start of any, or everything (stderr of a start, a piece read by offset).
   */
  readonly anchor: { readonly postmaster: number } | 'newest' | 'all';
  /** At most this many lines in the excerpt; 30 unless said otherwise. */
  readonly excerptLines?: number;
}

interface Known {
  readonly entry: LogEntry;
  readonly row: LogMessage;
}

const SUCCESS: Readonly<Record<JudgeOptions['role'], ReadonlySet<MessageId>>> = {
  standby: new Set<MessageId>(['streaming-started', 'streaming-restarted']),
  primary: new Set<MessageId>(['ready']),
};
const UNKNOWN: LogMessage = { id: 'unknown-error', class: 'other', gravity: 'note', mend: 'standby', texts: [] };
/** Classes that a primary logs about its standbys and clients. */
const VISITORS = new Set<MessageClass>(['link', 'auth', 'limit', 'slot', 'reclone', 'rewind']);
/** Statements of our own kind: their errors are about replication, those of people's queries are not. */
const REPLICATION_STATEMENT =
  /^(?:START_REPLICATION|BASE_BACKUP|IDENTIFY_SYSTEM|CREATE_REPLICATION_SLOT|READ_REPLICATION)/;

/**
 * Judges a server's log since its start (M17; H2: a success followed by a failure is a failure).
 *
 * `failed`: a cause that does not go away by itself, or no success after a failure. `warning`: it works, but something
 * else deserves a look. `inconclusive`: neither success nor failure is there (yet), or the start was not found. The log
 * alone is never proof of streaming: ask both servers, too.
 */
export function judgeLog(log: ReadLog, options: JudgeOptions): LogVerdict {
  const start = anchorIndex(log.entries, options.anchor);
  if (start === undefined) return { verdict: 'inconclusive', findings: [], excerpt: [] };
  const entries = log.entries.slice(start);
  const known = entries.flatMap((entry): Known[] => {
    const row = explain(entry);
    return row === undefined ? [] : [{ entry, row }];
  });
  const lastSuccess = known.findLastIndex(({ row }) => SUCCESS[options.role].has(row.id));
  const weighed = known.map((item, index) => ({
    ...item,
    gravity: weigh(item, { role: options.role, lastSuccess }),
    resolved: index < lastSuccess,
  }));
  const findings = collect(weighed, log.lines);
  const from = entries[0]?.first ?? 1;
  const marks = findings.map(({ lineNumber }) => lineNumber);
  const excerpt = excerptOf(log.lines, { from, marks, limit: options.excerptLines ?? 30 });
  return { verdict: conclude(weighed, lastSuccess), findings, excerpt };
}

type Weighed = Known & { readonly gravity: Gravity; readonly resolved: boolean };

function anchorIndex(entries: readonly LogEntry[], anchor: JudgeOptions['anchor']): number | undefined {
  if (anchor === 'all') return 0;
  const index = entries.findLastIndex(
    ({ message, pid }) => /starting PostgreSQL \d/.test(message) && (anchor === 'newest' || pid === anchor.postmaster),
  );
  return index === -1 ? undefined : index;
}

function explain(entry: LogEntry): LogMessage | undefined {
  const row = identify(entry);
  if (row !== undefined) return row;
  if (entry.severity === 'PANIC') return { ...UNKNOWN, gravity: 'fatal' };
  if (entry.severity === 'FATAL') return UNKNOWN;
  if (entry.severity !== 'ERROR') return undefined;
  const ours = entry.statement === undefined || REPLICATION_STATEMENT.test(entry.statement);
  return ours ? UNKNOWN : undefined;
}

function weigh(
  { row, entry }: Known,
  { role, lastSuccess }: { role: JudgeOptions['role']; lastSuccess: number },
): Gravity {
  // On a primary these are about whoever knocked, not about the server itself.
  if (role === 'primary' && row.gravity !== 'none' && VISITORS.has(row.class)) return 'note';
  if (row.id === 'unknown-error' && entry.severity === 'FATAL' && lastSuccess === -1) return 'open';
  return row.gravity;
}

function conclude(weighed: readonly Weighed[], lastSuccess: number): Verdict {
  if (weighed.some(({ gravity }) => gravity === 'fatal')) return 'failed';
  const after = weighed.slice(lastSuccess + 1);
  if (after.some(({ gravity }) => gravity === 'open')) return 'failed';
  const stopped = after.some(({ row }) => row.id === 'shut-down');
  if (stopped) return weighed.some(({ row }) => row.id === 'shutdown-requested') ? 'inconclusive' : 'failed';
  if (lastSuccess === -1) return 'inconclusive';
  // One outage of the link that ended by itself is what a restart of the primary looks like.
  const doubtful = weighed.some(
    ({ row, gravity }) => gravity === 'note' || (gravity === 'open' && row.class !== 'link'),
  );
  return doubtful ? 'warning' : 'ok';
}

function collect(weighed: readonly Weighed[], lines: readonly string[]): LogFinding[] {
  const findings = new Map<MessageId, LogFinding>();
  for (const { row, entry, gravity, resolved } of weighed) {
    if (gravity === 'none') continue;
    const before = findings.get(row.id);
    const settled = resolved && gravity === 'open';
    findings.set(row.id, {
      id: row.id,
      class: row.class,
      mend: row.mend,
      line: before?.line ?? lines[entry.first - 1] ?? '',
      lineNumber: before?.lineNumber ?? entry.first,
      count: (before?.count ?? 0) + 1,
      resolved: settled && (before?.resolved ?? true),
    });
  }
  return [...findings.values()];
}
