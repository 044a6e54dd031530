import type { CommandLine } from '../../domain/command.ts';
import type { Cluster, Host } from '../../domain/inventory.ts';
import type { Change } from '../../domain/step.ts';
import { powershell } from '../facts/powershell.ts';
import { plainPath } from '../paths.ts';
import { onFamily } from './family.ts';
import { COPY_WINDOWS, PROMOTE_WINDOWS, REMOVE_WINDOWS, START_WINDOWS } from './rehearsal-windows.ts';

const ENGLISH = { LC_ALL: 'C' } as const;
const MINUTE = 60_000;

function shell(text: string, values: readonly string[], timeoutMs: number): CommandLine {
  return { argv: ['/bin/sh', '-c', text.trim(), 'sh', ...values], env: ENGLISH, timeoutMs };
}

/**
 * Whatever runs in a copy is ended at once, then the copy is removed, and those of tablespaces. The names alone decide, so it finds what
 * an earlier run has left. $1 data directory.
 */
const REMOVE = `
r=$(readlink -f -- "$1") || r=$1
gone() {
  for s in "$1".rehearsal-*; do
    [ -d "$s" ] || continue
    read -r p 2>/dev/null < "$s/postmaster.pid" || p=
    case $p in ''|*[!0-9]*) p= ;; esac
    if [ -n "$p" ] && [ "$(readlink "/proc/$p/cwd")" = "$s" ]; then
      kill -QUIT "$p"; n=0
      while [ -d "/proc/$p" ] && [ "$n" -lt 300 ]; do sleep 0.1; n=$((n + 1)); done
      [ -d "/proc/$p" ] && { echo "process $p in $s does not end" >&2; exit 1; }
    fi
    rm -rf --one-file-system -- "$s" || exit 1
  done
}
gone "$r"
for l in "$r"/pg_tblspc/*; do [ -L "$l" ] && gone "$(readlink -- "$l")"; done
exit 0`;

/** Ends and removes every copy a rehearsal has made beside this data directory; harmless when there is none. */
export function removeCopies(host: Host, { dataDir }: Cluster): Change {
  const timeoutMs = 60 * MINUTE;
  const command = onFamily(host, {
    posix: () => shell(REMOVE, [dataDir], timeoutMs),
    windows: () => powershell(REMOVE_WINDOWS, [dataDir], { timeoutMs }),
  });
  return { kind: 'exec', host: host.id, command };
}

/** Where a run's copies of a data directory and its tablespaces stand: beside them; on Windows the first holds the others. */
export function copiesOf(host: Host, real: string, spaces: readonly string[], run: string): readonly string[] {
  const places = onFamily(host, { posix: () => [real, ...spaces], windows: () => [real] });
  return places.map((path) => rehearsalPath(path, run));
}

/** Where a run's copy of a directory stands: beside it. */
export function rehearsalPath(path: string, run: string): string {
  return `${path}.rehearsal-${run}`;
}

/**
 * PostgreSQL's low-level backup, held in one session that ends with this script whatever happens. Its slot is temporary and keeps the
 * standby's WAL for just as long; of the primary nothing is asked. What pg_basebackup leaves out is left out, logs too. A link would
 * lead back into the standby, so none is kept. The control file comes last: it says up to where WAL has to be replayed. The replay of a
 * new tablespace would lead into the standby's own files, so there must be none on the way. $1 bin, $2 data directory, $3 copy, $4 user,
 * $5 port, $6 socket directory, $7 slot, $8 kilobytes expected, then tablespaces and their copies in pairs.
 * Source: PostgreSQL's manual, "Making a Base Backup Using the Low Level API".
 */
const COPY = `
set -eu
b=$1 r=$2 d=$3 u=$4 port=$5 socket=$6 slot=$7 total=$8; shift 8
export total before=0
low='nice -n 19'
if command -v ionice > /dev/null; then low="$low ionice -c 2 -n 7"; fi
off() { echo "$1" >&2; exit 1; }
cd -- "$d"
mkfifo -m 0600 zapas.in
{ $low "$b/psql" -XAtqw -v ON_ERROR_STOP=1 -v slot="$slot" -h "$socket" -p "$port" -U "$u" -d postgres > zapas.out < zapas.in || true; : > zapas.ended; } &
exec 3> zapas.in
until_there() { until [ -e "$1" ]; do [ ! -e zapas.ended ] || exit 1; sleep 0.1; done; }
cat >&3 <<'SQL'
select pg_create_physical_replication_slot(:'slot', true, true);
select pg_backup_start('zapas rehearsal', true);
\\! : > zapas.begun
SQL
until_there zapas.begun
export SAY='k=$((before + TAR_CHECKPOINT * 10)); echo "$k/$total kB ($((k * 100 / (total + 1)))%), 0/1" >&2'
take() {
  from=$1 to=$2 what=$3
  { code=0
    $low tar -C "$from" -cf - --checkpoint=1600 "--checkpoint-action=exec=$SAY" --anchored --exclude=./pg_wal '--exclude=./pg_replslot/*' \\
      '--exclude=./pg_dynshmem/*' '--exclude=./pg_notify/*' '--exclude=./pg_serial/*' '--exclude=./pg_snapshots/*' \\
      '--exclude=./pg_stat_tmp/*' '--exclude=./pg_subtrans/*' '--exclude=./log/*' '--exclude=./pg_log/*' '--exclude=./postmaster.*' \\
      '--exclude=./*.signal' '--exclude=./backup_*' '--exclude=./tablespace_map*' '--exclude=./zapas.*' '--exclude=./current_logfiles*' \\
      --exclude=./global/pg_control --no-anchored '--exclude=pgsql_tmp*' '--exclude=pg_internal.init*' -- "$what" || code=$?
    echo "$code" > zapas.tar; } | $low tar -C "$to" -xf - || off "no copy in $to"
  # 1: a file went away or grew meanwhile. WAL tells what became of it.
  [ "$(cat zapas.tar)" -le 1 ] || off "$from cannot be read"
  find "$to" -type l -delete
  before=$((before + $(du -sk -- "$to" | cut -f 1)))
}
take "$r" "$d" .
while [ $# -gt 0 ]; do
  (cd -- "$1" && echo ./PG_"$(cat "$d/PG_VERSION")"_*) > zapas.what
  take "$1" "$2" "$(cat zapas.what)"
  for l in "$r"/pg_tblspc/*; do if [ "$(readlink -- "$l")" = "$1" ]; then ln -s -- "$2" "pg_tblspc/\${l##*/}"; fi; done
  shift 2
done
n=0
until cp -- "$r/global/pg_control" global/pg_control && cmp -s "$r/global/pg_control" global/pg_control; do
  n=$((n + 1)); [ "$n" -lt 500 ] || off 'the control file never rests'
done
cat >&3 <<'SQL'
select lsn as stop, labelfile as label from pg_backup_stop(false) \\gset
\\o backup_label
select :'label';
\\o zapas.stop
select min_recovery_end_timeline, setting, :'stop' from pg_control_recovery(), pg_settings where name = 'wal_segment_size';
\\o
\\! : > zapas.stopped
SQL
until_there zapas.stopped
IFS='|' read -r tl size stop < zapas.stop
start=$(sed -n 's/^START WAL LOCATION: \\([0-9A-F/]*\\) .*/\\1/p' backup_label)
first=$(sed -n 's/^START WAL LOCATION: .*(file \\([0-9A-F]*\\)).*/\\1/p' backup_label)
last=$(printf '%08X%08X%08X' "$tl" "$((0x\${stop%/*}))" "$((0x\${stop#*/} / size))")
mkdir -m 0700 pg_wal pg_wal/archive_status
for f in "$r"/pg_wal/*; do
  n=\${f##*/}
  case $n in
    *.history) ;;
    *[!0-9A-F]*) continue ;;
    *) if [ "$n" \\< "$first" ] || [ "$n" \\> "$last" ]; then continue; fi ;;
  esac
  $low cp -- "$f" "pg_wal/$n"
done
[ -e "pg_wal/$first" ] || off "WAL $first is not on the standby any more"
[ -e "pg_wal/$last" ] || [ "$((0x\${stop#*/} % size))" -eq 0 ] || off "WAL $last is not on the standby"
if [ -x "$b/pg_waldump" ]; then
  made=$("$b/pg_waldump" -p pg_wal -t "$tl" -s "$start" -e "$stop" -r Tablespace) || off 'the WAL of the copy cannot be read'
  case $made in *CREATE*) off 'a tablespace was made a short time ago; rehearse again later' ;; esac
elif [ -n "$(ls -A -- "$r/pg_tblspc")" ]; then
  off "without $b/pg_waldump nobody can tell whether a tablespace was made a short time ago"
fi
exec 3>&-
wait
rm -f zapas.in zapas.out zapas.begun zapas.ended zapas.tar zapas.what zapas.stop zapas.stopped
: > zapas.copied`;

interface Copying {
  readonly socket: string;
  /** The data directory's real place. */
  readonly real: string;
  readonly copy: string;
  /** Where its tablespaces stand. */
  readonly spaces: readonly string[];
  readonly run: string;
  readonly bytes: number;
}

/** A copy of the standby by its own host: no WAL from the primary, nothing of its configuration, and nobody else has to wait for it. */
export function copyStandby(host: Host, cluster: Cluster, copying: Copying): Change {
  const { socket, real, copy, spaces, run, bytes } = copying;
  const { binDir, port, adminUser, adminPassfile = '', serviceAccount } = cluster;
  const slot = `zapas_rehearsal_${run.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')}`.slice(0, 63);
  const kilobytes = String(Math.ceil(bytes / 1024));
  const timeoutMs = 24 * 60 * MINUTE;
  const login = [binDir, real, copy, adminUser, String(port)];
  const command = onFamily(host, {
    posix: (): CommandLine => {
      const sides = spaces.flatMap((location) => [location, rehearsalPath(location, run)]);
      return { ...shell(COPY, [...login, socket, slot, kilobytes, ...sides], timeoutMs), as: serviceAccount };
    },
    windows: () => powershell(COPY_WINDOWS, [...login, adminPassfile, slot, kilobytes], { timeoutMs }),
  });
  return { kind: 'job', host: host.id, name: 'copy', progress: 'basebackup', command };
}

/**
 * What a copy must not do, said on its command line, which goes before every file: no archive, no stream, no slot, no restore, no
 * library or worker that could act or mail, no port of the network, no share of the standby's memory. A Windows server takes connections
 * by the loopback alone.
 */
function harmless(host: Host, copy: string): readonly string[] {
  const settings: Readonly<Record<string, string>> = {
    data_directory: plainPath(copy),
    ...onFamily<Readonly<Record<string, string>>>(host, {
      posix: () => ({
        unix_socket_directories: `"${copy}"`,
        unix_socket_permissions: '0700',
        listen_addresses: '',
      }),
      windows: () => ({
        unix_socket_directories: '',
        listen_addresses: '127.0.0.1',
        allow_in_place_tablespaces: 'on',
      }),
    }),
    external_pid_file: '',
    cluster_name: 'zapas rehearsal',
    hot_standby: 'on',
    primary_conninfo: '',
    primary_slot_name: '',
    restore_command: '',
    archive_cleanup_command: '',
    recovery_end_command: '',
    sync_replication_slots: 'off',
    synchronous_standby_names: '',
    archive_mode: 'off',
    archive_command: '',
    archive_library: '',
    shared_preload_libraries: '',
    session_preload_libraries: '',
    local_preload_libraries: '',
    max_logical_replication_workers: '0',
    event_triggers: 'off',
    autovacuum: 'off',
    logging_collector: 'off',
    log_destination: 'stderr',
    ssl: 'off',
    shared_buffers: '64MB',
    huge_pages: 'off',
  };
  return Object.entries(settings).map(([name, value]) => `${name}=${value}`);
}

/** $1 bin, $2 copy, $3 user, $4 port, then the server's options. Ready is who lets us in. */
const START = `
set -eu
b=$1 d=$2 u=$3 port=$4; shift 4
: > "$d/standby.signal"
began=$(date +%s%3N)
setsid -f nice -n 10 "$b/postgres" -D "$d" "$@" </dev/null >> "$d/zapas.rehearsal.log" 2>&1
n=0
until "$b/psql" -XAtqw -h "$d" -p "$port" -U "$u" -d postgres -c 'select 1' > /dev/null 2>&1; do
  n=$((n + 1))
  if [ "$n" -gt 50 ] && [ ! -e "$d/postmaster.pid" ] || [ "$n" -gt 17000 ]; then tail -n 5 "$d/zapas.rehearsal.log" >&2; exit 1; fi
  sleep 0.1
done
printf 'began=%s\\nready=%s\\n' "$began" "$(date +%s%3N)" > "$d/zapas.started"`;

/** Starts the copy, alone, and waits until it is consistent. */
export function startCopy(host: Host, cluster: Cluster, copy: string): Change {
  const { binDir, adminUser, adminPassfile = '', port, serviceAccount } = cluster;
  const settings = harmless(host, copy);
  const timeoutMs = 40 * MINUTE;
  return onFamily(host, {
    posix: (): Change => {
      const values = [binDir, copy, adminUser, String(port), ...settings.flatMap((one) => ['-c', one])];
      return { kind: 'exec', host: host.id, command: { ...shell(START, values, timeoutMs), as: serviceAccount } };
    },
    windows: (): Change => {
      const values = [binDir, copy, adminUser, adminPassfile, ...settings];
      return { kind: 'job', host: host.id, name: 'start', command: powershell(START_WINDOWS, values, { timeoutMs }) };
    },
  });
}

/**
 * The promotion until an ordinary write is committed, by the host's own clock; then a read, and pg_amcheck for five minutes at most.
 * $1 bin, $2 copy, $3 user, $4 port, $5 the product's database.
 */
const PROMOTE = `
set -eu
b=$1 d=$2 db=$5
export PGHOST="$d" PGUSER="$3" PGPORT="$4" PGCONNECT_TIMEOUT=5
sql() { "$b/psql" -XAtqw -v ON_ERROR_STOP=1 -d "$db" -c "$1" 2>> "$d/zapas.rehearsal.log"; }
began=$(date +%s%3N)
"$b/pg_ctl" promote -D "$d" --no-wait > /dev/null
n=0
until sql 'create table zapas_rehearsal as select 1 as written' > /dev/null; do
  n=$((n + 1)); [ "$n" -lt 6000 ] || exit 1
  sleep 0.05
done
written=$(date +%s%3N)
tables=$(sql "select count(*) from pg_class where relkind = 'r'")
segment=$(sql 'select pg_walfile_name(pg_current_wal_lsn())')
amcheck=absent
if [ -x "$b/pg_amcheck" ]; then
  code=0
  timeout 300 nice -n 10 "$b/pg_amcheck" -w --install-missing -d "$db" >> "$d/zapas.rehearsal.log" 2>&1 || code=$?
  case $code in 0) amcheck=sound ;; 2) amcheck=damaged ;; 124) amcheck=unfinished ;; esac
fi
printf 'began=%s\\nwritten=%s\\ntables=%s\\nsegment=%s\\namcheck=%s\\n' "$began" "$written" "$tables" "$segment" "$amcheck" > "$d/proof.new"
mv -- "$d/proof.new" "$d/zapas.rehearsed"`;

/** Promotes the copy, writes to it, reads from it, and leaves what was measured in it. */
export function promoteCopy(host: Host, cluster: Cluster, copy: string): Change {
  const { binDir, adminUser, port, database, serviceAccount } = cluster;
  const timeoutMs = 15 * MINUTE;
  const command = onFamily(host, {
    posix: (): CommandLine => ({
      ...shell(PROMOTE, [binDir, copy, adminUser, String(port), database], timeoutMs),
      as: serviceAccount,
    }),
    windows: () => powershell(PROMOTE_WINDOWS, [binDir, copy, adminUser, database], { timeoutMs }),
  });
  return { kind: 'exec', host: host.id, command };
}
