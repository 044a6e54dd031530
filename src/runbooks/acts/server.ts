import type { CommandLine } from '../../domain/command.ts';
import type { Cluster, Host } from '../../domain/inventory.ts';
import type { ExecChange } from '../../domain/step.ts';
import type { PostgresServer } from '../facts/postgres.ts';
import { powershell } from '../facts/powershell.ts';
import { psql, serverOf } from '../facts/psql.ts';
import type { ServiceUnit } from '../facts/service.ts';
import { programIn } from '../paths.ts';
import { onFamily } from './family.ts';
import { SERVICE, STOP_SECONDS, STOP_WINDOWS, startServiceAndWait } from './service-start.ts';

const SECOND = 1_000;
const LONG_MS = 3_600 * SECOND;

/** A change on a host by the administrator, with the time it may take. */
export function run(host: string, argv: CommandLine['argv'], timeoutMs = 30 * SECOND): ExecChange {
  return { kind: 'exec', host, command: { argv, env: { LC_ALL: 'C' }, timeoutMs } };
}

/** The same by the service's account; on Windows the administrator does it. */
export function runAs(
  host: Host,
  { serviceAccount }: Cluster,
  argv: CommandLine['argv'],
  timeoutMs?: number,
): ExecChange {
  const change = run(host.id, argv, timeoutMs);
  return onFamily(host, {
    posix: () => ({ ...change, command: { ...change.command, as: serviceAccount } }),
    windows: () => change,
  });
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
export function stopServer(host: Host, cluster: Cluster, unit: Pick<ServiceUnit, 'exists'>): ExecChange {
  const { binDir, dataDir, service } = cluster;
  if (unit.exists) {
    return onFamily(host, {
      posix: () => run(host.id, ['systemctl', 'stop', service], 150 * SECOND),
      windows: () => byScript(host, cluster, `${SERVICE}${STOP_WINDOWS}`),
    });
  }
  const argv = [programIn(binDir, 'pg_ctl'), 'stop', '-D', dataDir, '-m', 'fast', '-w', '-t', '120'] as const;
  // 1: it was not running.
  return { ...runAs(host, cluster, argv, 150 * SECOND), okExit: [0, 1] };
}

/** Starts the server and waits until it takes connections (M23). */
export function startServer(host: Host, cluster: Cluster, unit: Pick<ServiceUnit, 'exists' | 'manager'>): ExecChange {
  const { binDir, dataDir, service } = cluster;
  const argv = [programIn(binDir, 'pg_ctl'), 'start', '-D', dataDir, '-w', '-t', '3600', '-l', '/dev/null'] as const;
  return onFamily(host, {
    posix: () =>
      unit.exists ? run(host.id, ['systemctl', 'start', service], LONG_MS) : runAs(host, cluster, argv, LONG_MS),
    windows: () => startServiceAndWait(host, cluster, unit),
  });
}

/** In a script that begins with {@link SERVICE}. Where the manager refuses, the key that it reads at the next boot has to do. */
const START_MODE_WINDOWS = `
function Set-StartMode([string]$mode, [int]$number) {
  if ((Run $sc @('config', $service, 'start=', $mode) @() @() 15000).Code -eq 0) { return }
  $key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey("SYSTEM\\CurrentControlSet\\Services\\$service", $true)
  if (-not $key) { Fail 1 "there is no service $service" }
  $key.SetValue('Start', $number, [Microsoft.Win32.RegistryValueKind]::DWord)
  $key.Dispose()
}
`;

/**
 * Stops the service and keeps it from starting with the host. A generated unit has no enabled state of its own; stopping it must do. The
 * manager of systemd need not read all its units again for this, which takes longer than the rest of a fence; until somebody reloads it,
 * `systemctl status` warns that it is outdated.
 */
export function disableService(host: Host, cluster: Cluster, { path }: Pick<ServiceUnit, 'path'>): ExecChange {
  return onFamily(host, {
    posix: () =>
      path.includes('/generator')
        ? stopServer(host, cluster, { exists: true })
        : run(host.id, ['systemctl', 'disable', '--now', '--no-reload', cluster.service], 150 * SECOND),
    // The start first: a service that restarts by itself then does not.
    windows: () => byScript(host, cluster, `${SERVICE}${START_MODE_WINDOWS}Set-StartMode disabled 4${STOP_WINDOWS}`),
  });
}

/** It starts with the host again. */
export function enableService(host: Host, cluster: Cluster): ExecChange {
  return onFamily(host, {
    posix: () => run(host.id, ['systemctl', 'enable', '--quiet', '--no-reload', cluster.service]),
    windows: () => byScript(host, cluster, `${SERVICE}${START_MODE_WINDOWS}Set-StartMode auto 2`),
  });
}

/** A server that answers nobody does not hear a polite request either; waiting for it would take minutes. */
export function killService(host: Host, cluster: Cluster): ExecChange {
  return onFamily(host, {
    posix: () => run(host.id, ['systemctl', 'kill', '--signal=SIGKILL', cluster.service]),
    windows: () =>
      byScript(
        host,
        cluster,
        `${SERVICE}\n$master = Find-Postmaster $data\nif ($master) { Stop-Tree ([int]$master[0]) }`,
      ),
  });
}

/** The promotion itself: everything received is replayed first. It is not waited for: proofs look at once, and more often. */
export function promoteServer(host: Host, cluster: Cluster): ExecChange {
  const { binDir, dataDir } = cluster;
  return runAs(host, cluster, [programIn(binDir, 'pg_ctl'), 'promote', '-D', dataDir, '--no-wait']);
}

function byScript(host: Host, { service, dataDir }: Cluster, script: string): ExecChange {
  const command = powershell(script, [service, dataDir, '0'], { timeoutMs: (STOP_SECONDS + 30) * SECOND });
  return { kind: 'exec', host: host.id, command };
}
