import type { CommandLine } from '../../domain/command.ts';
import type { Cluster, Host } from '../../domain/inventory.ts';
import type { ExecChange, JobChange } from '../../domain/step.ts';
import { powershell } from '../facts/powershell.ts';
import { passfilePath } from '../names.ts';
import { programIn } from '../paths.ts';
import { onFamily } from './family.ts';
import { TRIPWIRE } from './leftovers.ts';
import { FOLLOW, FREE_PORT, REST } from './scripts.ts';

/** Nobody stops a rewind for being slow; a job has to name some bound. */
const LONG_MS = 14 * 24 * 3_600_000;
const CHANGE_MS = 600_000;
const ENGLISH = { LC_ALL: 'C' } as const;

/** What PostgreSQL itself writes is no configuration, and standby.signal or a tripwire must not come back with it. */
const NOT_CONFIGURATION = [
  '*.signal',
  TRIPWIRE,
  'backup_*',
  'postmaster.*',
  'PG_VERSION',
  'current_logfiles',
  'tablespace_map',
  'zapas.*',
];

/** $1 data directory, $2 where to, then what is left out. */
const SAVE = `
set -eu
d=$1 kept=$2; shift 2
[ -d "$kept/conf" ] && exit 0
mkdir -p -m 700 -- "$kept/conf.part"
for mask do set -- "$@" ! -name "$mask"; shift; done
find "$d" -maxdepth 1 -type f "$@" -exec cp -a -t "$kept/conf.part" -- {} +
[ ! -d "$d/conf.d" ] || cp -a -- "$d/conf.d" "$kept/conf.part/"
mv -T -- "$kept/conf.part" "$kept/conf"`;

/** \`Copy-Tree from to\`: the files of a directory and of those in it. */
const COPY_TREE = `
function Copy-Tree([string]$from, [string]$to) {
  [void][IO.Directory]::CreateDirectory($to)
  foreach ($file in [IO.Directory]::GetFiles($from)) { Insist { [IO.File]::Copy($file, "$to\\$([IO.Path]::GetFileName($file))", $true) } }
  foreach ($folder in [IO.Directory]::GetDirectories($from)) { Copy-Tree $folder "$to\\$([IO.Path]::GetFileName($folder))" }
}
`;

const SAVE_WINDOWS = `${COPY_TREE}${REST}
$data, $kept = $words[0..1]
$masks = @(Rest 2)
if ([IO.Directory]::Exists("$kept\\conf")) { Leave exit 0 }
if ([IO.Directory]::Exists("$kept\\conf.part")) { [IO.Directory]::Delete("$kept\\conf.part", $true) }
[void][IO.Directory]::CreateDirectory("$kept\\conf.part")
foreach ($file in [IO.Directory]::GetFiles($data)) {
  $name, $own = [IO.Path]::GetFileName($file), $true
  foreach ($mask in $masks) { if ($name -like $mask) { $own = $false } }
  if ($own) { [IO.File]::Copy($file, "$kept\\conf.part\\$name") }
}
if ([IO.Directory]::Exists("$data\\conf.d")) { Copy-Tree "$data\\conf.d" "$kept\\conf.part\\conf.d" }
[IO.Directory]::Move("$kept\\conf.part", "$kept\\conf")`;

/** Keeps the server's own configuration in a directory (H4); a second time keeps nothing else. */
export function saveConfiguration(host: Host, dataDir: string, kept: string): ExecChange {
  return change(host, { posix: SAVE, windows: SAVE_WINDOWS }, [dataDir, kept, ...NOT_CONFIGURATION]);
}

/**
 * The control file is made clean by a recovery in single-user mode, which pg_rewind needs, and pg_rewind says whether it could; nothing
 * is changed by that. The tripwire is away for that long only; WAL is not recycled meanwhile. $1 bin, $2 data directory, then pg_rewind's
 * options.
 */
const PREPARE = `
set -eu
bin=$1 d=$2; shift 2
wire=$(cat -- "$d/${TRIPWIRE}" 2>/dev/null || echo '# Zapas: being rebuilt')
trap 'echo "$wire" > "$d/${TRIPWIRE}"' EXIT
case $("$bin/pg_controldata" -D "$d" | sed -n 's/^Database cluster state: *//p') in
  'shut down') ;;
  *) rm -f -- "$d/${TRIPWIRE}"
     "$bin/postgres" --single -F -D "$d" -c archive_mode=on -c archive_command=false -c logging_collector=off template1 </dev/null ;;
esac
"$bin/pg_rewind" --dry-run "$@"`;

/**
 * Values: bin, data directory, password file, then pg_rewind's options. An administrator may not start postgres itself, only pg_ctl may,
 * which puts his rights off: so the server is started for itself alone, and stopped in order. The login is named in the access lists, for
 * pg_ctl and pg_rewind work without the administrators' rights. H26. Source: PostgreSQL's manual, pg_ctl, "-o".
 */
const PREPARE_WINDOWS = `${FOLLOW}${REST}${FREE_PORT}
$bin, $data, $passfile = $words[0..2]
$list = @(Rest 3)
$me = [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
$tool = [IO.Path]::Combine([Environment]::SystemDirectory, 'icacls.exe')
function Admit([string]$path, [string]$rights) {
  $told = Run $tool @($path, '/grant', "*$($me):$rights") @() @() 600000
  if ($told.Code -ne 0) { Fail 77 "icacls: $($utf8.GetString($told.Out))$($utf8.GetString($told.Err))" }
}
Admit $data '(OI)(CI)F'
Admit $passfile 'R'
$control = $utf8.GetString((Run "$bin\\pg_controldata.exe" @('-D', $data) @('LC_ALL', 'C') @() 60000).Out)
if ($control -notmatch '(?m)^Database cluster state:\\s+shut down\\s*$') {
  $wire = "$data\\${TRIPWIRE}"
  $text = if ([IO.File]::Exists($wire)) { [IO.File]::ReadAllText($wire) } else { '# Zapas: being rebuilt' }
  $alone = "-c listen_addresses=127.0.0.1 -p $(Get-FreePort) -c archive_mode=on -c archive_command=false -c logging_collector=off"
  try {
    [IO.File]::Delete($wire)
    $code = Follow "$bin\\pg_ctl.exe" @('start', '-D', $data, '-w', '-t', '86400', '-s', '-l', "$data\\zapas.rewind.log", '-o', $alone)
  } finally { [IO.File]::WriteAllText($wire, $text) }
  if ($code -ne 0) {
    if ([IO.File]::Exists("$data\\zapas.rewind.log")) { Say $err ([IO.File]::ReadAllText("$data\\zapas.rewind.log")) }
    Leave exit $code
  }
  $code = Follow "$bin\\pg_ctl.exe" @('stop', '-D', $data, '-m', 'fast', '-w', '-t', '3600', '-s')
  if ($code -ne 0) { Leave exit $code }
}
Leave exit (Follow "$bin\\pg_rewind.exe" (@('--dry-run') + $list))`;

/** Makes the server ready for pg_rewind, and has pg_rewind say whether it could; as a detached job. H3. */
export function prepareRewind(host: Host, cluster: Cluster, options: readonly string[]): JobChange {
  const { binDir, dataDir, serviceAccount } = cluster;
  const shared = { env: ENGLISH, cwd: binDir, timeoutMs: LONG_MS };
  const command = onFamily(host, {
    posix: (): CommandLine => ({
      ...shared,
      argv: shell(PREPARE, [binDir, dataDir, ...options]),
      as: serviceAccount,
    }),
    windows: () => {
      const values = [binDir, dataDir, passfilePath(cluster), ...options];
      return { ...powershell(PREPARE_WINDOWS, values), ...shared };
    },
  });
  return { kind: 'job', host: host.id, name: 'prepare', rejected: 'rebuild.rewind-refused', command };
}

/** pg_rewind itself, as a detached job. */
export function rewind(host: Host, cluster: Cluster, options: readonly string[]): JobChange {
  const { binDir, serviceAccount } = cluster;
  const argv = [programIn(binDir, 'pg_rewind'), '--progress', ...options] as const;
  const shared = { argv, env: ENGLISH, cwd: binDir, timeoutMs: LONG_MS };
  const command = onFamily(host, {
    posix: (): CommandLine => ({ ...shared, as: serviceAccount }),
    windows: () => shared,
  });
  return { kind: 'job', host: host.id, name: 'rewind', progress: 'percent', command };
}

/** Where a rebuild keeps what it may need again, and its mark. */
export interface RewindPlaces {
  readonly dataDir: string;
  readonly saved: string;
  readonly rewinding: string;
}

/** $1 data directory, $2 where to, $3 mark, $4 run, $5 the segment where the two parted. */
const MARK = `
set -eu
mkdir -p -m 700 -- "$2/wal"
for f in "$1"/pg_wal/????????????????????????; do
  n=\${f##*/}
  if [ "\${n%????????????????}" = "\${5%????????????????}" ] && [ ! "$n" \\< "$5" ]; then cp -a -- "$f" "$2/wal/"; fi
done
echo "$4" > "$3"; sync -- "$3"`;

/** \`Put path text\`: it is on the disk when this returns. */
const PUT = `
function Put([string]$path, [string]$text) {
  $file = [IO.File]::Create($path)
  $bytes = $utf8.GetBytes($text)
  $file.Write($bytes, 0, $bytes.Length)
  $file.Flush($true)
  $file.Dispose()
}
`;

const MARK_WINDOWS = `${PUT}
$data, $kept, $mark, $run, $segment = $words
[void][IO.Directory]::CreateDirectory("$kept\\wal")
foreach ($file in [IO.Directory]::GetFiles("$data\\pg_wal")) {
  $name = [IO.Path]::GetFileName($file)
  if (-not $segment -or $name -notmatch '^[0-9A-F]{24}$' -or $name.Substring(0, 8) -ne $segment.Substring(0, 8)) { continue }
  if ([string]::CompareOrdinal($name, $segment) -ge 0) { [IO.File]::Copy($file, "$kept\\wal\\$name", $true) }
}
Put $mark $run`;

/**
 * From here until {@link restoreConfiguration} the directory must not be started, which its mark says; the WAL that the server wrote alone,
 * from that segment on, is kept first.
 */
export function markRewinding(host: Host, places: RewindPlaces, run: string, segment: string): ExecChange {
  return change(host, { posix: MARK, windows: MARK_WINDOWS }, [...valuesOf(places), run, segment]);
}

/** $1 data directory, $2 kept, $3 mark, $4 tripwire's text. */
const RESTORE = `
set -eu
find "$2/conf" -mindepth 1 -maxdepth 1 -exec cp -a -t "$1" -- {} +
echo "$4" > "$1/${TRIPWIRE}"
chown --reference="$1" -- "$1/${TRIPWIRE}"
sync -f -- "$1"
: > "$2/rewound"; sync -f -- "$2"
rm -f -- "$3"`;

const RESTORE_WINDOWS = `${COPY_TREE}${PUT}
$data, $kept, $mark, $text = $words
Copy-Tree "$kept\\conf" $data
Put "$data\\${TRIPWIRE}" $text
Put "$kept\\rewound" ''
[IO.File]::Delete($mark)`;

/** The server's own configuration comes back, the tripwire too, then the mark goes. */
export function restoreConfiguration(host: Host, places: RewindPlaces, tripwire: string): ExecChange {
  return change(host, { posix: RESTORE, windows: RESTORE_WINDOWS }, [...valuesOf(places), tripwire]);
}

function valuesOf({ dataDir, saved, rewinding }: RewindPlaces): readonly string[] {
  return [dataDir, saved, rewinding];
}

function change(
  host: Host,
  scripts: { readonly posix: string; readonly windows: string },
  values: readonly string[],
): ExecChange {
  const command = onFamily(host, {
    posix: (): CommandLine => ({ argv: shell(scripts.posix, values), env: ENGLISH, timeoutMs: CHANGE_MS }),
    windows: () => powershell(scripts.windows, values, { timeoutMs: CHANGE_MS }),
  });
  return { kind: 'exec', host: host.id, command };
}

function shell(text: string, values: readonly string[]): CommandLine['argv'] {
  return ['/bin/sh', '-c', text.trim(), 'sh', ...values];
}
