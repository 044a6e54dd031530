/**
 * Detached jobs on a Linux host: constant scripts for /bin/sh with positional parameters. Nothing is ever put into their text.
 *
 * A job's directory holds `boot` (boot id and uptime at the start), `begun` (its supervisor came this far), `pid` (supervisor,
 * its start time, its session), `log` (both outputs as written) and at the end `rc`. Every process of the job carries
 * `ZAPAS_JOB=<directory>` in its environment.
 */

/** Exit codes of these scripts, each a reason of its own. */
export const JOB_EXITS = { unwritable: 71, notStarted: 74, stillRuns: 75, toolMissing: 76 } as const;

/**
 * `$1` directory, then the command; standard input and the rest are inherited. `begun` bars a second start, and a start after a
 * cancellation. The bytes of the exit code were reserved at the start: a job that filled the disk can still say how it ended.
 */
const SUPERVISE = `
dir=$1
shift
mkdir "$dir/begun" 2>/dev/null || exit 0
ZAPAS_JOB=$dir
export ZAPAS_JOB
read -r line </proc/$$/stat
identity() { set -- \${line##*) }; echo "$$ \${20} $4"; }
identity >"$dir/pid.new" && mv "$dir/pid.new" "$dir/pid"
"$@" >>"$dir/log" 2>&1
printf '%s' "$?" 1<>"$dir/rc.new" && mv "$dir/rc.new" "$dir/rc"
`.trim();

/**
 * `$1` directory, `$2` unit, `$3` the supervisor, then the command. A scope of systemd's, where there is one: it is a cgroup of its
 * own, so neither the end of our login session (KillUserProcesses) nor a restart of sshd ends the job; and unlike a service
 * it takes arguments, standard input and security context as they are. Otherwise the session made by setsid has to do.
 */
const LAUNCH = `
dir=$1 unit=$2 supervisor=$3
shift 3
if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null; then
  systemd-run --scope --quiet --collect --unit="$unit" -- /bin/sh -c "$supervisor" zapas-job "$dir" "$@"
fi
[ -e "$dir/begun" ] || exec /bin/sh -c "$supervisor" zapas-job "$dir" "$@"
`.trim();

/**
 * `$1` directory of all jobs, `$2` id, `$3` and `$4` the two scripts above, then the command. Renaming the finished directory into
 * its place decides who starts; nobody ever sees half of it. Returns when the job is known to run, or to be over.
 */
export const START_JOB = `
export LC_ALL=C
jobs=$1 id=$2 launch=$3 supervisor=$4
shift 4
command -v setsid >/dev/null || { echo setsid; exit ${JOB_EXITS.toolMissing}; }
dir=$jobs/$id new=$jobs/.$id.new
[ ! -e "$dir" ] || exit 0
[ -d "$jobs" ] || (umask 077 && mkdir -p "$jobs") || exit ${JOB_EXITS.unwritable}
rm -rf -- "$new"
mkdir -m 0700 "$new" || exit ${JOB_EXITS.unwritable}
read -r boot </proc/sys/kernel/random/boot_id
read -r up rest </proc/uptime
printf '%s %s\\n' "$boot" "\${up%.*}" >"$new/boot" && printf '%-8s\\n' '' >"$new/rc.new" && : >"$new/log" ||
  { rm -rf -- "$new"; exit ${JOB_EXITS.unwritable}; }
mv -T -- "$new" "$dir" || exit ${JOB_EXITS.unwritable}
unset LC_ALL
exec 4<&0
setsid /bin/sh -c "$launch" zapas-launch "$dir" "zapas-$id" "$supervisor" "$@" <&4 4<&- >/dev/null 2>&1 &
tries=0
until [ -e "$dir/pid" ] || [ -e "$dir/rc" ]; do
  [ "$tries" -lt 200 ] || exit ${JOB_EXITS.notStarted}
  tries=$((tries + 1))
  sleep 0.05
done
`.trim();

/** The constant arguments of {@link START_JOB} before the command. */
export const STARTERS = [LAUNCH, SUPERVISE] as const;

/**
 * `tagged`: the processes that carry the job's mark. `supervised`: does its supervisor live (and no other process that got its number
 * since)? `state`: what {@link POLL_JOB} says first; the exit code is looked for before anything that changes by itself.
 */
const LOOK = `
dir=$1
tagged() { grep -lzxF "ZAPAS_JOB=$dir" /proc/[0-9]*/environ 2>/dev/null | sed 's|/proc/||; s|/environ||'; }
supervised() {
  pid= session=
  { read -r pid start sid <"$dir/pid" && read -r line <"/proc/$pid/stat"; } 2>/dev/null || return 1
  set -- \${line##*) }
  [ "$1" != Z ] && [ "\${20}" = "$start" ] && session=$sid
}
exited() { { read -r code <"$dir/rc"; } 2>/dev/null && echo "exited $code"; }
state() {
  exited && return
  read -r boot since <"$dir/boot"
  read -r now </proc/sys/kernel/random/boot_id
  [ "$boot" = "$now" ] || { echo rebooted; return; }
  if supervised || [ -n "$(tagged)" ]; then echo running; return; fi
  exited && return
  read -r up rest </proc/uptime
  if [ ! -e "$dir/pid" ] && [ "$((\${up%.*} - since))" -lt 15 ]; then echo running; else echo vanished; fi
}
`.trim();

/**
 * `$1` directory, `$2` offset, `$3` most bytes, `$4` tenths of a second to wait for the end. First line: the state, then output. A job
 * whose output does not fit into one answer is still `running` until the answer that completes it.
 */
export const POLL_JOB = `
${LOOK}
[ -d "$dir" ] || { echo absent; exit 0; }
tries=0
while [ "$tries" -lt "$4" ] && [ ! -e "$dir/rc" ]; do sleep 0.1; tries=$((tries + 1)); done
found=$(state)
case $found in exited*)
  size=$(stat -c %s -- "$dir/log") && [ "$((size - $2))" -gt "$3" ] && found=running ;;
esac
echo "$found"
tail -c "+$(($2 + 1))" -- "$dir/log" 2>/dev/null | head -c "$3"
exit 0
`.trim();

/**
 * `$1` directory. Ends every process of the job: those with its mark and, while its supervisor proves that the number still is the
 * job's, those of its session. SIGTERM, after five seconds SIGKILL. Returns when none is left.
 */
export const CANCEL_JOB = `
${LOOK}
[ -d "$dir" ] || exit 0
read -r boot since <"$dir/boot"
read -r now </proc/sys/kernel/random/boot_id
[ "$boot" = "$now" ] || exit 0
mkdir "$dir/begun" 2>/dev/null
supervised && kill -KILL "$pid"
in_session() {
  [ -n "$session" ] || return 0
  for stat in /proc/[0-9]*/stat; do
    { read -r line <"$stat"; } 2>/dev/null || continue
    process=\${stat#/proc/}
    set -- \${line##*) }
    case $1 in Z | X) continue ;; esac
    [ "$4" != "$session" ] || echo "\${process%/stat}"
  done
}
tries=0
while
  left=$(tagged; in_session)
  [ -n "$left" ]
do
  if [ "$tries" -ge 50 ]; then kill -KILL $left 2>/dev/null
  elif [ "$((tries % 10))" -eq 0 ]; then kill -TERM $left 2>/dev/null; fi
  [ "$tries" -lt 100 ] || { echo $left; exit ${JOB_EXITS.stillRuns}; }
  tries=$((tries + 1))
  sleep 0.1
done
exit 0
`.trim();

/** `$1` directory of a job that is over. */
export const REMOVE_JOB = `
${LOOK}
[ -d "$dir" ] || exit 0
[ "$(state)" != running ] || exit ${JOB_EXITS.stillRuns}
exec rm -rf -- "$dir"
`.trim();
