import { type LogEntry, severityOf } from './entry.ts';
import { fold } from './fold.ts';

/** Columns of csvlog that are read, by position; later versions only append columns. */
const CSV = {
  at: 0,
  pid: 3,
  severity: 11,
  sqlstate: 12,
  message: 13,
  detail: 14,
  hint: 15,
  context: 18,
  statement: 19,
};
/** A csvlog row has at least the columns of PostgreSQL 9.0. */
const MIN_COLUMNS = 23;

interface Fields {
  readonly severity: string | undefined;
  readonly message: string | undefined;
  readonly at: string | undefined;
  readonly pid: string | undefined;
  readonly sqlstate: string | undefined;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly context: string | undefined;
  readonly statement: string | undefined;
}

/** Parses csvlog; severities may be Polish there. A row that is cut off at the end is left out. */
export function parseCsvLog(lines: readonly string[]): LogEntry[] {
  const entries: LogEntry[] = [];
  for (let index = 0; index < lines.length; ) {
    const row = readRow(lines, index);
    if (row.cells !== undefined && row.cells.length >= MIN_COLUMNS) {
      entries.push(entryOf(csvFields(row.cells), index + 1, index + row.count));
    }
    index += row.count;
  }
  return entries;
}

/** Parses jsonlog, one object a line. Severities are English there and SQLSTATE 00000 is omitted. Broken lines are left out. */
export function parseJsonLog(lines: readonly string[]): LogEntry[] {
  return lines.flatMap((line, index) => {
    const row = readJson(line);
    return row === undefined ? [] : [entryOf(jsonFields(row), index + 1, index + 1)];
  });
}

function csvFields(cells: readonly string[]): Fields {
  const cell = (column: keyof typeof CSV): string | undefined => cells[CSV[column]] || undefined;
  return {
    severity: cell('severity'),
    message: cell('message'),
    at: cell('at'),
    pid: cell('pid'),
    sqlstate: cell('sqlstate'),
    detail: cell('detail'),
    hint: cell('hint'),
    context: cell('context'),
    statement: cell('statement'),
  };
}

function jsonFields(row: Readonly<Record<string, unknown>>): Fields {
  const value = (key: string): string | undefined => {
    const found = row[key];
    return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
  };
  return {
    severity: value('error_severity'),
    message: value('message'),
    at: value('timestamp'),
    pid: value('pid'),
    sqlstate: value('state_code'),
    detail: value('detail'),
    hint: value('hint'),
    context: value('context'),
    statement: value('statement'),
  };
}

function entryOf({ severity, message, pid, ...rest }: Fields, first: number, last: number): LogEntry {
  const known = Object.entries(rest).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(known),
    severity: severityOf(fold(severity ?? '')),
    message: message ?? '',
    ...(pid === undefined ? {} : { pid: Number(pid) }),
    first,
    last,
  };
}

/** Reads one row, over several lines where a quoted cell holds line ends. `cells` is undefined for an unclosed quote. */
function readRow(lines: readonly string[], start: number): { cells: string[] | undefined; count: number } {
  let text = lines[start] ?? '';
  for (let count = 1; ; count++) {
    const quotes = text.split('"').length - 1;
    if (quotes % 2 === 0) return { cells: splitCells(text), count };
    const next = lines[start + count];
    if (next === undefined) return { cells: undefined, count };
    text += `\n${next}`;
  }
}

function splitCells(row: string): string[] {
  return Array.from(row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, bare]) =>
    quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'),
  );
}

function readJson(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
