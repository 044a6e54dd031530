import { type Heading, headingOf, type LogEntry, type Part } from './entry.ts';
import { fold } from './fold.ts';

/** A line that begins a message or a part of one. */
interface Head {
  readonly heading: Heading;
  readonly text: string;
  readonly at: string;
  readonly pid?: number;
  readonly sqlstate?: string;
}

type Draft = { -readonly [Key in keyof LogEntry]: LogEntry[Key] };

const TIMESTAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [^\s[\]]+/;
/** The word before the first `:  `; psql-like text behind it may hold further ones. */
const HEADING = /(?:^|[\s\])>:|])([\p{L}?\uFFFD]+\d?): {2}/u;

/**
 * Parses the plain (stderr) log: `log_line_prefix` `'%m [%p] '`, `'%m [%p] %e '` and any other that begins with a
 * timestamp. DETAIL, HINT, CONTEXT and STATEMENT lines join the newest message of the same process, and lines that begin
 * with a tab continue the part before them. Any other line (a program's output) is an entry of severity `OTHER`.
 */
export function parsePlainLog(lines: readonly string[]): LogEntry[] {
  const entries: Draft[] = [];
  /** The entry and part a continuation belongs to. */
  let open: { entry: Draft; part: Part | 'message' | 'other' } | undefined;
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    const head = readHead(line);
    if (head === undefined) {
      if (line.trim() === '') continue;
      if (open === undefined || !line.startsWith('\t')) {
        open = { entry: { severity: 'OTHER', message: line.trim(), first: number, last: number }, part: 'message' };
        entries.push(open.entry);
      } else continueEntry(open.entry, open.part, line.trim(), number);
      continue;
    }
    if ('severity' in head.heading) {
      open = { entry: entryOf(head, head.heading.severity, number), part: 'message' };
      entries.push(open.entry);
      continue;
    }
    const owner = entries.findLast((entry) => entry.pid === head.pid) ?? entryOf(head, 'OTHER', number);
    if (owner.first === number) entries.push(owner);
    open = { entry: owner, part: head.heading.part };
    continueEntry(owner, head.heading.part, head.text, number);
  }
  return entries;
}

function readHead(line: string): Head | undefined {
  const at = TIMESTAMP.exec(line)?.[0];
  if (at === undefined) return undefined;
  const rest = line.slice(at.length);
  const match = HEADING.exec(rest);
  const heading = headingOf(fold(match?.[1] ?? ''));
  if (match === null || heading === undefined) return undefined;
  const prefix = rest.slice(0, match.index);
  const pid = /\[(\d+)\]/.exec(prefix)?.[1];
  const sqlstate = /(?:^|\s)([0-9A-Z]{5})(?=\s|$)/.exec(prefix)?.[1];
  return {
    heading,
    text: rest.slice(match.index + match[0].length),
    at,
    ...(pid === undefined ? {} : { pid: Number(pid) }),
    ...(sqlstate === undefined ? {} : { sqlstate }),
  };
}

function entryOf(head: Head, severity: LogEntry['severity'], line: number): Draft {
  const { at, pid, sqlstate } = head;
  return {
    severity,
    message: severity === 'OTHER' ? '' : head.text,
    at,
    ...(pid === undefined ? {} : { pid }),
    ...(sqlstate === undefined ? {} : { sqlstate }),
    first: line,
    last: line,
  };
}

function continueEntry(entry: Draft, part: Part | 'message' | 'other', text: string, line: number): void {
  entry.last = Math.max(entry.last, line);
  if (part === 'other') return;
  const before = entry[part];
  entry[part] = before === undefined || before === '' ? text : `${before}\n${text}`;
}
