/**
 * What runs on a Linux host: constant scripts for /bin/sh with positional parameters. Nothing is ever put into their text.
 *
 * Codes of their own are told from a program's by a marker line on standard error, `zapas: <word>`.
 */

/** How long a guarded command waits for the one before it, in seconds. */
export const LOCK_SECONDS = 60;

/**
 * `$1` state directory, `$2` resource, `$3` token, `$4` seconds to wait, then the command. Holds the lock until the command is
 * over, and notes the session it runs in for {@link ABORT}.
 */
export const GUARD = `
umask 077
mkdir -p "$1/fence" || exit 199
exec 9>>"$1/fence/$2.lock" || exit 199
flock -w "$4" 9 || { echo "zapas: busy" >&2; exit 199; }
last=$(cat "$1/fence/$2.token" 2>/dev/null) || last=0
[ "\${last:-0}" -le "$3" ] || { echo "zapas: fenced \${last}" >&2; exit 199; }
printf '%s\\n' "$3" >"$1/fence/$2.new" && mv -f "$1/fence/$2.new" "$1/fence/$2.token" || exit 199
session=$1/fence/$2.session
echo "$3 $(ps -o sid= -p $$)" >"$session"
shift 4
umask 022
"$@" 9>&-
code=$?
rm -f "$session"
exit $code
`;

/** `$1` state directory, `$2` resource, `$3` token. Ends the command that runs under this token, and returns when it is gone. */
export const ABORT = `
read -r token sid <"$1/fence/$2.session" 2>/dev/null || exit 0
[ "$token" = "$3" ] || exit 0
i=0
while left=$(ps -o pid= --sid "$sid"); [ -n "$left" ]; do
  [ $i -lt 200 ] || { echo "zapas: unstoppable" >&2; exit 199; }
  if [ $i -lt 60 ]; then signal=TERM; else signal=KILL; fi
  kill -s $signal $left 2>/dev/null
  i=$((i + 1))
  sleep 0.05
done
rm -f "$1/fence/$2.session"
`;

/**
 * `$1` path, `$2` expected SHA-256 or absent, `$3` mode and `$4` owner of a new file, then the validating command, if any.
 * The content is standard input; the former content is standard output.
 */
export const WRITE = `
path=$(readlink -f -- "$1") || { echo "zapas: unwritable" >&2; exit 199; }
if [ -e "$path" ]; then have=$(sha256sum <"$path" | cut -d' ' -f1); else have=absent; fi
[ "$have" = "$2" ] || { echo "zapas: changed $have" >&2; exit 199; }
umask 077
new=$(mktemp "$path.zapas-XXXXXX") && cat >"$new" || { rm -f "\${new:-}"; echo "zapas: unwritable" >&2; exit 199; }
mode=$3; owner=$4
if [ "$have" = absent ]; then
  chmod "$mode" "$new" && { [ -z "$owner" ] || chown "$owner:" "$new"; }
else
  chmod --reference="$path" "$new" && chown --reference="$path" "$new"
fi || { rm -f "$new"; echo "zapas: unwritable" >&2; exit 199; }
shift 4
old=
if [ "$have" != absent ]; then
  old=$(mktemp "$path.zapas-XXXXXX") && cp -p "$path" "$old" || { rm -f "$new" "$old"; echo "zapas: unwritable" >&2; exit 199; }
fi
sync "$new"
mv -f "$new" "$path" && sync "$(dirname "$path")"
if [ $# -gt 0 ]; then
  verdict=$("$@" 2>&1 </dev/null); code=$?
  if [ $code -ne 0 ] || [ -n "$verdict" ]; then
    if [ -n "$old" ]; then mv -f "$old" "$path"; else rm -f "$path"; fi
    printf 'zapas: rejected\\n%s\\n' "$verdict" >&2
    exit 199
  fi
fi
if [ -n "$old" ]; then cat "$old"; rm -f "$old"; fi
`;

/**
 * `$1` directory of the job, then the command. `mkdir` decides who starts it. The supervisor leads a session of its own (a systemd unit
 * where there is one, so that a logout cannot end it) and writes the exit code by rename. It stands in a file, since systemd
 * would expand `$` and `%` in arguments.
 */
export const START_JOB = `
dir=$1
shift
umask 077
mkdir -p "$(dirname "$dir")" || exit 199
mkdir "$dir" 2>/dev/null || { [ -d "$dir" ] && exit 0; echo "zapas: unwritable" >&2; exit 199; }
cat /proc/sys/kernel/random/boot_id >"$dir/boot"
cat >"$dir/stdin"
command=
for word in "$@"; do
  quoted=$(printf '%sx' "$word" | sed "s/'/'\\\\\\\\''/g")
  command="$command '\${quoted%x}'"
done
cat >"$dir/supervisor" <<EOF
umask 022
exec <"$dir/stdin"
rm -f "$dir/stdin"
cut -d" " -f22 /proc/\\$\\$/stat >"$dir/start"
echo \\$\\$ >"$dir/pid.new" && mv "$dir/pid.new" "$dir/pid"
$command >"$dir/log" 2>&1
echo \\$? >"$dir/rc.new" && mv "$dir/rc.new" "$dir/rc"
EOF
if [ -d /run/systemd/system ]; then
  systemd-run --quiet --collect --unit="zapas-\${dir##*/}" -- /bin/sh "$dir/supervisor" >/dev/null </dev/null
else
  setsid /bin/sh "$dir/supervisor" >/dev/null 2>&1 </dev/null &
fi
i=0
while [ ! -e "$dir/pid" ] && [ ! -e "$dir/rc" ] && [ $i -lt 100 ]; do sleep 0.05; i=$((i + 1)); done
`;

/** `$1` directory of the job, `$2` offset, `$3` most bytes. First line: state and exit code; then output. */
export const POLL_JOB = `
dir=$1
if [ ! -d "$dir" ]; then echo absent; exit 0; fi
if [ -e "$dir/rc" ]; then echo "exited $(cat "$dir/rc")"
elif [ "$(cat "$dir/boot" 2>/dev/null)" != "$(cat /proc/sys/kernel/random/boot_id)" ]; then echo rebooted
elif pid=$(cat "$dir/pid" 2>/dev/null) && [ "$(cut -d" " -f22 "/proc/$pid/stat" 2>/dev/null)" = "$(cat "$dir/start")" ]; then echo running
elif [ -e "$dir/rc" ]; then echo "exited $(cat "$dir/rc")"
elif [ ! -e "$dir/pid" ] && [ -z "$(find "$dir" -maxdepth 0 -mmin +1)" ]; then echo running
else echo vanished; fi
tail -c "+$(($2 + 1))" "$dir/log" 2>/dev/null | head -c "$3"
`;

/** `$1` directory of the job. Ends every process of its session, and says so only when none is left. */
export const CANCEL_JOB = `
dir=$1
[ -d "$dir" ] || exit 0
pid=$(cat "$dir/pid" 2>/dev/null) || exit 0
[ "$(cat "$dir/boot")" = "$(cat /proc/sys/kernel/random/boot_id)" ] || exit 0
left() { ps -o pid= --sid "$pid"; }
i=0
while [ -n "$(left)" ]; do
  [ $i -lt 200 ] || { echo "zapas: unstoppable" >&2; exit 199; }
  if [ $i -lt 60 ]; then signal=TERM; else signal=KILL; fi
  kill -s $signal $(left) 2>/dev/null
  i=$((i + 1))
  sleep 0.05
done
`;

/** `$1` path. Exit 1: there is none. */
export const READ = `[ -e "$1" ] || exit 1; exec cat -- "$1"`;

/** `$1` directory of a job that is over. */
export const REMOVE_JOB = `case $1 in */jobs/?*) exec rm -rf -- "$1" ;; esac`;
