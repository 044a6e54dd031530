import { formatError } from './format-error.ts';

/** One physical line with the line end it was written with; the last line of a file may have none. */
export interface Line {
  readonly text: string;
  readonly eol: '' | '\n' | '\r\n';
}

/** The two ways a UTF-8 byte order mark looks: decoded as UTF-8, and decoded byte by byte. */
const BYTE_ORDER_MARKS = ['\uFEFF', '\u00EF\u00BB\u00BF'];

/** Splits losslessly: joining the result gives the same text back, byte for byte. */
export function splitLines(content: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start < content.length) {
    const end = content.indexOf('\n', start);
    if (end === -1) {
      lines.push({ text: content.slice(start), eol: '' });
      break;
    }
    const windows = end > start && content[end - 1] === '\r';
    lines.push({ text: content.slice(start, windows ? end - 1 : end), eol: windows ? '\r\n' : '\n' });
    start = end + 1;
  }
  return lines;
}

/** The inverse of {@link splitLines}. */
export function joinLines(lines: readonly Line[]): string {
  return lines.map((line) => line.text + line.eol).join('');
}

/** The line end most lines of the file use; `\n` for a file without any. */
export function newlineStyle(lines: readonly Line[]): '\n' | '\r\n' {
  const windows = lines.filter((line) => line.eol === '\r\n').length;
  const unix = lines.filter((line) => line.eol === '\n').length;
  return windows > unix ? '\r\n' : '\n';
}

/** Inserts whole lines before index `at` in the file's own newline style; a last line without an end gets one. */
export function insertLines(lines: readonly Line[], at: number, texts: readonly string[]): Line[] {
  const eol = newlineStyle(lines);
  const head = lines.slice(0, at).map((line): Line => (line.eol === '' ? { text: line.text, eol } : line));
  return [...head, ...texts.map((text): Line => ({ text, eol })), ...lines.slice(at)];
}

/** Does the text begin with a byte order mark? PostgreSQL does not start with one (H21). */
export function hasByteOrderMark(content: string): boolean {
  return BYTE_ORDER_MARKS.some((mark) => content.startsWith(mark));
}

/** Refuses a value that would break out of its line in a configuration file. */
export function refuseLineBreaks(value: string, what: string): void {
  if (/[\n\r\0]/.test(value)) throw formatError(what, 'control-character');
}
