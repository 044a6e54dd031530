import type { CommandLine } from '../../domain/command.ts';
import type { Cluster, Host } from '../../domain/inventory.ts';
import type { ExecChange } from '../../domain/step.ts';
import { POSTMASTER, PROGRAMS, powershell } from '../facts/powershell.ts';
import type { ServiceUnit } from '../facts/service.ts';
import { onFamily } from './family.ts';

/** How long a standby may recover before a person looks at it, seconds. */
const START_SECONDS = 1_800;
export const STOP_SECONDS = 300;

/**
 * Starts the service and waits for the server's own word in postmaster.pid: `ready` when it takes connections, `standby` when it
 * never will by configuration (H41). A start that fails says what the journal has, because the log collector may not have run
 * yet (H28). $1 service, $2 data directory, $3 seconds.
 */
const START = `
systemctl reset-failed -- "$1" 2>/dev/null
systemctl start --no-block -- "$1" || exit
end=$(($(date +%s) + $3))
while [ "$(date +%s)" -lt "$end" ]; do
  case $(sed -n 8p -- "$2/postmaster.pid" 2>/dev/null) in ready*|standby*) exit 0 ;; esac
  if systemctl is-failed --quiet -- "$1"; then
    journalctl -u "$1" -n 20 --no-pager -o cat >&2; exit 1
  fi
  sleep 0.05
done
echo 'the server is still recovering' >&2; exit 75`;

/** Values: service, data directory, seconds. `Get-ServiceState` gives the number that speaks no language (H45): 1 stopped, 4 running. */
export const SERVICE = `${PROGRAMS}${POSTMASTER}
$service, $data, $seconds = $words[0], $words[1], [int]$words[2]
$sc = [IO.Path]::Combine([Environment]::SystemDirectory, 'sc.exe')
$clock = [Diagnostics.Stopwatch]::StartNew()
function Get-ServiceState {
  $seen = Run $sc @('query', $service) @() @() 10000
  $numbers = [regex]::Matches($utf8.GetString($seen.Out), ':\\s+(\\d+)\\s')
  if ($numbers.Count -ge 2) { return [int]$numbers[1].Groups[1].Value }
  return 0
}
function Order([string]$verb, [int[]]$fine) {
  $told = Run $sc @($verb, $service) @() @() 60000
  if ($told.Code -notin $fine) { Fail 1 "sc $verb $($service): $($utf8.GetString($told.Out).Trim()) ($($told.Code))" }
}
`;

/**
 * The service manager's word is not enough: it gives up on a server that recovers (H27). What the server said before its log collector
 * ran is in the Application log, in the language of its messages (H28). 1056: it runs already.
 */
const START_WINDOWS = `
function Show-Events([DateTime]$since) {
  try {
    $entries = [Diagnostics.EventLog]::new('Application').Entries
    for ($at = $entries.Count - 1; $at -ge 0 -and $at -ge $entries.Count - 200; $at--) {
      $one = $entries[$at]
      if ($one.TimeGenerated -lt $since) { break }
      if ($one.Source -like 'PostgreSQL*') { Say $err "$([string]::Join(' ', $one.ReplacementStrings).Trim())\`n" }
    }
  } catch { Say $err "the Application log cannot be read: $(Reason $_)\`n" }
}
$since = [DateTime]::Now.AddSeconds(-2)
if ((Get-ServiceState) -notin 2, 4) { Order start @(0, 1056) }
$clock.Restart()
$still = 0
while ($clock.Elapsed.TotalSeconds -lt $seconds) {
  $lines = Find-Postmaster $data
  if ($lines -and $lines.Length -ge 8 -and $lines[7] -match '^(ready|standby)') { Leave exit 0 }
  if (-not $lines -and (Get-ServiceState) -eq 1) { $still++ } else { $still = 0 }
  if ($still -ge 4) { Show-Events $since; Fail 1 "the service $service has stopped" }
  [Threading.Thread]::Sleep(250)
}
Fail 75 'the server is still recovering'`;

/** In a script that begins with {@link SERVICE}. 1062: it does not run. */
export const STOP_WINDOWS = `
if ((Get-ServiceState) -notin 1, 3) { Order stop @(0, 1062) }
while ((Find-Postmaster $data) -or (Get-ServiceState) -ne 1) {
  if ($clock.Elapsed.TotalSeconds -ge ${STOP_SECONDS}) { Fail 75 'the server has not stopped' }
  [Threading.Thread]::Sleep(250)
}`;

/**
 * Starts the server as a service, directly where there is no service manager, and returns when it says that it takes connections, or
 * never will by configuration. M08, M16, H27, H28, H41.
 */
export function startServiceAndWait(
  host: Host,
  cluster: Cluster,
  { manager }: Pick<ServiceUnit, 'manager'>,
): ExecChange {
  const { service, dataDir } = cluster;
  const timeoutMs = (START_SECONDS + 30) * 1000;
  const command = onFamily(host, {
    posix: () => (manager === 'none' ? directly(cluster) : bySystemd(cluster)),
    windows: () => powershell(`${SERVICE}${START_WINDOWS}`, [service, dataDir, String(START_SECONDS)], { timeoutMs }),
  });
  return { kind: 'exec', host: host.id, command };
}

function bySystemd({ service, dataDir }: Cluster): CommandLine {
  const values = [`${service}.service`, dataDir, String(START_SECONDS)];
  return {
    argv: ['/bin/sh', '-c', START.trim(), 'sh', ...values],
    env: { LC_ALL: 'C' },
    timeoutMs: (START_SECONDS + 30) * 1000,
  };
}

function directly({ binDir, dataDir, serviceAccount }: Cluster): CommandLine {
  const log = `${dataDir}/zapas.start.log`;
  const options = ['-D', dataDir, '-l', log, '-w', '-t', String(START_SECONDS), '-s'];
  return {
    argv: [`${binDir}/pg_ctl`, 'start', ...options],
    env: { LC_ALL: 'C' },
    as: serviceAccount,
    timeoutMs: (START_SECONDS + 30) * 1000,
  };
}

/** Stops the server and starts it again, the way it was started. On Windows that is always a service. M10. */
export function restartServer(
  host: Host,
  cluster: Cluster,
  { exists, active }: Pick<ServiceUnit, 'exists' | 'active'>,
): ExecChange {
  const { binDir, dataDir, service, serviceAccount } = cluster;
  const managed = exists && active === 'active';
  const direct = [`${binDir}/pg_ctl`, 'restart', '-D', dataDir, '-m', 'fast', '-w', '-t', '300', '-s'] as const;
  const argv = managed ? (['systemctl', 'restart', `${service}.service`] as const) : direct;
  const command = onFamily(host, {
    posix: (): CommandLine => ({
      argv,
      env: { LC_ALL: 'C' },
      timeoutMs: 310_000,
      ...(!managed && { as: serviceAccount }),
    }),
    windows: () =>
      powershell(`${SERVICE}${STOP_WINDOWS}${START_WINDOWS}`, [service, dataDir, '300'], {
        timeoutMs: (STOP_SECONDS + 330) * 1000,
      }),
  });
  return { kind: 'exec', host: host.id, command };
}
