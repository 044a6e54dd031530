import type { CommandLine } from '../../../domain/command.ts';
import type { Cluster } from '../../../domain/inventory.ts';
import type { ExecChange, StepInput } from '../../../domain/step.ts';
import type { PostgresServer } from '../../facts/postgres.ts';
import { psql, serverOf } from '../../facts/psql.ts';
import type { ServiceUnit } from '../../facts/service.ts';

const SECOND = 1_000;
const LONG_MS = 3_600 * SECOND;

/** A change on a host by the administrator, with the time it may take. */
export function run(host: string, argv: CommandLine['argv'], timeoutMs = 30 * SECOND): ExecChange {
  return { kind: 'exec', host, command: { argv, env: { LC_ALL: 'C' }, timeoutMs } };
}

/** The same by the service's account. */
export function runAs({ serviceAccount }: Cluster, change: ExecChange): ExecChange {
  return { ...change, command: { ...change.command, as: serviceAccount } };
}

/** Statements on a host's server, one transaction each, readable in the plan. `into` keeps what they print in a file there. */
export function statements(
  host: string,
  cluster: Cluster,
  server: Pick<PostgresServer, 'socketDirectory'>,
  sql: readonly string[],
  options: { readonly database?: string; readonly into?: string; readonly timeoutMs?: number } = {},
): ExecChange {
  const { database = 'postgres', into, timeoutMs = 30 * SECOND } = options;
  const { argv, env, as, timeoutMs: limit } = psql(serverOf(cluster, server), '', { database, timeoutMs });
  const command: CommandLine = {
    argv: [...argv, ...(into === undefined ? [] : ['-o', into]), ...sql.flatMap((one) => ['-c', one])],
    timeoutMs: limit,
    ...(env && { env }),
    ...(as !== undefined && { as }),
  };
  return { kind: 'exec', host, command };
}

/** Stops the server and waits for it: through the service manager where that knows it, else directly (M08, M19). */
export function stopServer(host: string, cluster: Cluster, unit: Pick<ServiceUnit, 'exists'>): ExecChange {
  if (unit.exists) return run(host, ['systemctl', 'stop', cluster.service], 150 * SECOND);
  const argv = [`${cluster.binDir}/pg_ctl`, 'stop', '-D', cluster.dataDir, '-m', 'fast', '-w', '-t', '120'] as const;
  // 1: it was not running.
  return { ...runAs(cluster, run(host, argv, 150 * SECOND)), okExit: [0, 1] };
}

/** Starts the server and waits until it takes connections (M23). */
export function startServer(host: string, cluster: Cluster, unit: Pick<ServiceUnit, 'exists'>): ExecChange {
  if (unit.exists) return run(host, ['systemctl', 'start', cluster.service], LONG_MS);
  const { binDir, dataDir } = cluster;
  const argv = [`${binDir}/pg_ctl`, 'start', '-D', dataDir, '-w', '-t', '3600', '-l', '/dev/null'] as const;
  return runAs(cluster, run(host, argv, LONG_MS));
}

/** Where this run puts files aside on the new primary; nothing is ever deleted. */
export function asideDirectory({ run: id, standby }: StepInput): string {
  return `${standby.stateDir}/aside/${id}`;
}

/**
 * Moves what must not stay in the data directory of a primary (M21, M22) to the run's own folder. The same commands whatever
 * is there, so a second time does no harm.
 */
export function moveAside(input: StepInput): readonly ExecChange[] {
  const { cluster, standby } = input;
  const aside = asideDirectory(input);
  const names = ['(', '-name', 'standby.signal', '-o', '-name', 'backup_*', '-o', '-name', `${MARK}.*`, ')'];
  const move = ['-exec', 'mv', '-t', aside, '--', '{}', '+'];
  return [
    run(standby.id, ['mkdir', '-p', '-m', '700', aside]),
    run(standby.id, ['find', cluster.dataDir, '-maxdepth', '1', ...names, ...move]),
  ];
}

/** Name of the file in the data directory that keeps what the first write answered, until it is moved aside. */
export const MARK = 'zapas.first-write';

/** The file names {@link moveAside} would move. */
export function leftovers(files: readonly string[]): readonly string[] {
  return files.filter((name) => name === 'standby.signal' || name.startsWith('backup_') || name.startsWith(`${MARK}.`));
}
