import type { CommandLine } from '../../domain/command.ts';
import type { Cluster, Host } from '../../domain/inventory.ts';
import type { Change, ExecChange, JobChange } from '../../domain/step.ts';
import { VERIFIED_MARK } from '../facts/files.ts';
import { PROGRAMS, powershell } from '../facts/powershell.ts';
import { passfilePath } from '../names.ts';
import { programIn } from '../paths.ts';
import { granteeOf } from './account.ts';
import { onFamily } from './family.ts';
import { EMPTY, FOLLOW, GRANT, REST } from './scripts.ts';

/** Nobody stops a clone for being slow; a job has to name some bound. */
const CLONE_TIMEOUT_MS = 14 * 24 * 3_600_000;
const ENGLISH = { LC_ALL: 'C' } as const;

function shell(text: string, values: readonly string[]): CommandLine['argv'] {
  return ['/bin/sh', '-c', text.trim(), 'sh', ...values];
}

/** $1 account, $2 its group, $3 how many directories to remove, these, then those to make. */
const PREPARE = `
set -eu
a=$1 g=$2 n=$3; shift 3
while [ "$n" -gt 0 ]; do rm -rf -- "$1"; shift; n=$((n - 1)); done
for d do mkdir -p -- "$(dirname -- "$d")"; install -d -m 0700 -o "$a" -g "$g" -- "$d"; done`;

/**
 * Values: account for icacls, how many directories to remove, these, then those to make. Whoever works here is named too: programs of
 * PostgreSQL put the administrators' rights off. H26.
 */
const PREPARE_WINDOWS = `${PROGRAMS}${REST}${GRANT}
$account, $count = $words[0], [int]$words[1]
$listed = @(Rest 2)
$me = [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
$grants = [Collections.Generic.HashSet[string]]::new([string[]]@('*S-1-5-18', '*S-1-5-32-544', "*$me", $account))
for ($at = 0; $at -lt $listed.Length; $at++) {
  $path = $listed[$at]
  if ($at -lt $count) { if ([IO.Directory]::Exists($path)) { Insist { [IO.Directory]::Delete($path, $true) } }; continue }
  [void][IO.Directory]::CreateDirectory($path)
  Grant $path @(foreach ($who in $grants) { "$($who):(OI)(CI)F" })
}`;

interface Directories {
  readonly account: string;
  readonly group: string;
  readonly remove: readonly string[];
  readonly make: readonly string[];
}

/** Empty directories that are the account's alone; others are removed before. */
export function prepareDirectories(host: Host, { account, group, remove, make }: Directories): ExecChange {
  const values = [String(remove.length), ...remove, ...make];
  const timeoutMs = 600_000;
  const command = onFamily(host, {
    posix: (): CommandLine => ({ argv: shell(PREPARE, [account, group, ...values]), env: ENGLISH, timeoutMs }),
    windows: () => powershell(PREPARE_WINDOWS, [granteeOf(account), ...values], { timeoutMs }),
  });
  return { kind: 'exec', host: host.id, command };
}

/**
 * Tries three times, each time from an empty directory: pg_basebackup cannot go on where it was cut off (H32). $1 how many
 * directories to empty, these, then the command.
 */
const COPY = `
n=$1; shift; try=1
dirs=$(mktemp) || exit 1
while [ "$n" -gt 0 ]; do printf '%s\\0' "$1" >> "$dirs"; shift; n=$((n - 1)); done
while :; do
  xargs -0 -r -I{} find {} -mindepth 1 -delete < "$dirs"
  "$@" && break
  code=$?
  [ "$try" -lt 3 ] || { rm -f "$dirs"; exit "$code"; }
  echo "attempt $try failed with exit code $code; starting over" >&2
  sleep $((try * 15)); try=$((try + 1))
done
rm -f "$dirs"`;

/** The same, with the same values. H32. */
const COPY_WINDOWS = `${FOLLOW}${REST}${EMPTY}
$count = [int]$words[0]
$listed = @(Rest 1)
$program, $list = $listed[$count], @(Rest (2 + $count))
for ($try = 1; ; $try++) {
  for ($at = 0; $at -lt $count; $at++) { Empty $listed[$at] }
  $code = Follow $program $list
  if ($code -eq 0) { Leave exit 0 }
  if ($try -ge 3) { Leave exit $code }
  Say $err "attempt $try failed with exit code $code; starting over\`n"
  [Threading.Thread]::Sleep($try * 15000)
}`;

/** pg_basebackup with these arguments into these directories, as a detached job. M14, M15, H32. */
export function copyServer(
  host: Host,
  cluster: Cluster,
  { emptied, backup }: { readonly emptied: readonly string[]; readonly backup: readonly string[] },
): JobChange {
  const { binDir, serviceAccount } = cluster;
  const values = [String(emptied.length), ...emptied, programIn(binDir, 'pg_basebackup'), ...backup];
  const shared = { env: { ...ENGLISH, PGPASSFILE: passfilePath(cluster) }, cwd: binDir, timeoutMs: CLONE_TIMEOUT_MS };
  const command = onFamily(host, {
    posix: (): CommandLine => ({ ...shared, argv: shell(COPY, values), as: serviceAccount }),
    windows: () => ({ ...powershell(COPY_WINDOWS, values), ...shared }),
  });
  return { kind: 'job', host: host.id, name: 'basebackup', progress: 'basebackup', command };
}

/** $1 program, $2 clone, $3 mark, the rest: options. */
const VERIFY = `
v=$1 d=$2 m=$3; shift 3
"$v" --progress "$@" "$d" && : > "$d/$m"`;

/** The same, with the same values. */
const VERIFY_WINDOWS = `${FOLLOW}${REST}
$program, $clone, $mark = $words[0..2]
$code = Follow $program (@('--progress') + @(Rest 3) + @($clone))
if ($code -ne 0) { Leave exit $code }
[IO.File]::WriteAllText("$clone\\$mark", '')`;

/** pg_verifybackup over the whole copy, which gets its mark when it is whole; as a detached job. M14, H39. */
export function verifyCopy(host: Host, { binDir, serviceAccount }: Cluster, clone: string, waldump: boolean): Change {
  const options = waldump ? [] : ['--no-parse-wal'];
  const values = [programIn(binDir, 'pg_verifybackup'), clone, VERIFIED_MARK, ...options];
  const shared = { env: ENGLISH, timeoutMs: CLONE_TIMEOUT_MS };
  const command = onFamily(host, {
    posix: (): CommandLine => ({ ...shared, argv: shell(VERIFY, values), as: serviceAccount }),
    windows: () => ({ ...powershell(VERIFY_WINDOWS, values), ...shared }),
  });
  return { kind: 'job', host: host.id, name: 'verify', progress: 'percent', command };
}
