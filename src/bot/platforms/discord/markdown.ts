import { cleanLine, cleanLines } from '../../clean.ts';

/** What begins markup, a mention, a link in brackets or a custom emoji, wherever it stands. */
const SPECIAL = /[\\`*_~|<>[\]#@]/g;
/** What begins a list where it stands first. */
const LIST = /^(\s*)([-+]|\d{1,9}(?=[.)]))/;

/**
 * Text that Discord shows as it is: controls and bidirectional characters are made visible, markup, mentions and links do
 * nothing. One line.
 */
export function plain(text: string, limit: number): string {
  return escape(cut(cleanLine(text), limit));
}

/** {@link plain} for a text of several lines. */
export function plainLines(text: string, limit: number): readonly string[] {
  return cleanLines(cut(text, limit)).map(escape);
}

/** A line for inside of a fence or a code span, which nothing in it can end. */
export function literal(line: string, limit: number): string {
  return cut(cleanLine(line), limit).replaceAll('`', 'ˋ');
}

/** Lines in a fence. */
export function fence(lines: readonly string[]): string {
  return ['```', ...lines, '```'].join('\n');
}

/** At most that many UTF-16 units, `…` at the end where something was cut, never half a character. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const at = limit - 1;
  const half = isHighSurrogate(text.charCodeAt(at - 1));
  return `${text.slice(0, half ? at - 1 : at)}…`;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd8_00 && unit <= 0xdb_ff;
}

function escape(line: string): string {
  const escaped = line.replaceAll(SPECIAL, (character) => `\\${character}`).replaceAll('://', '\\://');
  return escaped.replace(LIST, (_, space: string, mark: string) =>
    /\d/.test(mark) ? `${space}${mark}\\` : `${space}\\${mark}`,
  );
}
