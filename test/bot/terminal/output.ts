import { Writable } from 'node:stream';
import type { Output } from '../../../src/bot/platforms/terminal/screen.ts';

/** What was written, and what a person would see of it on a terminal that knows the sequences Zapas uses. */
export interface Recorder {
  readonly output: Output;
  written(): string;
  /** The lines on the screen, top to bottom, without colours. */
  screen(): readonly string[];
}

/** An output that records. `isTTY` makes it a terminal. */
export function record({
  isTTY,
  columns = 100,
  rows = 60,
}: {
  isTTY: boolean;
  columns?: number;
  rows?: number;
}): Recorder {
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
    screen: () => replay(text),
  };
}

const ESC = '\u001b';
const SEQUENCE = new RegExp(`^${ESC}\\[(\\d*)([A-Za-z])$`);
const TOKEN = new RegExp(`${ESC}\\[\\d*[A-Za-z]|\\r|\\n|[^${ESC}\\r\\n]+|${ESC}`, 'g');

function replay(text: string): readonly string[] {
  const lines: string[] = [''];
  let row = 0;
  const tokens = text.match(TOKEN) ?? [];
  for (const token of tokens) {
    const [, count = '', verb] = SEQUENCE.exec(token) ?? [];
    if (verb === 'A') row = Math.max(0, row - Number(count || 1));
    else if (verb === 'J') {
      lines.length = row + 1;
      lines[row] = '';
    } else if (verb === 'm' || token === '\r') continue;
    else if (token === '\n') {
      row += 1;
      lines[row] ??= '';
    } else lines[row] = (lines[row] ?? '') + token;
  }
  return lines;
}
