import { text } from '../../domain/command.ts';
import type { Cluster } from '../../domain/inventory.ts';
import type { Fact } from '../../domain/step.ts';
import { powershell } from './powershell.ts';
import { keyValues, script, unreadable } from './shell.ts';

/** The end of a server's log, as the bytes that stand in its files. */
export interface LogTail {
  /** The newest file; its name tells the format. */
  readonly file: string;
  /** From the start of a line on. The end of the file before comes first when the newest one is short. */
  readonly bytes: Uint8Array;
}

type LogArgs = Pick<Cluster, 'dataDir' | 'logDir' | 'serviceAccount'> & { readonly maxBytes: number };

/** Asks for the end of the cluster's log; 128 KiB unless said otherwise. */
export function logArgs({ dataDir, logDir, serviceAccount }: Cluster, maxBytes = 128 * 1024): LogArgs {
  return { dataDir, logDir, serviceAccount, maxBytes };
}

const NONE = 44;
/** `$1` data directory, `$2` log directory of the inventory, `$3` bytes. */
const READ_TAIL = `
cd -- "$1" || exit ${NONE}
f=$(sed -n 's/^[a-z]* //p' current_logfiles 2>/dev/null | head -n 1)
if [ ! -f "$f" ]; then
  for d in "$2" pg_log log; do
    f=$(ls -t -- "$d"/*.log "$d"/*.json "$d"/*.csv 2>/dev/null | head -n 1)
    if [ -f "$f" ]; then break; fi
  done
fi
[ -f "$f" ] || exit ${NONE}
size=$(wc -c < "$f") before= more=0
if [ "$size" -lt "$3" ]; then
  before=$(ls -t -- "\${f%/*}"/*."\${f##*.}" | grep -vxF -- "$f" | head -n 1)
  [ -z "$before" ] || more=$(wc -c < "$before")
fi
take=$(($3 - size))
if [ -z "$before" ]; then cut=$((size > $3)); else cut=$((more > take)); fi
echo "file=$f cut=$cut"
if [ -n "$before" ]; then tail -c "$take" -- "$before"; fi
tail -c "$3" -- "$f"`;

/** The same words for Windows. Shared with the server, which has the file open. */
const READ_TAIL_WINDOWS = `
$data, $named, $most = $words[0], $words[1], [int64]$words[2]
if (-not [IO.Directory]::Exists($data)) { Leave exit ${NONE} }
function Below([string]$name) { [IO.Path]::Combine($data, $name.Replace('/', '\\')) }
function Newest([string]$folder, [string]$except) {
  $best = $null
  if (-not [IO.Directory]::Exists($folder)) { return $best }
  foreach ($info in [IO.DirectoryInfo]::new($folder).GetFiles()) {
    if ($info.Extension -notin '.log', '.json', '.csv' -or $info.FullName -eq $except) { continue }
    if ($except -and $info.Extension -ne [IO.Path]::GetExtension($except)) { continue }
    if (-not $best -or $info.LastWriteTimeUtc -gt $best.LastWriteTimeUtc) { $best = $info }
  }
  return $best
}
function Open([string]$path) {
  [IO.FileStream]::new($path, [IO.FileMode]::Open, [IO.FileAccess]::Read, [IO.FileShare]'ReadWrite, Delete')
}
$file = $null
try {
  $reader = [IO.StreamReader]::new((Open (Below 'current_logfiles')), $utf8)
  $row = $reader.ReadLine(); $reader.Dispose()
  if ($row -match '^[a-z]+ (.+)$') { $file = Below $Matches[1] }
} catch { }
if (-not $file -or -not [IO.File]::Exists($file)) {
  $file = $null
  foreach ($name in $named, 'pg_log', 'log') {
    $found = Newest (Below $name)
    if ($found) { $file = $found.FullName; break }
  }
}
if (-not $file) { Leave exit ${NONE} }
$log = Open $file
$size = $log.Length
$before = if ($size -lt $most) { Newest ([IO.Path]::GetDirectoryName($file)) $file }
$take = $most - $size
$cut = if ($before) { $before.Length -gt $take } else { $size -gt $most }
Line "file=$file cut=$([int]$cut)"
if ($before) {
  $older = Open $before.FullName
  $older.Position = [Math]::Max(0, $older.Length - $take)
  $older.CopyTo($out)
}
$log.Position = [Math]::Max(0, $size - $most)
$log.CopyTo($out)`;

/**
 * The end of the server's log (H43): of the file the server writes to, or, when it does not say, of the newest one in the
 * inventory's directory, pg_log or log. Undefined when there is none. The bytes are raw: one file mixes encodings (H44).
 */
export const logTail: Fact<LogArgs, LogTail | undefined> = {
  id: 'log.tail',
  read: {
    posix: ({ dataDir, logDir, serviceAccount, maxBytes }) =>
      script(READ_TAIL, [dataDir, logDir, String(maxBytes)], { as: serviceAccount }),
    windows: ({ dataDir, logDir, maxBytes }) => powershell(READ_TAIL_WINDOWS, [dataDir, logDir, String(maxBytes)]),
  },
  parse(result) {
    if (result.code === NONE) return undefined;
    const end = result.stdout.indexOf(0x0a);
    const head = text(result.stdout.subarray(0, Math.max(end, 0)));
    const file = keyValues(head)
      .get('file')
      ?.replace(/ cut=[01]$/, '');
    if (result.code !== 0 || !file) throw unreadable('log.tail', text(result.stderr));
    const bytes = result.stdout.subarray(end + 1);
    return { file, bytes: head.endsWith('cut=1') ? bytes.subarray(bytes.indexOf(0x0a) + 1) : bytes };
  },
};
