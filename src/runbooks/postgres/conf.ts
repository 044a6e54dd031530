import { formatError } from './format-error.ts';
import { hasByteOrderMark, insertLines, joinLines, type Line, refuseLineBreaks, splitLines } from './lines.ts';

/** One line of postgresql.conf or postgresql.auto.conf, as PostgreSQL's own scanner (guc-file.l) understands it. */
export type ConfLine =
  | { readonly kind: 'blank' }
  | { readonly kind: 'setting'; readonly name: string; readonly value: string; readonly span: Span }
  | { readonly kind: 'include'; readonly directive: IncludeDirective; readonly path: string }
  | { readonly kind: 'invalid'; readonly problem: string };

export type IncludeDirective = 'include' | 'include_if_exists' | 'include_dir';

/** Where the value stands in its line (`from` inclusive, `to` exclusive, in characters). */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** A parsed file. `lines[i]` is line `i + 1`; nothing of the text is lost. */
export interface ConfFile {
  readonly lines: readonly (Line & { readonly parsed: ConfLine })[];
  /** What the server would refuse, by 1-based line; a byte order mark (H21) is on line 1. */
  readonly problems: readonly { readonly line: number; readonly problem: string }[];
}

/** A setting that is in force within one file. `line` is 1-based. */
export interface Setting {
  readonly value: string;
  readonly line: number;
}

const WHAT = 'postgresql.conf';
const TOKENS = {
  name: /^[A-Za-z_\u0080-\uFFFF][A-Za-z_0-9\u0080-\uFFFF]*(?:\.[A-Za-z_\u0080-\uFFFF][A-Za-z_0-9\u0080-\uFFFF]*)?/,
  quoted: /^'(?:[^'\\]|\\[^\n]|'')*'/,
  word: /^[A-Za-z_\u0080-\uFFFF][A-Za-z_0-9\u0080-\uFFFF._:/-]*/,
  real: /^[-+]?\d*\.\d*(?:[Ee][-+]?\d+)?/,
  integer: /^[-+]?(?:0x[0-9a-fA-F]+|\d+)[a-zA-Z]*/,
} as const;
const BLANK = /^[ \t\r]*/;
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/**
 * Parses without losing anything and without throwing: what the server would refuse is in `problems`.
 *
 * `content` may be decoded as UTF-8 or byte by byte (latin1); either way the parts left alone come back unchanged. An
 * octal escape is one byte, so a value spelt with escapes above `\177` reads right only in the second case.
 * Source: PostgreSQL's guc-file.l and its manual, "Setting Parameters". M10, M20, H4, H11, H21.
 */
export function parseConf(content: string): ConfFile {
  const lines = splitLines(content).map((line) => ({ ...line, parsed: parseLine(line.text) }));
  const problems = lines.flatMap(({ parsed }, index) =>
    parsed.kind === 'invalid' ? [{ line: index + 1, problem: parsed.problem }] : [],
  );
  if (!hasByteOrderMark(content)) return { lines, problems };
  return { lines, problems: [{ line: 1, problem: 'byte-order-mark' }, ...problems.filter(({ line }) => line !== 1)] };
}

/** The setting in force within this file: the last line of that name (names are case-insensitive). Includes are not followed. */
export function getSetting(file: ConfFile, name: string): Setting | undefined {
  const index = file.lines.findLastIndex(({ parsed }) => isSettingOf(parsed, name));
  const parsed = file.lines[index]?.parsed;
  return parsed?.kind === 'setting' ? { value: parsed.value, line: index + 1 } : undefined;
}

/** The include directives, by 1-based line: a setting may also come from there (H11). */
export function listIncludes(file: ConfFile): { directive: IncludeDirective; path: string; line: number }[] {
  return file.lines.flatMap(({ parsed }, index) =>
    parsed.kind === 'include' ? [{ directive: parsed.directive, path: parsed.path, line: index + 1 }] : [],
  );
}

/**
 * The text with `name` set to `value`. Idempotent: the same text comes back when the value is in force already.
 *
 * The line in force is rewritten in place with its comment; a new line goes to the end, also when an include directive
 * after the old line could override it. Newline style is kept. Throws `postgresql.format` for a file the server refuses
 * (H21) and for a value or name that cannot stand in one line.
 */
export function setSetting(content: string, name: string, value: string): string {
  const file = editable(content);
  if (TOKENS.name.exec(name)?.[0] !== name) throw formatError(WHAT, 'setting-name');
  const quoted = quoteValue(value);
  const current = getSetting(file, name);
  const overridable = listIncludes(file).some(({ line }) => line > (current?.line ?? 0));
  if (current === undefined || overridable) {
    return joinLines(insertLines(file.lines, file.lines.length, [`${name} = ${quoted}`]));
  }
  if (current.value === value) return content;
  return joinLines(file.lines.map((line, index) => (index === current.line - 1 ? rewrite(line, quoted) : line)));
}

/**
 * The text without any line that sets `name` (H4: pg_basebackup -R may leave two), whatever its spelling. Idempotent.
 * Throws `postgresql.format` for a file the server refuses.
 */
export function removeSetting(content: string, name: string): string {
  const file = editable(content);
  return joinLines(file.lines.filter(({ parsed }) => !isSettingOf(parsed, name)));
}

/** A value as it stands in a configuration file, quoted so that every server version reads the same bytes back. */
export function quoteValue(value: string): string {
  refuseLineBreaks(value, WHAT);
  return `'${value.replace(/['\\]/g, '$&$&')}'`;
}

function editable(content: string): ConfFile {
  const file = parseConf(content);
  const problem = file.problems[0];
  if (problem !== undefined) throw formatError(WHAT, problem.problem, problem.line);
  return file;
}

function isSettingOf(parsed: ConfLine, name: string): boolean {
  return parsed.kind === 'setting' && parsed.name.toLowerCase() === name.toLowerCase();
}

function rewrite(line: ConfFile['lines'][number], quoted: string): Line {
  if (line.parsed.kind !== 'setting') return line;
  const { from, to } = line.parsed.span;
  const before = line.text.slice(0, from);
  return { text: before + (/[ \t=]$/.test(before) ? '' : ' ') + quoted + line.text.slice(to), eol: line.eol };
}

function parseLine(text: string): ConfLine {
  let at = skipBlank(text, 0);
  if (ends(text, at)) return { kind: 'blank' };
  const name = TOKENS.name.exec(text.slice(at))?.[0];
  // The scanner takes the longest token: `a-b` or `a.b.c` is a bare word there, and no name.
  if (name === undefined || longest(text.slice(at)) !== name) return { kind: 'invalid', problem: 'setting-name' };
  at = skipBlank(text, at + name.length);
  if (text[at] === '=') at = skipBlank(text, at + 1);
  const value = longest(text.slice(at));
  if (value === undefined) return { kind: 'invalid', problem: ends(text, at) ? 'value-missing' : 'value-syntax' };
  // A bare word with one dot is a qualified name to the scanner, and that is never a value.
  if (value.includes('.') && TOKENS.name.exec(value)?.[0] === value)
    return { kind: 'invalid', problem: 'value-syntax' };
  const span = { from: at, to: at + value.length };
  if (!ends(text, skipBlank(text, span.to))) return { kind: 'invalid', problem: 'text-after-value' };
  const plain = value.startsWith("'") ? unquote(value) : value;
  const directive = includeDirective(name);
  if (directive !== undefined) return { kind: 'include', directive, path: plain };
  return { kind: 'setting', name, value: plain, span };
}

/** The scanner's longest token at the start of `rest` that can be a name or a value. */
function longest(rest: string): string | undefined {
  const found = Object.values(TOKENS).flatMap((token) => token.exec(rest)?.[0] ?? []);
  return found.reduce<string | undefined>((best, next) => (next.length > (best?.length ?? 0) ? next : best), undefined);
}

function includeDirective(name: string): IncludeDirective | undefined {
  const lower = name.toLowerCase();
  return lower === 'include' || lower === 'include_if_exists' || lower === 'include_dir' ? lower : undefined;
}

function skipBlank(text: string, at: number): number {
  return at + (BLANK.exec(text.slice(at))?.[0].length ?? 0);
}

function ends(text: string, at: number): boolean {
  return at >= text.length || text[at] === '#';
}

function unquote(quoted: string): string {
  const text = quoted
    .slice(1, -1)
    .replace(/''|\\([0-7]{1,3}|.)/gs, (whole: string, escape: string | undefined) =>
      escape === undefined ? whole.slice(1) : unescape(escape),
    );
  // `\0` ends the value for the server, whose strings end at NUL.
  return text.split('\0', 1)[0] ?? '';
}

function unescape(escape: string): string {
  if (/^[0-7]/.test(escape)) return String.fromCharCode(Number.parseInt(escape, 8) & 0xff);
  return ESCAPES[escape] ?? escape;
}
