import { text } from '../../domain/command.ts';
import type { Fact } from '../../domain/step.ts';
import { formatLsn, type Lsn, parseLsn } from '../postgres/lsn.ts';
import type { ServerArgs } from './postgres.ts';
import { PROGRAMS, powershell } from './powershell.ts';
import { keyValues, script } from './shell.ts';
import { dumpValues, type WalArgs } from './wal-dump.ts';

/** What a server has written behind a point of its WAL. */
export interface WalWrites {
  /** Transactions that were committed, as pg_waldump shows them. */
  readonly commits: number;
  /** Where the last record begins that was found; undefined when there is none. */
  readonly last: Lsn | undefined;
}

const NO_SEGMENT = 44;
/** `$1` pg_waldump, `$2` pg_wal, `$3` timeline, `$4` where to begin, `$5` the segment that has it. */
const COUNT = `
[ -e "$2/$5" ] || exit ${NO_SEGMENT}
[ -x "$1" ] || exit 127
"$1" -p "$2" -t "$3" -s "$4" 2>/dev/null | awk '
  /^rmgr: Transaction / && /desc: COMMIT/ { commits++ }
  match($0, /, lsn: [0-9A-F]+\\/[0-9A-F]+/) { last = substr($0, RSTART + 7, RLENGTH - 7) }
  END { print "commits=" commits + 0; print "last=" last }'`;

const COUNT_WINDOWS = `${PROGRAMS}
$dump, $wal, $timeline, $from, $segment = $words
if (-not [IO.File]::Exists("$wal\\$segment")) { Leave exit ${NO_SEGMENT} }
$seen = Run $dump @('-p', $wal, '-t', $timeline, '-s', $from) @('LC_ALL', 'C') @() 110000
if ($seen.Code -in 124, 127) { Leave exit $seen.Code }
$commits, $last = 0, ''
$reader = [IO.StreamReader]::new([IO.MemoryStream]::new($seen.Out), $utf8)
while ($null -ne ($line = $reader.ReadLine())) {
  if ($line -match '^rmgr: Transaction ' -and $line -match 'desc: COMMIT') { $commits++ }
  if ($line -match ', lsn: ([0-9A-F]+/[0-9A-F]+)') { $last = $Matches[1] }
}
Line "commits=$commits"
Line "last=$last"`;

/**
 * The transactions a server has committed behind `from` on that timeline, counted in the WAL on its disk; undefined when the WAL from
 * there on is gone, or cannot be read. H46. Source: PostgreSQL's manual, pg_waldump.
 */
export const walWrites: Fact<WalArgs, WalWrites | undefined> = {
  id: 'wal.writes',
  read: {
    posix: (args) => script(COUNT, dumpValues(args), { as: args.serviceAccount, timeoutMs: 120_000 }),
    windows: (args) => powershell(COUNT_WINDOWS, dumpValues(args), { timeoutMs: 120_000 }),
  },
  parse(result) {
    const fields = keyValues(text(result.stdout));
    const commits = Number(fields.get('commits') ?? Number.NaN);
    if (result.code !== 0 || !Number.isInteger(commits)) return undefined;
    const last = fields.get('last');
    return { commits, last: last ? parseLsn(last) : undefined };
  },
};

/**
 * Newest segment first: pg_rewind goes back in the same way. `$1` pg_waldump, `$2` pg_wal, `$3` timeline, `$4` the point, `$5` the segment
 * that has it.
 */
const CHECKPOINT = `
[ -x "$1" ] || exit 127
cd -- "$2" && [ -e "$5" ] || { echo kept=no; exit 0; }
dump=$1 point=$4 segment=$5
has() { "$dump" -r XLOG "$@" 2>/dev/null | grep -qE 'desc: CHECKPOINT_(SHUTDOWN|ONLINE)'; }
for s in $(ls | grep -xE "\${segment%????????????????}[0-9A-F]{16}" | sort -r | sed -n "/$segment/,\\$ p"); do
  if [ "$s" = "$segment" ]; then set -- -e "$point"; else set --; fi
  if has "$@" "$s"; then echo kept=yes; exit 0; fi
done
echo kept=no`;

const CHECKPOINT_WINDOWS = `${PROGRAMS}
$dump, $wal, $timeline, $point, $segment = $words
if (-not [IO.File]::Exists($dump)) { Leave exit 127 }
if (-not [IO.File]::Exists("$wal\\$segment")) { Line 'kept=no'; Leave exit 0 }
$names = @(foreach ($file in [IO.Directory]::GetFiles($wal, "$($segment.Substring(0, 8))*")) { [IO.Path]::GetFileName($file) })
[Array]::Sort($names, [StringComparer]::Ordinal)
for ($at = [Array]::IndexOf($names, $segment); $at -ge 0; $at--) {
  $name = $names[$at]
  if ($name -notmatch '^[0-9A-F]{24}$') { continue }
  $until = @(if ($name -eq $segment) { '-e'; $point })
  $seen = Run $dump (@('-r', 'XLOG') + $until + @("$wal\\$name")) @('LC_ALL', 'C') @() 60000
  if ($utf8.GetString($seen.Out) -match 'desc: CHECKPOINT_(SHUTDOWN|ONLINE)') { Line 'kept=yes'; Leave exit 0 }
}
Line 'kept=no'`;

/**
 * Does a server still have the WAL from its last checkpoint before `from` on? pg_rewind begins there. Undefined when it cannot be told. H3.
 * Source: PostgreSQL's manual, pg_rewind, "How It Works".
 */
export const checkpointKept: Fact<WalArgs, boolean | undefined> = {
  id: 'wal.checkpoint',
  read: {
    posix: (args) => script(CHECKPOINT, dumpValues(args), { as: args.serviceAccount, timeoutMs: 120_000 }),
    windows: (args) => powershell(CHECKPOINT_WINDOWS, dumpValues(args), { timeoutMs: 120_000 }),
  },
  parse(result) {
    const kept = keyValues(text(result.stdout)).get('kept');
    return result.code === 0 && kept ? kept === 'yes' : undefined;
  },
};

/** Bytes from where it parted to the last record it wrote; 0 when it wrote none. */
export function bytesBehind(from: Lsn, { last }: WalWrites): bigint {
  return last === undefined || last < from ? 0n : last - from;
}

/** Arguments for {@link walWrites} on a server of this cluster. */
export function writesArgs(
  cluster: Pick<ServerArgs, 'binDir' | 'dataDir' | 'serviceAccount'>,
  { timeline, from, segmentBytes }: { readonly timeline: number; readonly from: Lsn; readonly segmentBytes: number },
): WalArgs {
  const { binDir, dataDir, serviceAccount } = cluster;
  return { binDir, dataDir, serviceAccount, timeline, from: formatLsn(from), segmentBytes };
}
