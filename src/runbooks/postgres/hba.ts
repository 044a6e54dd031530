import { type Cidr, parseCidr, parseMasked } from './cidr.ts';
import { type HbaToken, isKeyword, tokenizeHbaLine } from './hba-tokens.ts';
import { hasByteOrderMark, type Line, splitLines } from './lines.ts';

export const CONNECTION_TYPES = ['local', 'host', 'hostssl', 'hostnossl', 'hostgssenc', 'hostnogssenc'] as const;
export type ConnectionType = (typeof CONNECTION_TYPES)[number];

/** Whom a record is for: everybody, a keyword that depends on the server's own networks, a range, or a host name. */
export type HbaAddress =
  | { readonly kind: 'local' }
  | { readonly kind: 'all' }
  | { readonly kind: 'samehost' | 'samenet' }
  | { readonly kind: 'range'; readonly cidr: Cidr }
  | { readonly kind: 'odd-mask' }
  | { readonly kind: 'name'; readonly name: string };

/** One rule of pg_hba.conf. */
export interface HbaRecord {
  readonly type: ConnectionType;
  readonly databases: readonly HbaToken[];
  readonly users: readonly HbaToken[];
  readonly address: HbaAddress;
  readonly method: string;
  readonly options: Readonly<Record<string, string>>;
}

/** A logical line: one or more physical lines joined by trailing backslashes. `first` is 1-based. */
export interface HbaEntry {
  readonly first: number;
  readonly count: number;
  readonly parsed:
    | { readonly kind: 'blank' }
    | { readonly kind: 'record'; readonly record: HbaRecord }
    | { readonly kind: 'include'; readonly path: string }
    | { readonly kind: 'invalid'; readonly problem: string };
}

/** A parsed pg_hba.conf; `lines` holds the text losslessly. */
export interface HbaFile {
  readonly lines: readonly Line[];
  readonly entries: readonly HbaEntry[];
  readonly problems: readonly { readonly line: number; readonly problem: string }[];
}

const METHODS = new Set(
  'trust reject scram-sha-256 md5 password gss sspi ident peer ldap radius cert pam bsd oauth'.split(' '),
);

/**
 * Parses without losing anything and without throwing: what would keep the server from loading the file is in `problems`
 * (H18: clientcert outside hostssl; H20; H21: a byte order mark, on line 1). Source: PostgreSQL's hba.c and its manual,
 * "The pg_hba.conf File".
 */
export function parseHba(content: string): HbaFile {
  const lines = splitLines(content);
  const entries: HbaEntry[] = [];
  for (let index = 0; index < lines.length; ) {
    const { text, count } = logicalLine(lines, index);
    entries.push({ first: index + 1, count, parsed: parseEntry(text) });
    index += count;
  }
  const problems = entries.flatMap(({ first, parsed }) =>
    parsed.kind === 'invalid' ? [{ line: first, problem: parsed.problem }] : [],
  );
  if (!hasByteOrderMark(content)) return { lines, entries, problems };
  return {
    lines,
    entries,
    problems: [{ line: 1, problem: 'byte-order-mark' }, ...problems.filter((p) => p.line !== 1)],
  };
}

function logicalLine(lines: readonly Line[], start: number): { text: string; count: number } {
  let text = '';
  let count = 0;
  for (const line of lines.slice(start)) {
    count++;
    if (!line.text.endsWith('\\')) return { text: text + line.text, count };
    text += line.text.slice(0, -1);
  }
  return { text, count };
}

function parseEntry(text: string): HbaEntry['parsed'] {
  const fields = tokenizeHbaLine(text);
  if (fields.length === 0) return { kind: 'blank' };
  const word = fields[0]?.[0]?.text ?? '';
  const target = fields[1]?.[0]?.text;
  if (fields.length === 2 && target !== undefined && /^include(?:_if_exists|_dir)?$/.test(word)) {
    return { kind: 'include', path: target };
  }
  const record = parseRecord(fields);
  return typeof record === 'string' ? { kind: 'invalid', problem: record } : { kind: 'record', record };
}

/** The record, or the problem as a token. */
function parseRecord(fields: readonly (readonly HbaToken[])[]): HbaRecord | string {
  const [first = [], databases, users, ...rest] = fields;
  if (first.length !== 1) return 'connection-type';
  const type = CONNECTION_TYPES.find((known) => known === first[0]?.text);
  if (type === undefined) return 'connection-type';
  if (databases === undefined) return 'database-missing';
  if (users === undefined) return 'user-missing';
  const place = type === 'local' ? { address: { kind: 'local' } as const, used: 0 } : parsePlace(rest);
  if (typeof place === 'string') return place;
  const [method, ...options] = rest.slice(place.used);
  if (method === undefined) return 'method-missing';
  const name = method[0]?.text ?? '';
  if (method.length !== 1 || !METHODS.has(name)) return 'method';
  const parsed = parseOptions(options.flat());
  if (typeof parsed === 'string') return parsed;
  const record = { type, databases, users, address: place.address, method: name, options: parsed };
  return recordProblem(record) ?? record;
}

function parsePlace(fields: readonly (readonly HbaToken[])[]): { address: HbaAddress; used: number } | string {
  const [field, next] = fields;
  const token = field?.[0];
  if (field === undefined || token === undefined) return 'address-missing';
  if (field.length !== 1) return 'address';
  if (isKeyword(token, 'all')) return { address: { kind: 'all' }, used: 1 };
  if (isKeyword(token, 'samehost')) return { address: { kind: 'samehost' }, used: 1 };
  if (isKeyword(token, 'samenet')) return { address: { kind: 'samenet' }, used: 1 };
  const cidr = parseCidr(token.text);
  if (token.text.includes('/')) return cidr === undefined ? 'address' : { address: { kind: 'range', cidr }, used: 1 };
  if (cidr === undefined) return { address: { kind: 'name', name: token.text }, used: 1 };
  const mask = next?.length === 1 ? next[0]?.text : undefined;
  const maskBits = parseCidr(mask ?? '')?.bits;
  if (mask === undefined || mask.includes('/') || maskBits !== cidr.bits) return 'mask';
  const masked = parseMasked(token.text, mask);
  return { address: masked === undefined ? { kind: 'odd-mask' } : { kind: 'range', cidr: masked }, used: 2 };
}

function parseOptions(tokens: readonly HbaToken[]): Readonly<Record<string, string>> | string {
  const options: Record<string, string> = {};
  for (const { text } of tokens) {
    const cut = text.indexOf('=');
    if (cut === -1) return 'option-syntax';
    options[text.slice(0, cut)] = text.slice(cut + 1);
  }
  return options;
}

function recordProblem({ type, method, options }: HbaRecord): string | undefined {
  const { clientcert } = options;
  if (clientcert !== undefined && type !== 'hostssl') return 'clientcert-needs-hostssl';
  if (clientcert !== undefined && clientcert !== 'verify-ca' && clientcert !== 'verify-full') return 'clientcert';
  if (clientcert === 'verify-ca' && method === 'cert') return 'clientcert';
  if (method === 'cert' && type !== 'hostssl') return 'method-needs-hostssl';
  if (method === 'peer' && type !== 'local') return 'method-needs-local';
  if (method === 'gss' && type === 'local') return 'method-needs-host';
  return undefined;
}
