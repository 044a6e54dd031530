import { type Cidr, canonicalCidr, contains, overlaps, parseCidr } from './cidr.ts';
import { formatError } from './format-error.ts';
import { type HbaAddress, type HbaEntry, type HbaFile, type HbaRecord, parseHba } from './hba.ts';
import { type HbaToken, isKeyword, quoteHbaName } from './hba-tokens.ts';
import { insertLines, joinLines } from './lines.ts';

/** The rule that lets a standby in: `hostssl replication <users> <address> <method> clientcert=…` (M11). */
export interface ReplicationRule {
  /** Role names exactly as in the catalog (H22); the manual lists `replication` and the mMedica user. */
  readonly users: readonly string[];
  /** The standby's address with its prefix; a bare address means that one host. */
  readonly address: string;
  /** `md5` as the manual has it, or `scram-sha-256` (H17: with it, a password stored as md5 no longer works). */
  readonly method: 'md5' | 'scram-sha-256';
  readonly clientcert: 'verify-ca' | 'verify-full';
  /** The database of an ordinary connection (pg_rewind makes one); absent: a replication connection. */
  readonly database?: string;
}

/**
 * How an existing rule stands to a wanted one. `covers`: it decides about every such connection. `overlaps`: about some.
 * `maybe`: cannot be told from the file (group, regular expression, other file, host name, the server's own networks).
 */
export type Cover = 'covers' | 'overlaps' | 'maybe' | 'no';

/** An earlier line that would have decided first. */
export interface Shadow {
  readonly line: number;
  readonly cover: Exclude<Cover, 'no'>;
  /** The method that would have been used; `include` for an include directive, whose content is not known here. */
  readonly method: string;
}

export interface HbaEdit {
  readonly content: string;
  readonly changed: boolean;
  /** Where the rule stands now, 1-based. */
  readonly line: number;
  /** Lines the new rule was put in front of, by their numbers in the old text. */
  readonly shadows: readonly Shadow[];
  /** A `reject` among them: somebody closed this door on purpose, so a person should know. */
  readonly rejectedBy: Shadow | undefined;
}

const WHAT = 'pg_hba.conf';

/**
 * Makes the rule the one that decides about the standby's replication connections (first match wins). Idempotent: a rule
 * that already decides so is left alone. Otherwise the line goes in front of the first line that would decide instead,
 * or behind the last record. Throws `postgresql.format` when the file has an error of its own (H18, H20, H21) or the rule
 * cannot be written safely. M11, H19.
 */
export function ensureReplicationEntry(content: string, rule: ReplicationRule): HbaEdit {
  const file = parseHba(content);
  const problem = file.problems[0];
  if (problem !== undefined) throw formatError(WHAT, problem.problem, problem.line);
  // A backslash at the very end would swallow a line appended after it.
  if (file.lines.at(-1)?.text.endsWith('\\')) throw formatError(WHAT, 'dangling-backslash', file.lines.length);
  const text = renderReplicationEntry(rule);
  const standing = file.entries.find((entry) => grants(entry, rule));
  const shadows = shadowsOf(file, rule, standing?.first ?? Number.POSITIVE_INFINITY);
  const rejectedBy = shadows.find((shadow) => shadow.method === 'reject');
  if (standing !== undefined && shadows.length === 0) {
    return { content, changed: false, line: standing.first, shadows, rejectedBy };
  }
  const at = shadows[0] === undefined ? endOfRecords(file) : shadows[0].line - 1;
  return { content: joinLines(insertLines(file.lines, at, [text])), changed: true, line: at + 1, shadows, rejectedBy };
}

/** The line itself, in the manual's column order. Throws `postgresql.format` for what cannot be written safely. */
export function renderReplicationEntry(rule: ReplicationRule): string {
  if (rule.users.length === 0) throw formatError(WHAT, 'user-missing');
  const users = rule.users.map(quoteHbaName).join(',');
  const address = canonicalCidr(rule.address);
  const database = rule.database === undefined ? 'replication' : quoteHbaName(rule.database);
  return `hostssl    ${database}     ${users}     ${address}     ${rule.method}  clientcert=${rule.clientcert}`;
}

/** Does the record decide about TLS replication connections of these users from this address? */
export function entryCovers(record: HbaRecord, rule: Pick<ReplicationRule, 'users' | 'address' | 'database'>): Cover {
  if (record.type === 'local' || record.type === 'hostnossl' || record.type === 'hostgssenc') return 'no';
  const database = anyOf(record.databases.map((token) => databaseCover(token, rule.database)));
  const users = allOf(rule.users.map((user) => userCover(record.users, user)));
  return both(both(database, users), addressCover(record.address, wantedRange(rule.address)));
}

function grants({ parsed }: HbaEntry, rule: ReplicationRule): boolean {
  if (parsed.kind !== 'record' || parsed.record.type !== 'hostssl') return false;
  const { method, options } = parsed.record;
  const same = method === rule.method && options['clientcert'] === rule.clientcert;
  return same && Object.keys(options).length === 1 && entryCovers(parsed.record, rule) === 'covers';
}

function shadowsOf(file: HbaFile, rule: ReplicationRule, before: number): Shadow[] {
  return file.entries.flatMap(({ first, parsed }): Shadow[] => {
    if (first >= before) return [];
    if (parsed.kind === 'include') return [{ line: first, cover: 'maybe', method: 'include' }];
    if (parsed.kind !== 'record') return [];
    // A line that lets the same connections in by the same means takes nothing away, even if it covers only some.
    if (sameTerms(parsed.record, rule)) return [];
    const cover = entryCovers(parsed.record, rule);
    return cover === 'no' ? [] : [{ line: first, cover, method: parsed.record.method }];
  });
}

function sameTerms({ type, method, options }: HbaRecord, rule: ReplicationRule): boolean {
  const only = Object.keys(options).length === 1 && options['clientcert'] === rule.clientcert;
  return type === 'hostssl' && method === rule.method && only;
}

function endOfRecords(file: HbaFile): number {
  const last = file.entries.findLast(({ parsed }) => parsed.kind !== 'blank');
  return last === undefined ? file.lines.length : last.first - 1 + last.count;
}

function databaseCover(token: HbaToken, database: string | undefined): Cover {
  if (isFileReference(token)) return 'maybe';
  // Only the keyword matches a physical replication connection; `all` does not (H19).
  const replication = isKeyword(token, 'replication');
  if (database === undefined || replication) return replication && database === undefined ? 'covers' : 'no';
  if (isKeyword(token, 'all')) return 'covers';
  if (isKeyword(token, 'sameuser') || isKeyword(token, 'samerole') || token.text.startsWith('/')) return 'maybe';
  return token.text === database ? 'covers' : 'no';
}

function userCover(tokens: readonly HbaToken[], user: string): Cover {
  return anyOf(
    tokens.map((token) => {
      if (isKeyword(token, 'all')) return 'covers';
      if (isFileReference(token) || token.text.startsWith('/') || (!token.quoted && token.text.startsWith('+'))) {
        return 'maybe';
      }
      return token.text === user ? 'covers' : 'no';
    }),
  );
}

function addressCover(address: HbaAddress, wanted: Cidr): Cover {
  switch (address.kind) {
    case 'all':
      return 'covers';
    case 'local':
      return 'no';
    case 'samehost':
    case 'samenet':
    case 'odd-mask':
    case 'name':
      return 'maybe';
    case 'range':
      if (contains(address.cidr, wanted)) return 'covers';
      return overlaps(address.cidr, wanted) ? 'overlaps' : 'no';
  }
}

function wantedRange(address: string): Cidr {
  const cidr = parseCidr(address);
  if (cidr === undefined) throw formatError(WHAT, 'address');
  return cidr;
}

function isFileReference(token: HbaToken): boolean {
  return !token.quoted && token.text.length > 1 && token.text.startsWith('@');
}

/** The best of several alternatives in one list. */
function anyOf(covers: readonly Cover[]): Cover {
  if (covers.includes('covers')) return 'covers';
  return covers.includes('maybe') ? 'maybe' : 'no';
}

/** One verdict about several users: all of them, some, or none. */
function allOf(covers: readonly Cover[]): Cover {
  if (covers.every((cover) => cover === 'covers')) return 'covers';
  if (covers.includes('covers')) return 'overlaps';
  return covers.includes('maybe') ? 'maybe' : 'no';
}

/** Two conditions that must hold together. */
function both(one: Cover, other: Cover): Cover {
  if (one === 'no' || other === 'no') return 'no';
  if (one === 'maybe' || other === 'maybe') return 'maybe';
  return one === 'overlaps' || other === 'overlaps' ? 'overlaps' : 'covers';
}
