import type { ExecResult } from '../../domain/command.ts';
import { text } from '../../domain/command.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Cluster } from '../../domain/inventory.ts';
import type { Fact } from '../../domain/step.ts';
import { programIn } from '../paths.ts';
import { type ControlData, parseControlData } from '../postgres/control.ts';
import { historyFileTimeline, type Lsn, parseLsn, parseWalFileName } from '../postgres/lsn.ts';
import { LIVE_QUERY, type LiveServer, liveAnswer } from './postgres-query.ts';
import { PROGRAMS, powershell } from './powershell.ts';
import { LOOK_WINDOWS, lookValues } from './server-windows.ts';
import { keyValues, printed, script, unreadable, valuesOf } from './shell.ts';
import { dumpValues, type WalArgs } from './wal-dump.ts';

/** The part of a cluster that names one server on a host; the same for every question, so that answers are shared. */
export type ServerArgs = Pick<
  Cluster,
  'binDir' | 'dataDir' | 'port' | 'adminUser' | 'adminPassfile' | 'serviceAccount'
>;

/** Picks {@link ServerArgs}; another data directory (a clone's side directory) may stand in for the cluster's own. */
export function serverArgs(cluster: Cluster, dataDir = cluster.dataDir): ServerArgs {
  const { binDir, port, adminUser, adminPassfile, serviceAccount } = cluster;
  return { binDir, dataDir, port, adminUser, serviceAccount, ...(adminPassfile !== undefined && { adminPassfile }) };
}

/**
 * What a server is doing.
 *
 * `absent`: no data directory of PostgreSQL. `stopped`: cleanly. `crashed`: no process, and it did not stop cleanly.
 * `starting`: recovering, takes no connections yet. `hot-standby-off`: follows its primary, but takes no connections by
 * configuration (H41). `running`: takes connections. `hung`: the process is there and does not answer.
 */
export type ServerState =
  | 'absent'
  | 'stopped'
  | 'crashed'
  | 'starting'
  | 'stopping'
  | 'hot-standby-off'
  | 'running'
  | 'hung';

/** One server, seen in one look. */
export interface PostgresServer {
  readonly state: ServerState;
  /** There when psql was let in; a `running` server without it takes connections, but not ours: see `complaint`. */
  readonly live?: LiveServer;
  /** There when the data directory is readable and its programs are there. */
  readonly control?: ControlData;
  /** What psql said when it was not let in; empty otherwise. */
  readonly complaint: string;
  /** Signal files, `backup_*`, `recovery.conf` and files of Zapas in the data directory (M21, M22, H5, H10, H46). */
  readonly files: readonly string[];
  /** Timelines whose history files are in pg_wal (H6), ascending. */
  readonly histories: readonly number[];
  /** The segments written to last, newest first; milliseconds since 1970 by the host's clock. */
  readonly wal: readonly { readonly name: string; readonly modifiedAt: number }[];
  /** From postmaster.pid; absent when the server is not running. */
  readonly socketDirectory?: string;
}

/** `$1` bin, `$2` data, `$3` user, `$4` port. Reads the query from standard input. */
const LOOK = `
b=$1 d=$2 u=$3 port=$4 pid= dir= state=
cd -- "$d" 2>/dev/null && [ -f PG_VERSION ] || { echo state=absent; exit 0; }
for f in *.signal backup_* recovery.conf zapas.*; do if [ -e "$f" ]; then echo "file=$f"; fi; done
for f in pg_wal/*.history; do if [ -e "$f" ]; then echo "history=\${f#pg_wal/}"; fi; done
(cd pg_wal/ && ls -t | grep -xE '[0-9A-F]{24}(\\.partial)?' | head -n 12 | xargs -r stat -c 'wal=%n %.3Y')
alive=no
if [ -r postmaster.pid ]; then
  { read -r pid; read -r _; read -r _; read -r port; read -r dir; read -r _; read -r _; read -r state; } < postmaster.pid
  case $pid in ''|*[!0-9]*) ;; *) kill -0 "$pid" 2>/dev/null && alive=yes ;; esac
  if [ -e "/proc/$pid/cwd" ] && [ ! "/proc/$pid/cwd" -ef . ]; then alive=no; fi
fi
echo "alive=$alive"; echo "status=$state"
if [ $alive = yes ]; then
  echo "socket=$dir"
  if [ -n "$dir" ]; then export PGHOST="$dir"; else export PGHOST=localhost; fi
  echo ==live
  { said=$("$b/psql" -XAtqw -v ON_ERROR_STOP=1 -p "$port" -U "$u" -d postgres 2>&1 >&3); code=$?; } 3>&1
  printf '%s\\n' "$said" >&2
  if [ $code -ne 0 ]; then
    case $said in *'timeout expired'*) code=2 ;; *) "$b/pg_isready" -q -t 2 -p "$port"; code=$? ;; esac
    echo ==ready; echo $code
  fi
fi
echo ==control
"$b/pg_controldata" -D "$d"
echo "==end"`;

/**
 * One server in one round trip: its state, what psql tells, pg_controldata and the files that decide about recovery. Runs as
 * the service's account under LC_ALL=C (H45) and gives up on a hung server after three seconds. A server that is not there,
 * does not run or does not let us in is an answer, not an error; `binaries.missing` when there is a data directory and no
 * program to read it. M18, H5, H6, H10, H11, H41, H43.
 */
export const postgresServer: Fact<ServerArgs, PostgresServer> = {
  id: 'postgres.server',
  read: {
    posix: ({ binDir, dataDir, port, adminUser, serviceAccount }) => {
      const command = script(LOOK, [binDir, dataDir, adminUser, String(port)], { as: serviceAccount });
      const options = '-c lc_messages=C -c statement_timeout=4000 -c default_transaction_read_only=off';
      const env = { ...command.env, PGOPTIONS: options, PGCONNECT_TIMEOUT: '3', PGAPPNAME: 'zapas' };
      return { ...command, env, stdin: LIVE_QUERY };
    },
    windows: (args) => ({ ...powershell(LOOK_WINDOWS, lookValues(args), { timeoutMs: 20_000 }), stdin: LIVE_QUERY }),
  },
  parse: parseServer,
};

function parseServer(result: ExecResult, { binDir, dataDir }: ServerArgs): PostgresServer {
  const output = printed(result.stdout);
  const complaint = text(result.stderr).trim().slice(0, 400);
  const [head = '', ...sections] = output.split(/^==(?=live|ready|control|end)/m);
  const section = (name: string): string | undefined =>
    sections
      .find((part) => part.startsWith(`${name}\n`))
      ?.slice(name.length + 1)
      .trim();
  const fields = keyValues(head);
  if (fields.get('state') === 'absent') return { state: 'absent', complaint: '', files: [], histories: [], wal: [] };
  if (section('control') === undefined) throw unreadable('postgres.server', complaint);
  if (section('control') === '')
    throw new OpsError('binaries.missing', { path: `${binDir}/pg_controldata`, detail: complaint });
  const control = parseControlData(section('control') ?? '');
  const live = section('ready') === undefined ? readLive(section('live'), complaint) : undefined;
  const socketDirectory = fields.get('socket');
  return {
    state: stateOf(fields, { live: live !== undefined, accepts: section('ready') === '0', control }),
    ...(live && { live }),
    control,
    complaint: live ? '' : complaint.replaceAll(dataDir, '…'),
    files: valuesOf(head, 'file'),
    histories: valuesOf(head, 'history')
      .flatMap((name) => historyFileTimeline(name) ?? [])
      .sort((one, other) => one - other),
    wal: valuesOf(head, 'wal').map((row) => {
      const [name = '', seconds] = row.split(' ');
      return { name, modifiedAt: Math.round(Number(seconds) * 1000) };
    }),
    ...(socketDirectory && { socketDirectory }),
  };
}

function readLive(answer: string | undefined, complaint: string): LiveServer | undefined {
  if (answer === undefined) return undefined;
  try {
    return liveAnswer.parse(JSON.parse(answer));
  } catch {
    throw unreadable('postgres.server', `${answer.slice(0, 200)} ${complaint}`);
  }
}

function stateOf(
  fields: ReadonlyMap<string, string>,
  { live, accepts, control }: { live: boolean; accepts: boolean; control: ControlData },
): ServerState {
  if (fields.get('alive') !== 'yes')
    return control.state === 'shut down' || control.state === 'shut down in recovery' ? 'stopped' : 'crashed';
  if (live || accepts) return 'running';
  // The postmaster's own word needs no translation; `standby` is written only when no connections will be taken.
  const status = fields.get('status')?.trim();
  if (status === 'standby') return 'hot-standby-off';
  if (status === 'starting' || status === '') return 'starting';
  return status === 'stopping' ? 'stopping' : 'hung';
}

/** The timeline a server is on: what it writes, or what it follows. 0 when it cannot be told. H6. */
export function timelineOf({ live, control, histories }: PostgresServer): number {
  const written = live?.currentWalFile && parseWalFileName(live.currentWalFile)?.timeline;
  if (written) return written;
  return Math.max(
    control?.timeline ?? 0,
    control?.minRecovery.timeline ?? 0,
    live?.receiver?.timeline ?? 0,
    histories.at(-1) ?? 0,
  );
}

/**
 * Everything before this has reached a standby. After a restart the receiver begins at a segment's start, which may lie before
 * what was replayed already. Undefined when there is neither.
 */
export function receivedLsn({ live, control }: PostgresServer): Lsn | undefined {
  const known = [live?.receiveLsn, live?.replayLsn].flatMap((lsn) => (lsn ? [parseLsn(lsn)] : []));
  if (known.length === 0 && control) known.push(control.minRecovery.end, control.checkpoint);
  return known.reduce<Lsn | undefined>((best, lsn) => (best === undefined || lsn > best ? lsn : best), undefined);
}

/** Does another server's PostgreSQL take connections, as this host sees it? `rejecting`: it is there, but takes none now. */
export type Readiness = 'accepting' | 'rejecting' | 'silent';

/** pg_isready to an address; waits a second at most. Its exit codes need no translation (H45). */
export const postgresReady: Fact<
  Pick<ServerArgs, 'binDir' | 'serviceAccount'> & { readonly address: string; readonly port: number },
  Readiness
> = {
  id: 'postgres.ready',
  read: {
    posix: ({ binDir, serviceAccount, address, port }) => ({
      argv: [programIn(binDir, 'pg_isready'), '-q', '-t', '1', '-h', address, '-p', String(port)],
      env: { LC_ALL: 'C' },
      as: serviceAccount,
      timeoutMs: 5_000,
    }),
    windows: ({ binDir, address, port }) => ({
      argv: [programIn(binDir, 'pg_isready'), '-q', '-t', '1', '-h', address, '-p', String(port)],
      env: { LC_ALL: 'C' },
      timeoutMs: 5_000,
    }),
  },
  parse(result) {
    if (result.code === 0) return 'accepting';
    if (result.code === 1) return 'rejecting';
    if (result.code === 2) return 'silent';
    throw unreadable('postgres.ready', text(result.stderr));
  },
};

const NOTHING_BEHIND = 44;
const GAP = 45;
/** `$1` pg_waldump, `$2` pg_wal, `$3` timeline, `$4` where to begin, `$5` the segment that has it. It would wait for a missing one. */
const READ_ON = `
if [ ! -e "$2/$5" ]; then
  for f in "$2"/????????????????????????; do if [ "\${f##*/}" \\> "$5" ]; then exit ${GAP}; fi; done
  exit ${NOTHING_BEHIND}
fi
exec "$1" -q -p "$2" -t "$3" -s "$4"`;

const READ_ON_WINDOWS = `${PROGRAMS}
$dump, $wal, $timeline, $from, $segment = $words
if (-not [IO.File]::Exists("$wal\\$segment")) {
  foreach ($file in [IO.Directory]::GetFiles($wal)) {
    $name = [IO.Path]::GetFileName($file)
    if ($name.Length -eq 24 -and [string]::CompareOrdinal($name, $segment) -gt 0) { Leave exit ${GAP} }
  }
  Leave exit ${NOTHING_BEHIND}
}
$seen = Run $dump @('-q', '-p', $wal, '-t', $timeline, '-s', $from) @('LC_ALL', 'C') @() 3000
Pass $seen.Err $err
Leave exit $seen.Code`;

/**
 * Where the WAL on a stopped server's disk ends, found by reading on from `from`; undefined when it cannot be told in time.
 * What lies behind that point was never promised to any client. H38. Source: PostgreSQL's manual, pg_waldump.
 */
export const walEnd: Fact<WalArgs, Lsn | undefined> = {
  id: 'postgres.wal-end',
  read: {
    posix: (args) => script(READ_ON, dumpValues(args), { as: args.serviceAccount, timeoutMs: 3_000 }),
    windows: (args) => powershell(READ_ON_WINDOWS, dumpValues(args), { timeoutMs: 10_000 }),
  },
  parse(result, { from }) {
    if (result.code === NOTHING_BEHIND) return parseLsn(from);
    const output = text(result.stderr);
    const end = /error in WAL record at ([0-9A-F]+\/[0-9A-F]+): .*? at ([0-9A-F]+\/[0-9A-F]+)/.exec(output);
    if (end?.[2]) return parseLsn(end[2]);
    return /could not find a valid record after/.test(output) ? parseLsn(from) : undefined;
  },
};
