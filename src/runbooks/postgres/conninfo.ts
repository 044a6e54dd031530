import { Secret } from '../../domain/secret.ts';
import { formatError } from './format-error.ts';
import { refuseLineBreaks } from './lines.ts';

/** A libpq connection string, read. Passwords are kept apart so that the rest may be shown. */
export interface Conninfo {
  /** Keyword to value, without anything secret. For lists of hosts or ports the value is the list, as libpq has it. */
  readonly settings: Readonly<Record<string, string>>;
  /** `password`, `sslpassword` and their like. */
  readonly secrets: Readonly<Record<string, Secret>>;
}

/** What a standby's primary_conninfo says. There is no place for a password: it lives in `passfile` (H24). */
export interface PrimaryConninfo {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Absolute path on the standby, readable by the service's account (H25). */
  readonly passfile: string;
  /** H23: `prefer` would retry without TLS, so only the checking modes exist here. */
  readonly sslmode: 'verify-ca' | 'verify-full';
  readonly sslrootcert: string;
  readonly sslcert: string;
  readonly sslkey: string;
  /** How the primary names this standby in pg_stat_replication. */
  readonly applicationName: string;
  readonly channelBinding?: 'require' | 'prefer' | 'disable';
}

const WHAT = 'conninfo';
const SECRET_KEYS = new Set(['password', 'sslpassword', 'oauth_client_secret', 'scram_client_key', 'scram_server_key']);
const SPACE = /[ \t\n\r\f\v]/;

/**
 * Reads a connection string in either form (`host=… user=…` or `postgresql://…`) with libpq's rules; the last of several
 * values wins. Throws `postgresql.format`. Source: libpq's manual, "Connection Strings".
 */
export function parseConninfo(text: string): Conninfo {
  const pairs = /^postgres(?:ql)?:\/\//.test(text) ? uriPairs(text) : keyValuePairs(text);
  const settings: Record<string, string> = {};
  const secrets: Record<string, Secret> = {};
  for (const [key, value] of pairs) {
    if (SECRET_KEYS.has(key)) secrets[key] = new Secret(value);
    else settings[key] = value;
  }
  return { settings, secrets };
}

/** A key=value connection string; every value reads back as the same text. Secrets are refused by type. */
export function buildConninfo(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => {
      if (!/^[a-z_]+$/.test(key) || SECRET_KEYS.has(key)) throw formatError(WHAT, 'keyword');
      return `${key}=${quoteConninfoValue(value)}`;
    })
    .join(' ');
}

/**
 * The value of `primary_conninfo`, without a password (M14, H23, H24). It still has to be quoted for the configuration
 * file (`setSetting` does). Throws `postgresql.format` for a port out of range and for line breaks.
 */
export function primaryConninfo(target: PrimaryConninfo): string {
  return buildConninfo({ ...connectionSettings(target), application_name: target.applicationName });
}

/** The settings that every connection to the primary shares, in a fixed order. */
export function connectionSettings(target: Omit<PrimaryConninfo, 'applicationName'>): Record<string, string> {
  if (!Number.isInteger(target.port) || target.port < 1 || target.port > 65_535) throw formatError(WHAT, 'port');
  const settings: Record<string, string> = {
    host: target.host,
    port: String(target.port),
    user: target.user,
    passfile: target.passfile,
    sslmode: target.sslmode,
    sslrootcert: target.sslrootcert,
    sslcert: target.sslcert,
    sslkey: target.sslkey,
  };
  for (const value of Object.values(settings)) {
    if (value === '') throw formatError(WHAT, 'value-missing');
  }
  return target.channelBinding === undefined ? settings : { ...settings, channel_binding: target.channelBinding };
}

/** The connection string as it may be shown: secrets are `***`, in key=value form. */
export function redactConninfo(text: string): string {
  const { settings, secrets } = parseConninfo(text);
  const shown = Object.entries({ ...settings, ...secrets });
  return shown.map(([key, value]) => `${key}=${value instanceof Secret ? '***' : quoteConninfoValue(value)}`).join(' ');
}

function quoteConninfoValue(value: string): string {
  refuseLineBreaks(value, WHAT);
  if (/^[A-Za-z0-9_.:/-]+$/.test(value)) return value;
  return `'${value.replace(/['\\]/g, '\\$&')}'`;
}

function keyValuePairs(text: string): [string, string][] {
  const pairs: [string, string][] = [];
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const key = /^[^=\s]*/.exec(text.slice(at))?.[0] ?? '';
    at = skipSpace(text, at + key.length);
    if (key === '') throw formatError(WHAT, 'keyword');
    if (text[at] !== '=') throw formatError(WHAT, 'equals-missing');
    const value = readValue(text, skipSpace(text, at + 1));
    pairs.push([key, value.text]);
    at = skipSpace(text, value.at);
  }
  return pairs;
}

function readValue(text: string, from: number): { text: string; at: number } {
  const quoted = text[from] === "'";
  let value = '';
  let at = quoted ? from + 1 : from;
  for (; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quoted ? char === "'" : SPACE.test(char)) return { text: value, at: at + 1 };
    if (char !== '\\') value += char;
    else value += text[++at] ?? '';
  }
  if (quoted) throw formatError(WHAT, 'unterminated-quote');
  return { text: value, at };
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && SPACE.test(text[at] ?? '')) at++;
  return at;
}

function uriPairs(text: string): [string, string][] {
  const rest = text.slice(text.indexOf('://') + 3);
  const match = /^(?:([^:@/?]*)(?::([^@/?]*))?@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(rest);
  if (match === null) throw formatError(WHAT, 'uri');
  const [, user, password, places = '', database, query] = match;
  const { hosts, ports } = splitPlaces(places);
  const pairs: [string, string | undefined][] = [
    ['user', user],
    ['password', password],
    ['host', hosts],
    ['port', ports],
    ['dbname', database],
  ];
  const given = pairs.flatMap(([key, value]): [string, string][] => (value ? [[key, decode(value)]] : []));
  return query ? [...given, ...query.split('&').map(queryPair)] : given;
}

function splitPlaces(places: string): { hosts: string; ports: string } {
  const parsed = places.split(',').map((place) => {
    const match = /^(?:\[([^\]]+)\]|([^:[\]]*))(?::(\d*))?$/.exec(place);
    if (match === null) throw formatError(WHAT, 'uri-host');
    return { host: match[1] ?? match[2] ?? '', port: match[3] ?? '' };
  });
  return { hosts: joinList(parsed.map(({ host }) => host)), ports: joinList(parsed.map(({ port }) => port)) };
}

function joinList(values: readonly string[]): string {
  return values.every((value) => value === '') ? '' : values.join(',');
}

function queryPair(pair: string): [string, string] {
  const [key = '', value, ...rest] = pair.split('=');
  if (key === '' || value === undefined || rest.length > 0) throw formatError(WHAT, 'uri-query');
  // The one alias libpq keeps, for JDBC's sake.
  if (key === 'ssl' && value === 'true') return ['sslmode', 'require'];
  return [decode(key), decode(value)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw formatError(WHAT, 'uri-percent');
  }
}
