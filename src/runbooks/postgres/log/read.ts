import { decodeLog } from './decode.ts';
import type { LogEntry } from './entry.ts';
import { parsePlainLog } from './parse.ts';
import { parseCsvLog, parseJsonLog } from './structured.ts';

/** A log file's text and what it says. `lines[i]` is line `i + 1` of the entries. */
export interface ReadLog {
  readonly lines: readonly string[];
  readonly entries: readonly LogEntry[];
}

/** Decodes and parses a piece of a log file that begins at a line's start; the format follows from the file's name. */
export function readLog(bytes: Uint8Array, fileName: string): ReadLog {
  const lines = decodeLog(bytes).map(({ text }) => text);
  if (fileName.endsWith('.csv')) return { lines, entries: parseCsvLog(lines) };
  if (fileName.endsWith('.json')) return { lines, entries: parseJsonLog(lines) };
  return { lines, entries: parsePlainLog(lines) };
}
