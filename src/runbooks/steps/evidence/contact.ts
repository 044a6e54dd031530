import type { LogTail } from '../../facts/log.ts';
import { type PostgresServer, receivedLsn, timelineOf } from '../../facts/postgres.ts';
import type { LogEntry } from '../../postgres/log/entry.ts';
import { identify } from '../../postgres/log/messages.ts';
import { readLog } from '../../postgres/log/read.ts';
import type { MessageId } from '../../postgres/log/table.ts';
import { parseWalFileName } from '../../postgres/lsn.ts';

/** What a standby logs at the very moment it hears from its primary, for the last time in the case of an end. */
const WORDS: ReadonlySet<MessageId> = new Set<MessageId>([
  'streaming-started',
  'streaming-restarted',
  'primary-stopped',
  'stream-broken',
]);
/** A broken stream that the standby noticed by itself: nothing was heard then. */
const SILENCE = /timed out|timeout|no route|unreachable|limit.? czasu/i;

/**
 * When a standby last heard from its primary, in milliseconds since 1970 by the standby's clock: the newest of the receiver's
 * last message, the last WAL written to disk, and what the log says of the link's end. Undefined when nothing tells.
 * Each of them proves contact at its time, so the newest is the nearest to the truth, never later than it. Works before
 * a promotion and after it.
 */
export function lastContact(server: PostgresServer, tail: LogTail | undefined): number | undefined {
  const known = [server.live?.receiver?.lastMessageAt, lastReceivedWal(server), lastWord(server, tail)];
  const times = known.flatMap((time) => time ?? []);
  return times.length === 0 ? undefined : Math.round(Math.max(...times));
}

/** When the segment with the last received byte was last written to. A promoted server writes the same segment anew. */
function lastReceivedWal(server: PostgresServer): number | undefined {
  const { live, control, wal } = server;
  const received = receivedLsn(server);
  if (!live || !control || received === undefined || live.replayLsn === null) return undefined;
  const own = live.inRecovery ? undefined : timelineOf(server);
  return wal.find(({ name }) => {
    const segment = parseWalFileName(name.slice(0, 24), control.segmentBytes);
    if (!segment || segment.timeline === own) return false;
    return segment.start < received && received <= segment.start + BigInt(control.segmentBytes);
  })?.modifiedAt;
}

function lastWord({ live }: PostgresServer, tail: LogTail | undefined): number | undefined {
  if (!live || !tail) return undefined;
  const { entries } = readLog(tail.bytes, tail.file);
  const timeout = Number(live.settings.wal_receiver_timeout ?? 0);
  const times = entries.flatMap((entry) => {
    const said = timeOf(entry, live.logOffsetMs);
    const id = said === undefined ? undefined : identify(entry)?.id;
    if (said === undefined || id === undefined || said > live.clock) return [];
    if (id === 'receiver-timeout') return [said - timeout];
    return WORDS.has(id) && !(id === 'stream-broken' && SILENCE.test(entry.message)) ? [said] : [];
  });
  return times.length === 0 ? undefined : Math.max(...times);
}

/** The time of an entry; undefined for one without. The zone's name is not read: the server says how far it is from UTC. */
function timeOf({ at }: LogEntry, offsetMs: number): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)/.exec(at ?? '');
  return match ? Date.parse(`${match[1]}T${match[2]}Z`) - offsetMs : undefined;
}
