import { Writable } from 'node:stream';
import type { Output } from '../../../src/bot/platforms/terminal/screen.ts';

/** What was written, and what a person would see of it on a terminal. */
export interface Display {
  readonly output: Output;
  written(): string;
  /** The lines on the screen with all that scrolled by, top to bottom, without colours. */
  lines(): readonly string[];
}

/** An output that records. `isTTY` makes it a terminal. */
export function openDisplay({
  isTTY,
  columns = 100,
  rows = 60,
}: {
  isTTY: boolean;
  columns?: number;
  rows?: number;
}): Display {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString('utf8');
      done();
    },
  });
  return {
    output: Object.assign(stream, { isTTY, columns, rows }),
    written: () => text,
    lines: () => replay(text),
  };
}

const ESC = '\u001b';
const SEQUENCE = new RegExp(`^${ESC}\\[(\\d*)([A-Za-z])$`);
const TOKEN = new RegExp(`${ESC}\\[\\d*[A-Za-z]|\\r|\\n|[^${ESC}\\r\\n]+|${ESC}`, 'g');

interface Cursor {
  row: number;
  column: number;
}

/** The few sequences that Zapas and readline write, as terminals carry them out. Lines are as long as they come. */
function replay(text: string): readonly string[] {
  const lines: string[] = [''];
  const cursor: Cursor = { row: 0, column: 0 };
  for (const token of text.match(TOKEN) ?? []) {
    const [, count = '', verb] = SEQUENCE.exec(token) ?? [];
    if (verb !== undefined) obey(lines, cursor, verb, Number(count || 1));
    else if (token === '\r') cursor.column = 0;
    else if (token === '\n') {
      Object.assign(cursor, { row: cursor.row + 1, column: 0 });
      lines[cursor.row] ??= '';
    } else write(lines, cursor, token);
  }
  return lines;
}

function obey(lines: string[], cursor: Cursor, verb: string, count: number): void {
  if (verb === 'A') cursor.row = Math.max(0, cursor.row - count);
  if (verb === 'C') cursor.column += count;
  if (verb === 'D') cursor.column = Math.max(0, cursor.column - count);
  if (verb === 'G') cursor.column = count - 1;
  if (verb !== 'J' && verb !== 'K') return;
  if (verb === 'J') lines.length = cursor.row + 1;
  lines[cursor.row] = (lines[cursor.row] ?? '').slice(0, cursor.column);
}

function write(lines: string[], cursor: Cursor, text: string): void {
  const line = (lines[cursor.row] ?? '').padEnd(cursor.column);
  lines[cursor.row] = line.slice(0, cursor.column) + text + line.slice(cursor.column + text.length);
  cursor.column += text.length;
}
