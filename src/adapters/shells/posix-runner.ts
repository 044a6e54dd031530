/**
 * The program every command runs under on a Linux host. Constant text for /bin/sh (dash, bash, busybox) with positional
 * parameters; nothing is ever put into it.
 *
 * Parameters: tag, seconds and hundredths the command may take, bytes of standard input, account to check (or empty), fence
 * directory (or empty), token, seconds to wait for the lock; then the command.
 *
 * - Says the tag on both outputs before anything else, so that what a login script printed is told from an answer, and
 *   `<tag> <verdict>` at the end of standard error.
 * - Standard input is complete before the command starts: a link cut in mid-upload must not run half a script.
 * - With a fence: takes the lock, refuses a token older than the newest seen, records ours, and keeps the lock until the command
 *   is over. The command does not inherit it (descriptor 9).
 * - The command leads a process group of its own. When its time is over or SIGTERM comes, the group is ended, and the verdict
 *   is given only when nothing of it is left.
 */
export const RUNNER = `
tag=$1 limit=$2 centis=$3 bytes=$4 account=$5 fence=$6 token=$7 patience=$8
shift 8
PATH=$PATH:/usr/sbin:/sbin
why= job= spool= code=1
say() { [ -z "$spool" ] || rm -f "$spool"; printf '\\n%s %s\\n' "$tag" "$*" >&2; exit "$code"; }
trap 'why=aborted; [ -z "$job" ] || kill -TERM "$job" 2>/dev/null' TERM
trap : HUP INT PIPE
printf '%s\\n' "$tag"
printf '%s\\n' "$tag" >&2
cd /
for tool in timeout env; do command -v "$tool" >/dev/null || say tool "$tool"; done
[ -z "$account" ] || command -v setpriv >/dev/null || say tool setpriv
if [ "$bytes" -gt 0 ]; then
  spool=$(mktemp /dev/shm/zapas.XXXXXXXX 2>/dev/null) || spool=$(mktemp) || say unwritable
  head -c "$bytes" >"$spool" || say unwritable
  [ "$(wc -c <"$spool")" -eq "$bytes" ] || say truncated
  exec 4<"$spool"
  rm -f "$spool"
  spool=
else
  exec 4</dev/null
fi
finished() { wait "$1"; code=$?; ! kill -0 "$1" 2>/dev/null; }
if [ -n "$fence" ]; then
  command -v flock >/dev/null || say tool flock
  [ -d "$fence" ] || (umask 077 && mkdir -p "$fence") || say unwritable
  { : >>"$fence/lock"; } 2>/dev/null || say unwritable
  exec 9>>"$fence/lock"
  flock -w "$patience" 9 &
  lock=$!
  until finished "$lock"; do [ -z "$why" ] || { kill "$lock" 2>/dev/null; say aborted; }; done
  [ -z "$why" ] || say aborted
  [ "$code" -eq 0 ] || say busy
  seen=0
  [ ! -e "$fence/token" ] || read -r seen <"$fence/token"
  if [ "$seen" != "$token" ]; then
    case $seen in '' | *[!0-9]*) echo "$fence/token is damaged" >&2; say unwritable ;; esac
    [ "$(printf '%s\\n%s\\n' "$seen" "$token" | sort -n | tail -n 1)" = "$token" ] || say fenced "$seen"
    printf '%s\\n' "$token" >"$fence/token.new" && sync "$fence/token.new" && mv -f "$fence/token.new" "$fence/token" ||
      say unwritable
  fi
fi
[ -z "$why" ] || say aborted
clock() { read -r up rest </proc/uptime; up=\${up%.*}\${up#*.}; }
clock
begun=$up
timeout -k 5 "$limit" "$@" <&4 4<&- 9>&- &
job=$!
[ -z "$why" ] || kill -TERM "$job"
until finished "$job"; do :; done
ended() {
  for stat in /proc/[0-9]*/stat; do
    { read -r line <"$stat"; } 2>/dev/null || continue
    set -- \${line##*) }
    [ "$3" != "$job" ] || [ "$1" = Z ] || [ "$1" = X ] || return 1
  done
}
clean() {
  tries=0
  until ended; do
    [ "$tries" -lt 20 ] || kill -KILL "-$job" 2>/dev/null
    [ "$tries" -lt 70 ] || say stuck
    tries=$((tries + 1))
    sleep 0.1
  done
  say "$1"
}
[ -z "$why" ] || clean aborted
case $code in 124 | 137) clock; [ "$((up - begun))" -lt "$centis" ] || clean timeout ;; esac
[ "$code" -eq 0 ] || [ -z "$account" ] || getent passwd "$account" >/dev/null || say account
say exit "$code"
`.trim();

/**
 * Ends the runner whose tag is the first line of standard input; the runner ends its command. The tag comes that way so that it
 * stands in no other process' arguments.
 */
export const ENDER = `
for file in $(grep -lFf - /proc/[0-9]*/cmdline 2>/dev/null); do
  pid=\${file#/proc/}
  kill -TERM "\${pid%/cmdline}" 2>/dev/null
done
exit 0
`.trim();
