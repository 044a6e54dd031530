import { OpsError } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';

/** What a pasted command of the vendor says (M12, M13, M14). */
export interface VendorCommand {
  /** As pasted: the manual's `../data` is relative to the bin directory. */
  readonly pgdata: string;
  /** The generated command leaves it empty for the person to fill in. */
  readonly host?: string;
  readonly port: number;
  readonly username: string;
  readonly label?: string;
  readonly checkpoint?: 'fast' | 'spread';
  readonly replicationPassword?: Secret;
  readonly rootCert: string;
  readonly clientCert: string;
  readonly clientKey: string;
  /** Words that were not understood, by name only: a misspelt option may carry a password. */
  readonly unknown: readonly string[];
}

type Option = 'pgdata' | 'host' | 'port' | 'username' | 'label' | 'checkpoint' | 'password' | 'root' | 'cert' | 'key';

const VALUES: Readonly<Record<string, Option | 'ignored'>> = {
  '--pgdata': 'pgdata',
  '-D': 'pgdata',
  '--host': 'host',
  '-h': 'host',
  '--port': 'port',
  '-p': 'port',
  '--username': 'username',
  '-U': 'username',
  '--label': 'label',
  '-l': 'label',
  '--checkpoint': 'checkpoint',
  '-c': 'checkpoint',
  '--replication-password': 'password',
  '-M': 'root',
  '-o': 'cert',
  '-O': 'key',
  '--format': 'ignored',
  '-F': 'ignored',
  '--wal-method': 'ignored',
  '-X': 'ignored',
};
const FLAGS = new Set(['--write-recovery-conf', '-R', '--progress', '-P', '--verbose', '-v']);
const DEFAULT_PORT = 5432;
const DASHES = '[-\u2010-\u2015\u2212]';
/** An option right behind a closing quote. */
const DASHED = new RegExp(`^${DASHES}{1,2}[A-Za-z]`);
const PROGRAM = /pg_basebackup(?:\.exe)?["”]?(?=\s|$)/i;

/**
 * Reads the command as people paste it: from a PDF or a chat, with broken lines, typographic quotes and dashes, a missing
 * blank before `-M`, an empty `--host=`. Throws `input.invalid` with `field: 'command'`, the `part` that was not
 * understood and a `problem` token; secrets are never part of an error.
 */
export function parseVendorCommand(pasted: string): VendorCommand {
  const words = splitWords(repairLines(afterProgram(pasted)));
  const { found, unknown } = readOptions(words);
  const need = (option: Option, part: string): string => found.get(option) || refuse(part, 'missing');
  const host = found.get('host') ?? '';
  const label = found.get('label');
  const password = found.get('password');
  return {
    pgdata: need('pgdata', '--pgdata'),
    ...(host === '' ? {} : { host }),
    port: portOf(found.get('port')),
    username: need('username', '--username'),
    ...(label === undefined ? {} : { label }),
    ...checkpointOf(found.get('checkpoint')),
    ...(password ? { replicationPassword: new Secret(password) } : {}),
    rootCert: need('root', '-M'),
    clientCert: need('cert', '-o'),
    clientKey: need('key', '-O'),
    unknown,
  };
}

function afterProgram(pasted: string): string {
  const match = PROGRAM.exec(pasted);
  return match === null ? refuse('pg_basebackup', 'missing') : pasted.slice(match.index + match[0].length);
}

/** Joins what a page or a chat broke: an option cut after its dashes, a quoted path cut at a separator. */
function repairLines(text: string): string {
  const plain = text.replace(/[\u201c\u201d\u201e\u201f\u00ab\u00bb]/g, '"').replace(/[\u00a0\u2007\u202f]/g, ' ');
  return plain
    .split('"')
    .map((part, index) => (index % 2 === 1 ? repairQuoted(part) : repairBare(part)))
    .join('"');
}

function repairQuoted(text: string): string {
  return text
    .replace(/[ \t]*\r?\n[ \t]*(?=[\\/])|(?<=[\\/-])[ \t]*\r?\n[ \t]*/g, '')
    .replace(/[ \t]*\r?\n[ \t]*/g, ' ');
}

function repairBare(text: string): string {
  const joined = text.replace(/(?:\s[\^\\`])?[ \t]*\r?\n[ \t]*/g, ' ');
  return joined.replace(new RegExp(`(?<=^|\\s)(${DASHES}{2}|[\u2013-\u2015])\\s+(?=[a-z])`, 'g'), '$1');
}

/** Words by blanks and double quotes; a closing quote followed by a dash ends the word (the manual's `"…"-M`). */
function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let inQuote = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') {
      const glued = inQuote && DASHED.test(text.slice(at + 1));
      if (glued) words.push(word ?? '');
      word = glued ? undefined : (word ?? '');
      inQuote = !inQuote;
    } else if (!inQuote && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (inQuote) refuse('"', 'unterminated-quote');
  return word === undefined ? words : [...words, word];
}

function readOptions(words: readonly string[]): { found: ReadonlyMap<Option, string>; unknown: string[] } {
  const found = new Map<Option, string>();
  const unknown: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const { name, value } = readWord(words[at] ?? '');
    const option = VALUES[name];
    if (option === undefined) {
      if (!FLAGS.has(name)) unknown.push(name);
      continue;
    }
    const given = value ?? words[++at];
    if (given === undefined) refuse(name, 'value-missing');
    if (option === 'ignored') continue;
    if (value === undefined && given.startsWith('-') && option !== 'password') refuse(name, 'value-missing');
    if (found.has(option) && found.get(option) !== given) refuse(name, 'given-twice');
    found.set(option, given);
  }
  return { found, unknown };
}

/** `--name=value`, `--name`, `-M`; an autocorrected dash before a long name stands for two. */
function readWord(word: string): { name: string; value?: string } {
  const match = new RegExp(`^(${DASHES}{1,2})([^=\\s]+)(?:=(.*))?$`, 's').exec(word);
  const body = match?.[2];
  if (match === null || body === undefined) return { name: 'word' };
  const short = `-${body.charAt(0)}`;
  if (match[1] === '-' && body.length > 1 && short in VALUES) return { name: short, value: word.slice(2) };
  const name = body.length === 1 ? `-${body}` : `--${body}`;
  return match[3] === undefined ? { name } : { name, value: match[3] };
}

function portOf(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : refuse('--port', 'number');
}

function checkpointOf(text: string | undefined): { checkpoint?: 'fast' | 'spread' } {
  if (text === undefined) return {};
  return text === 'fast' || text === 'spread' ? { checkpoint: text } : refuse('--checkpoint', 'value');
}

function refuse(part: string, problem: string): never {
  throw new OpsError('input.invalid', { field: 'command', part, problem });
}
