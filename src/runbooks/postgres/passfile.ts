import { Secret } from '../../domain/secret.ts';
import { formatError } from './format-error.ts';
import { insertLines, joinLines, refuseLineBreaks, splitLines } from './lines.ts';

/** Which login a line of a password file is for. `*` means any; for replication `database` must be `replication` or `*`. */
export interface PassfileKey {
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly user: string;
}

/** A login with its password. */
export interface PassfileEntry extends PassfileKey {
  readonly password: Secret;
}

export interface PassfileEdit {
  readonly content: Secret;
  readonly changed: boolean;
}

const WHAT = 'passfile';
/** A field that matches only the text `*`, told from the wildcard by its escape. */
const WILDCARD = '*';

/**
 * The password that libpq would take for this login: the first line that matches; `undefined` when none does.
 * Source: libpq's manual, "The Password File". M15, H24.
 */
export function findPassword(content: Secret, login: PassfileKey): Secret | undefined {
  const line = readLines(content.reveal()).find((fields) => fields !== undefined && matches(fields, login));
  return line === undefined ? undefined : new Secret(unescape(line[4] ?? ''));
}

/**
 * Makes the file give this password for this login. Idempotent. A line for exactly this login is rewritten, a new one goes
 * before the first line that would match instead. Comments, other lines and the newline style stay. The result is a
 * secret as a whole. Throws `postgresql.format` for line breaks and for empty fields.
 */
export function ensurePassfileEntry(content: Secret, entry: PassfileEntry): PassfileEdit {
  const found = findPassword(content, entry);
  const text = renderEntry(entry);
  if (found?.reveal() === entry.password.reveal()) return { content, changed: false };
  const lines = splitLines(content.reveal());
  const parsed = readLines(content.reveal());
  const first = parsed.findIndex((fields) => fields !== undefined && matches(fields, entry));
  const exact = parsed[first]?.slice(0, 4).join(':') === keyText(entry);
  const next = exact
    ? lines.map((line, index) => (index === first ? { text, eol: line.eol } : line))
    : insertLines(lines, first === -1 ? lines.length : first, [text]);
  return { content: new Secret(joinLines(next)), changed: true };
}

function renderEntry(entry: PassfileEntry): string {
  const password = entry.password.reveal();
  refuseLineBreaks(password, WHAT);
  if (password === '') throw formatError(WHAT, 'password-empty');
  return `${keyText(entry)}:${escape(password)}`;
}

function keyText({ host, port, database, user }: PassfileKey): string {
  return [host, port, database, user]
    .map((field, index) => {
      refuseLineBreaks(field, WHAT);
      if (field === '') throw formatError(WHAT, 'field-empty');
      if (field === WILDCARD) return field;
      // A line that begins with # would be a comment.
      return index === 0 && field.startsWith('#') ? `\\${escape(field)}` : escape(field);
    })
    .join(':');
}

/** The raw fields of each line; `undefined` for comments and for lines that libpq skips. */
function readLines(content: string): (string[] | undefined)[] {
  return splitLines(content).map(({ text }) => {
    const line = text.replace(/\r+$/, '');
    if (line === '' || line.startsWith('#')) return undefined;
    const fields = splitFields(line);
    return fields.length < 5 ? undefined : fields;
  });
}

/** Cuts at unescaped colons; escapes stay in the fields. Only the part up to the fifth colon is a password. */
function splitFields(line: string): string[] {
  const fields = [''];
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? '';
    if (char === ':') fields.push('');
    else fields.push((fields.pop() ?? '') + (char === '\\' ? char + (line[++at] ?? '') : char));
  }
  return fields;
}

function matches(fields: readonly string[], login: PassfileKey): boolean {
  return [login.host, login.port, login.database, login.user].every(
    (wanted, index) => fields[index] === WILDCARD || unescape(fields[index] ?? '') === wanted,
  );
}

function escape(field: string): string {
  return field.replace(/[:\\]/g, '\\$&');
}

function unescape(field: string): string {
  return field.replace(/\\(.)/gs, '$1');
}
