import { text } from '../../domain/command.ts';
import { Secret } from '../../domain/secret.ts';
import type { Fact } from '../../domain/step.ts';
import { programIn } from '../paths.ts';
import { PROGRAMS, powershell } from './powershell.ts';
import { jsonRow, psql, type Server } from './psql.ts';
import { onBoth, unreadable } from './shell.ts';

/** A role as the catalog has it (H22: the name is compared exactly). */
export interface Role {
  readonly login: boolean;
  readonly replication: boolean;
  readonly superuser: boolean;
  /** What pg_authid stores: a SCRAM verifier or an md5 hash; absent without a password. */
  readonly verifier?: Secret;
}

/** The role of that name; undefined when there is none. M12, H17, H22. */
export const databaseRole: Fact<{ readonly server: Server; readonly role: string }, Role | undefined> = {
  id: 'database.role',
  read: onBoth(({ server, role }) =>
    psql(
      server,
      `select coalesce((select json_build_object('login', rolcanlogin, 'replication', rolreplication,
           'superuser', rolsuper, 'verifier', rolpassword) from pg_authid where rolname = :'role'), 'null');`,
      { variables: { role } },
    ),
  ),
  parse(result) {
    if (result.code !== 0) throw unreadable('database.role', text(result.stderr));
    const row = JSON.parse(text(result.stdout)) as null | (Omit<Role, 'verifier'> & { verifier: string | null });
    if (row === null) return undefined;
    const { verifier, ...attributes } = row;
    return verifier === null ? attributes : { ...attributes, verifier: new Secret(verifier) };
  },
};

/** What pg_rewind calls on its source. Source: PostgreSQL's manual, pg_rewind, "Notes". */
export const REWIND_FUNCTIONS = [
  'pg_catalog.pg_ls_dir(text, boolean, boolean)',
  'pg_catalog.pg_stat_file(text, boolean)',
  'pg_catalog.pg_read_binary_file(text)',
  'pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean)',
] as const;

/** May this role be pg_rewind's on its source? False also when there is no such role. H3. */
export const mayRewind: Fact<{ readonly server: Server; readonly role: string }, boolean> = {
  id: 'database.may-rewind',
  read: onBoth(({ server, role }) => {
    const all = REWIND_FUNCTIONS.map((name) => `has_function_privilege(rolname, '${name}', 'execute')`).join(' and ');
    return psql(server, `select coalesce((select ${all} from pg_roles where rolname = :'role'), false);`, {
      variables: { role },
    });
  }),
  parse(result) {
    if (result.code !== 0) throw unreadable('database.may-rewind', text(result.stderr));
    return text(result.stdout).trim() === 't';
  },
};

/** A tablespace with its directory (H35). */
export interface Tablespace {
  readonly oid: string;
  readonly name: string;
  readonly location: string;
  readonly bytes: number;
}

/** How much a copy of the server will need, in bytes. */
export interface Extent {
  /** All databases, with what they have in tablespaces. */
  readonly databaseBytes: number;
  readonly walBytes: number;
  readonly tablespaces: readonly Tablespace[];
}

/** Sizes of databases, WAL and tablespaces (H35, H36). */
export const databaseExtent: Fact<{ readonly server: Server }, Extent> = {
  id: 'database.extent',
  read: onBoth(({ server }) =>
    psql(
      server,
      `select json_build_object(
           'databaseBytes', (select sum(pg_database_size(oid)) from pg_database),
           'walBytes', (select coalesce(sum(size), 0) from pg_ls_waldir()),
           'tablespaces', (select coalesce(json_agg(json_build_object('oid', oid::text, 'name', spcname,
             'location', pg_tablespace_location(oid), 'bytes', pg_tablespace_size(oid)) order by oid), '[]')
             from pg_tablespace where spcname not in ('pg_default', 'pg_global')));`,
      { timeoutMs: 60_000 },
    ),
  ),
  // The shape is the query's own.
  parse: (result) => jsonRow(result, 'database.extent') as Extent,
};

/** One row of pg_settings. `file` is null for defaults and for what came from the command line (H11). */
export interface SettingRow {
  readonly value: string;
  readonly unit: string | null;
  readonly source: string;
  readonly file: string | null;
}

/** The settings that setup rests on or edits, with where they come from. */
export interface Configuration {
  readonly settings: Readonly<Record<ConfigurationName, SettingRow>>;
  /** Seconds since 1970: when the files were last read. */
  readonly loadedAt: number;
  /** What the files say wrongly, by the server's own judgement: `file:line name error`; empty when all is well. */
  readonly problems: readonly string[];
}

const CONFIGURATION = [
  'archive_command',
  'archive_mode',
  'config_file',
  'data_directory',
  'hba_file',
  'hot_standby',
  'ident_file',
  'listen_addresses',
  'log_directory',
  'max_replication_slots',
  'max_slot_wal_keep_size',
  'max_wal_senders',
  'ssl',
  'ssl_ca_file',
  'ssl_cert_file',
  'ssl_key_file',
  'wal_level',
] as const;
export type ConfigurationName = (typeof CONFIGURATION)[number];

/**
 * Lists what the configuration files have that the server would not take: one line each. A value that only waits for a
 * restart is no such thing. Source: PostgreSQL's manual, pg_file_settings.
 */
export const FILE_PROBLEMS = `
select coalesce(sourcefile, '') || ':' || coalesce(sourceline::text, '') || ' ' || coalesce(name, '') || ' ' || error
  from pg_file_settings
  where error is not null
    and not (error = 'setting could not be applied' and name in (select name from pg_settings where context = 'postmaster'))
  order by seqno`;

/** Lists what the server would not take of pg_hba.conf. Source: PostgreSQL's manual, pg_hba_file_rules. H18, H20. */
export const HBA_PROBLEMS = `
select coalesce(file_name, '') || ':' || line_number || ' ' || error from pg_hba_file_rules where error is not null order by 1`;

/** Where the settings come from, when they were loaded, and what is wrong with the files. M10, H11, H47. */
export const configuration: Fact<{ readonly server: Server }, Configuration> = {
  id: 'database.configuration',
  read: onBoth(({ server }) =>
    psql(
      server,
      `select json_build_object(
           'settings', (select json_object_agg(name, json_build_object('value', setting, 'unit', unit, 'source', source,
             'file', sourcefile) order by name) from pg_settings where name in (${CONFIGURATION.map((name) => `'${name}'`).join(', ')})),
           'loadedAt', extract(epoch from pg_conf_load_time()),
           'problems', (select coalesce(json_agg(line), '[]') from (${FILE_PROBLEMS}) as found(line)));`,
    ),
  ),
  // The shape is the query's own.
  parse: (result) => jsonRow(result, 'database.configuration') as Configuration,
};

/** What came of a replication login as the standby will make it (M12, H23). */
export type LoginAttempt =
  | { readonly ok: true; readonly systemIdentifier: string; readonly timeline: number }
  /** `message` is libpq's first complaint; `exit` 127 means that there is no psql yet. */
  | { readonly ok: false; readonly message: string; readonly exit: number };

const LOGIN_WINDOWS = `${PROGRAMS}
$way = "$($words[1]) dbname=replication replication=true connect_timeout=10"
$seen = Run $words[0] @('-XAtq', '-w', '-d', $way, '-c', 'IDENTIFY_SYSTEM') @('LC_ALL', 'C', 'PGCLIENTENCODING', 'SQL_ASCII') @() 20000
Pass $seen.Out $out
Pass $seen.Err $err
Leave exit $seen.Code`;

/**
 * Logs in for replication from this host, as the account the server will run as, with its certificates and its password file
 * (H25), and asks the primary who it is. Nothing is read from or written to the database.
 */
export const replicationLogin: Fact<
  { readonly binDir: string; readonly account: string; readonly conninfo: string },
  LoginAttempt
> = {
  id: 'database.replication-login',
  read: {
    posix: ({ binDir, account, conninfo }) => ({
      argv: [
        '/bin/sh',
        '-c',
        '[ -x "$1" ] || exit 127; exec "$1" -XAtq -w -d "$2 dbname=replication replication=true connect_timeout=10" -c IDENTIFY_SYSTEM',
        'sh',
        `${binDir}/psql`,
        conninfo,
      ],
      env: { LC_ALL: 'C' },
      as: account,
      timeoutMs: 20_000,
    }),
    windows: ({ binDir, conninfo }) =>
      powershell(LOGIN_WINDOWS, [programIn(binDir, 'psql'), conninfo], { timeoutMs: 30_000 }),
  },
  parse(result) {
    const [systemIdentifier = '', timeline = ''] = text(result.stdout).trim().split('|');
    if (result.code === 0 && /^\d+$/.test(systemIdentifier))
      return { ok: true, systemIdentifier, timeline: Number(timeline) };
    // A second attempt without TLS can only mislead; libpq reports one attempt per line pair, the first one counts.
    const message = text(result.stderr).trim().split('\n').slice(0, 2).join(' ');
    return { ok: false, message: message.replace(/^psql: error: /, ''), exit: result.code };
  },
};
