import { type CommandLine, type ExecResult, text } from '../../domain/command.ts';
import type { Cluster } from '../../domain/inventory.ts';
import { Secret, type Word } from '../../domain/secret.ts';
import { isWindowsPath, programIn } from '../paths.ts';
import { printed, unreadable } from './shell.ts';

/**
 * How psql on a host reaches the server of this cluster there: through the local socket, as the service's account; on Windows over
 * the loopback, with the administrator's password file.
 */
export interface Server extends Pick<Cluster, 'binDir' | 'port' | 'adminUser' | 'adminPassfile' | 'serviceAccount'> {
  /** Where the server's socket is; psql's own default when absent. */
  readonly socketDirectory?: string;
}

/** The part of a cluster that {@link psql} needs; the same for every question, so that answers are shared. */
export function serverOf(cluster: Cluster, { socketDirectory }: Pick<Server, 'socketDirectory'> = {}): Server {
  const { binDir, port, adminUser, adminPassfile, serviceAccount } = cluster;
  return {
    binDir,
    port,
    adminUser,
    serviceAccount,
    ...(adminPassfile !== undefined && { adminPassfile }),
    ...(socketDirectory !== undefined && { socketDirectory }),
  };
}

/** Where a Windows host's own server is asked. */
export const LOOPBACK = '127.0.0.1';

interface PsqlOptions {
  readonly database?: string;
  /** psql variables, for `:'name'` and `:"name"` in the statements. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/**
 * psql on the host itself: unaligned, tuples only, stops at the first error; messages in English whatever the server's
 * language (H45). The statements go through standard input, so a secret may stand in them. On Windows nothing is converted on the way:
 * psql would drop what is not UTF-8, and the paths of the settings are not (see {@link printed}).
 */
export function psql(server: Server, statements: Word, options: PsqlOptions = {}): CommandLine {
  const { database = 'postgres', variables = {}, timeoutMs = 20_000 } = options;
  const windows = isWindowsPath(server.binDir);
  const words = Object.entries(variables);
  const beyond = windows && words.some(([, value]) => !/^\p{ASCII}*$/u.test(value));
  return {
    argv: [
      programIn(server.binDir, 'psql'),
      windows ? '-XAtqw' : '-XAtq',
      '-v',
      'ON_ERROR_STOP=1',
      '-p',
      String(server.port),
      '-U',
      server.adminUser,
      '-d',
      database,
      ...(beyond ? [] : words.flatMap(([name, value]) => ['-v', `${name}=${value}`])),
    ],
    env: {
      LC_ALL: 'C',
      PGOPTIONS: '-c lc_messages=C',
      PGCONNECT_TIMEOUT: '10',
      PGAPPNAME: 'zapas',
      ...(windows && { PGHOST: LOOPBACK, PGCLIENTENCODING: 'SQL_ASCII' }),
      ...(windows && server.adminPassfile !== undefined && { PGPASSFILE: server.adminPassfile }),
      ...(!windows && server.socketDirectory && { PGHOST: server.socketDirectory }),
    },
    stdin: beyond ? withVariables(statements, words) : statements,
    ...(!windows && { as: server.serviceAccount }),
    timeoutMs,
  };
}

/** Variables before the statements: a Windows program gets its arguments in the code page, and these letters in none. */
function withVariables(statements: Word, variables: readonly (readonly [name: string, value: string])[]): Word {
  const lines = variables.map(([name, value]) => `\\set ${name} '${escaped(value)}'\n`).join('');
  return statements instanceof Secret ? new Secret(lines + statements.reveal()) : lines + statements;
}

/** Within the quotes of psql's meta-commands. Source: PostgreSQL's manual, psql, "Meta-Commands". */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\n', '\\n');
}

/** The JSON a query printed as its only row; `fact.unreadable` when psql failed or printed something else. */
export function jsonRow(result: ExecResult, fact: string): unknown {
  if (result.code !== 0) throw unreadable(fact, text(result.stderr));
  try {
    return JSON.parse(printed(result.stdout));
  } catch {
    throw unreadable(fact, printed(result.stdout));
  }
}
