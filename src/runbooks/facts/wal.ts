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
 * The transactions a server has committed behind `from` on that timeline, counted in the WAL on its disk; `recycled` when the WAL from
 * there on is gone, undefined when it cannot be read. H46. Source: PostgreSQL's manual, pg_waldump.
 */
export const walWrites: Fact<WalArgs, WalWrites | 'recycled' | undefined> = {
  id: 'wal.writes',
  read: {
    posix: (args) => script(COUNT, dumpValues(args), { as: args.serviceAccount, timeoutMs: 120_000 }),
    windows: (args) => powershell(COUNT_WINDOWS, dumpValues(args), { timeoutMs: 120_000 }),
  },
  parse(result) {
    if (result.code === NO_SEGMENT) return 'recycled';
    const fields = keyValues(text(result.stdout));
    const commits = Number(fields.get('commits') ?? Number.NaN);
    if (result.code !== 0 || !Number.isInteger(commits)) return undefined;
    const last = fields.get('last');
    return { commits, last: last ? parseLsn(last) : undefined };
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
