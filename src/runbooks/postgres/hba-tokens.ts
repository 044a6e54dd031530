import { formatError } from './format-error.ts';
import { refuseLineBreaks } from './lines.ts';

/** One token of pg_hba.conf. A token that began with a quote loses the special meaning of `all`, `replication`, `+`, `@`. */
export interface HbaToken {
  readonly text: string;
  readonly quoted: boolean;
}

/**
 * Cuts one logical line into fields, each a list of tokens, by the rules of PostgreSQL's hba.c: blanks part fields, a
 * comma continues a list also when blanks follow it (not when they precede it), `""` inside quotes is one quote, `#`
 * outside quotes begins a comment, and an open quote ends with the line.
 */
export function tokenizeHbaLine(line: string): HbaToken[][] {
  const fields: HbaToken[][] = [];
  let at = 0;
  let continues = false;
  for (;;) {
    const next = nextToken(line, at);
    at = next.at;
    if (next.token === undefined) return fields;
    const list = fields.at(-1);
    if (continues && list !== undefined) list.push(next.token);
    else fields.push([next.token]);
    continues = next.comma;
  }
}

/** Is it this keyword, written without quotes? */
export function isKeyword(token: HbaToken, keyword: string): boolean {
  return !token.quoted && token.text === keyword;
}

/**
 * A role or database name as pg_hba.conf must have it: literal case (H22), quoted wherever a bare word would mean
 * something else. Throws `postgresql.format` for names that no spelling can express: empty ones, line breaks, and a
 * leading `/` (a regular expression there, even in quotes).
 */
export function quoteHbaName(name: string): string {
  refuseLineBreaks(name, 'pg_hba.conf');
  if (name === '' || name.startsWith('/')) throw formatError('pg_hba.conf', 'name');
  const bare = /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) && !RESERVED.has(name);
  return bare ? name : `"${name.replaceAll('"', '""')}"`;
}

const RESERVED = new Set(['all', 'sameuser', 'samerole', 'samegroup']);

function nextToken(line: string, from: number): { token: HbaToken | undefined; comma: boolean; at: number } {
  let at = from;
  while (at < line.length && (isBlank(line[at]) || line[at] === ',')) at++;
  let text = '';
  let inQuote = false;
  let wasQuote = false;
  let sawQuote = false;
  let quoted = false;
  let comma = false;
  for (; at < line.length && (inQuote || !isBlank(line[at])); at++) {
    const char = line[at] ?? '';
    if (char === '#' && !inQuote) {
      at = line.length;
      break;
    }
    if (char === ',' && !inQuote) {
      comma = true;
      break;
    }
    if (char !== '"' || wasQuote) text += char;
    wasQuote = inQuote && char === '"' ? !wasQuote : false;
    if (char === '"') {
      inQuote = !inQuote;
      sawQuote = true;
      if (text === '') quoted = true;
    }
  }
  const found = sawQuote || text !== '';
  return { token: found ? { text, quoted } : undefined, comma, at };
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t' || char === '\r';
}
