import { type CommandLine, type ExecResult, text } from '../../domain/command.ts';
import type { Cluster } from '../../domain/inventory.ts';
import type { Word } from '../../domain/secret.ts';
import { isWindowsPath, programIn } from '../paths.ts';
import { unreadable } from './shell.ts';

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
  /** psql variables, for `:'name'` and `:"name"` in the statements. Never secret: they stand in argv. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/**
 * psql on the host itself: unaligned, tuples only, stops at the first error; messages in English whatever the server's
 * language (H45). The statements go through standard input, so a secret may stand in them.
 */
export function psql(server: Server, statements: Word, options: PsqlOptions = {}): CommandLine {
  const { database = 'postgres', variables = {}, timeoutMs = 20_000 } = options;
  const windows = isWindowsPath(server.binDir);
  const named = Object.entries(variables).flatMap(([name, value]) => ['-v', `${name}=${value}`]);
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
      ...named,
    ],
    env: {
      LC_ALL: 'C',
      PGOPTIONS: '-c lc_messages=C',
      PGCONNECT_TIMEOUT: '10',
      PGAPPNAME: 'zapas',
      ...(windows && { PGHOST: LOOPBACK, PGCLIENTENCODING: 'UTF8' }),
      ...(windows && server.adminPassfile !== undefined && { PGPASSFILE: server.adminPassfile }),
      ...(!windows && server.socketDirectory && { PGHOST: server.socketDirectory }),
    },
    stdin: statements,
    ...(!windows && { as: server.serviceAccount }),
    timeoutMs,
  };
}

/** The JSON a query printed as its only row; `fact.unreadable` when psql failed or printed something else. */
export function jsonRow(result: ExecResult, fact: string): unknown {
  if (result.code !== 0) throw unreadable(fact, text(result.stderr));
  try {
    return JSON.parse(text(result.stdout));
  } catch {
    throw unreadable(fact, text(result.stdout));
  }
}
