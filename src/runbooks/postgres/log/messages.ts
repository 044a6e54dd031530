import type { LogEntry } from './entry.ts';
import { fold, messagePattern } from './fold.ts';
import { type LogMessage, type MessageId, ROWS } from './table.ts';

/** Ids whose text is only a frame around the real cause, which stands behind it in the same message. */
const FRAMES = new Set<MessageId>(['primary-unreachable', 'stream-broken', 'streaming-refused', 'tls-refused']);

/** What an SQLSTATE says when no text is known (vendor's build, another language); only unambiguous ones are here. */
const BY_SQLSTATE: Readonly<Record<string, MessageId>> = {
  '08006': 'primary-unreachable',
  '28P01': 'password-refused',
  '53100': 'disk-full',
  '53300': 'too-many-connections',
  '57P01': 'connection-ended',
  '57P03': 'not-yet-ready',
  XX001: 'data-damaged',
  XX002: 'data-damaged',
};

const COMPILED = ROWS.map((row) => ({
  row,
  patterns: row.texts.map(messagePattern),
}));

/**
 * The row of the table that explains this entry, or `undefined`. Where a message carries several causes, the first one
 * counts, not its frame: libpq's second attempt without TLS adds a misleading one behind it (H23).
 */
export function identify(entry: LogEntry): LogMessage | undefined {
  const text = fold([entry.message, entry.detail ?? ''].join('\n'));
  const hits = COMPILED.flatMap(({ row, patterns }) => {
    const places = patterns.map((pattern) => pattern.exec(text)?.index ?? Number.POSITIVE_INFINITY);
    const at = Math.min(...places);
    return at === Number.POSITIVE_INFINITY ? [] : [{ row, at }];
  });
  const causes = hits.filter(({ row }) => !FRAMES.has(row.id));
  const pool = causes.length > 0 ? causes : hits;
  const first = pool.reduce<(typeof pool)[number] | undefined>(
    (best, hit) => (best === undefined || hit.at < best.at ? hit : best),
    undefined,
  );
  const fallback = BY_SQLSTATE[entry.sqlstate ?? ''];
  return first?.row ?? ROWS.find((row) => row.id === fallback);
}
