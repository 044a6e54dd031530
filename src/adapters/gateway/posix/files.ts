/**
 * Reading and writing whole files on a Linux host: constant scripts for /bin/sh with positional parameters. Nothing is ever put
 * into their text.
 */

/** Exit codes of these scripts, each a reason of its own. */
export const FILE_EXITS = { absent: 44, changed: 70, unwritable: 71, rejected: 72 } as const;

/** `$1` path. The bytes are standard output. */
export const READ = `
[ -e "$1" ] || exit ${FILE_EXITS.absent}
exec cat -- "$1"
`.trim();

/**
 * `$1` path, `$2` expected SHA-256 or absent, `$3` mode and `$4` owner of a new file, then the validating command, if any. The
 * content is standard input, the former content standard output.
 *
 * The old file is kept by a second link until the new one is accepted: putting it back restores the very file, and needs no space. A
 * symbolic link is followed, so the real file is replaced and the link stays. Ended in the middle (SIGTERM), it puts the
 * old file back.
 */
export const WRITE = `
export LC_ALL=C
path=$1 want=$2 mode=$3 owner=$4
shift 4
new= old= placed=
undo() {
  [ -n "$placed" ] || return 0
  placed=
  if [ -n "$old" ]; then mv -fT -- "$old" "$target" && old=; else rm -f -- "$target"; fi
  sync -- "$dir"
}
leave() {
  code=$1
  undo
  [ -z "$new" ] || rm -f -- "$new"
  [ -z "$old" ] || rm -f -- "$old"
  exit "$code"
}
unwritable() { [ $# -eq 0 ] || echo "$1" >&2; leave ${FILE_EXITS.unwritable}; }
changed() { printf '%s' "$1"; leave ${FILE_EXITS.changed}; }
trap 'leave ${FILE_EXITS.unwritable}' TERM INT HUP
target=$(readlink -fn -- "$path" && printf x) || unwritable "no such directory: $path"
target=\${target%x}
[ ! -d "$target" ] || unwritable "a directory: $target"
dir=\${target%/*}/
have=absent
new=$(mktemp "$dir.zapas.XXXXXXXX") || unwritable
cat >"$new" || unwritable
if [ -e "$target" ]; then
  old=$new.old
  ln -- "$target" "$old" 2>/dev/null || cp -a -- "$target" "$old" || unwritable
  have=$(sha256sum <"$old") || unwritable
  have=\${have%% *}
  [ "$have" = "$want" ] || changed "$have"
  cp --attributes-only --preserve=all --no-preserve=timestamps,links -- "$old" "$new" || unwritable
  sync -- "$new" || unwritable
  [ "$(stat -c %h -- "$old")" -eq 1 ] || [ "$target" -ef "$old" ] || changed replaced
  mv -fT -- "$new" "$target" || unwritable
  new=
  placed=yes
else
  [ "$want" = absent ] || changed absent
  case $owner in '') ;; *:*) chown -- "$owner" "$new" || unwritable ;; *) chown -- "$owner:" "$new" || unwritable ;; esac
  chmod -- "$mode" "$new" || unwritable
  sync -- "$new" || unwritable
  mv -nT -- "$new" "$target"
  [ ! -e "$new" ] || { [ ! -e "$target" ] || changed appeared; unwritable; }
  new=
  placed=yes
  ! command -v restorecon >/dev/null || restorecon -- "$target" 2>/dev/null
fi
sync -- "$dir"
if [ $# -gt 0 ]; then
  verdict=$("$@" 2>&1 </dev/null)
  code=$?
  if [ "$code" -ne 0 ] || [ -n "$verdict" ]; then
    undo
    printf '%s\\n' "\${verdict:-exit $code}" >&2
    leave ${FILE_EXITS.rejected}
  fi
fi
placed=
[ -z "$old" ] || cat -- "$old"
leave 0
`.trim();
