import type { CommandLine } from '../../domain/command.ts';
import type { Host } from '../../domain/inventory.ts';
import type { ExecChange } from '../../domain/step.ts';
import { VERIFIED_MARK } from '../facts/files.ts';
import { PROGRAMS, powershell } from '../facts/powershell.ts';
import { onFamily } from './family.ts';
import { REST } from './scripts.ts';

const CLEAR_WINDOWS = `
foreach ($path in $words) {
  if ([IO.File]::Exists($path)) { Insist { [IO.File]::Delete($path) } }
  if (-not [IO.Directory]::Exists($path)) { continue }
  foreach ($file in [IO.Directory]::GetFiles($path, '*', 'AllDirectories')) { Insist { [IO.File]::Delete($file) } }
}`;

/** Deletes files, and whatever files are in directories. */
export function clearFiles(host: Host, paths: readonly string[]): ExecChange {
  const timeoutMs = 60_000;
  const command = onFamily(host, {
    posix: (): CommandLine => ({
      argv: ['find', ...paths, '!', '-type', 'd', '-delete'],
      env: { LC_ALL: 'C' },
      timeoutMs,
    }),
    windows: () => powershell(CLEAR_WINDOWS, paths, { timeoutMs }),
  });
  return { kind: 'exec', host: host.id, command };
}

/**
 * Moves the finished clone to its place; an empty directory there is moved aside, anything else stops it. What was moved
 * before a crash is not moved again. $1 clone, $2 place, $3 where to move an empty one, $4 mark, then for each tablespace: its
 * side directory, its place, its oid.
 */
const PUT_IN_PLACE = `
set -eu
clone=$1 place=$2 aside=$3 mark=$4; shift 4
free() {
  [ -e "$1" ] || return 0
  [ -z "$(ls -A -- "$1" | grep -vx lost+found)" ] || { echo "$1 is not empty" >&2; exit 66; }
  mv -T -- "$1" "$2"
}
while [ $# -gt 0 ]; do
  if [ -e "$1" ]; then free "$2" "$2.\${aside##*.}"; mv -T -- "$1" "$2"; fi
  ln -sfn -- "$2" "$clone/pg_tblspc/$3"
  chown -h --reference="$clone" -- "$clone/pg_tblspc/$3"
  shift 3
done
free "$place" "$aside"
mv -T -- "$clone" "$place"
rm -f -- "$place/$mark"
sync -f -- "$place"`;

/**
 * `Link path target`. PostgreSQL's links to tablespaces are junctions on Windows; the paths reach cmd by its environment.
 */
const LINK = `
function Link([string]$link, [string]$to) {
  if ([IO.Directory]::Exists($link)) { [IO.Directory]::Delete($link) }
  $cmd = [IO.Path]::Combine([Environment]::SystemDirectory, 'cmd.exe')
  $made = Run $cmd @('/d', '/v:on', '/c', 'mklink', '/J', '!ZAPAS_LINK!', '!ZAPAS_TO!') @('ZAPAS_LINK', "\`"$link\`"", 'ZAPAS_TO', "\`"$to\`"") @() 15000
  if ($made.Code -ne 0) { Fail 74 "mklink: $($utf8.GetString($made.Err))" }
}
`;

/** The same, with the same values. */
const PUT_IN_PLACE_WINDOWS = `${PROGRAMS}${REST}${LINK}
$clone, $place, $aside, $mark = $words[0..3]
$spaces = @(Rest 4)
function Free([string]$path, [string]$to) {
  if ([IO.File]::Exists($path)) { Fail 66 "$path is a file" }
  if (-not [IO.Directory]::Exists($path)) { return }
  if ([IO.Directory]::GetFileSystemEntries($path).Length -gt 0) { Fail 66 "$path is not empty" }
  Insist { [IO.Directory]::Move($path, $to) }
}
for ($at = 0; $at -lt $spaces.Length; $at += 3) {
  $side, $where, $oid = $spaces[$at..($at + 2)]
  if ([IO.Directory]::Exists($side)) {
    Free $where "$where$([IO.Path]::GetExtension($aside))"
    Insist { [IO.Directory]::Move($side, $where) }
  }
  Link "$clone\\pg_tblspc\\$oid" $where
}
Free $place $aside
Insist { [IO.Directory]::Move($clone, $place) }
[IO.File]::Delete("$place\\$mark")`;

/** A verified copy gets its place, and its tablespaces theirs. M14, H31, H35. */
export function putInPlace(
  host: Host,
  {
    clone,
    place,
    aside,
    spaces,
  }: {
    readonly clone: string;
    readonly place: string;
    /** Where an empty directory goes that stands there. */
    readonly aside: string;
    /** For each tablespace: its side directory, its place, its oid. */
    readonly spaces: readonly string[];
  },
): ExecChange {
  const values = [clone, place, aside, VERIFIED_MARK, ...spaces];
  const timeoutMs = 120_000;
  const command = onFamily(host, {
    posix: (): CommandLine => ({
      argv: ['/bin/sh', '-c', PUT_IN_PLACE.trim(), 'sh', ...values],
      env: { LC_ALL: 'C' },
      timeoutMs,
    }),
    windows: () => powershell(PUT_IN_PLACE_WINDOWS, values, { timeoutMs }),
  });
  return { kind: 'exec', host: host.id, command };
}

/**
 * What was moved before is not moved again. $1 place, $2 aside, then for each tablespace: its place, where it is kept, its oid.
 */
const SET_ASIDE = `
set -eu
place=$1 aside=$2; shift 2
[ -e "$aside" ] || mv -T -- "$place" "$aside"
while [ $# -gt 0 ]; do
  if [ -e "$1" ] && [ ! -e "$2" ]; then
    mv -T -- "$1" "$2"
    ln -sfn -- "$2" "$aside/pg_tblspc/$3"
    chown -h --reference="$aside" -- "$aside/pg_tblspc/$3"
  fi
  shift 3
done
sync -f -- "$aside"`;

/** The same, with the same values. */
const SET_ASIDE_WINDOWS = `${PROGRAMS}${REST}${LINK}
$place, $aside = $words[0..1]
$spaces = @(Rest 2)
if (-not [IO.Directory]::Exists($aside)) { Insist { [IO.Directory]::Move($place, $aside) } }
for ($at = 0; $at -lt $spaces.Length; $at += 3) {
  $where, $kept, $oid = $spaces[$at..($at + 2)]
  if (-not [IO.Directory]::Exists($where) -or [IO.Directory]::Exists($kept)) { continue }
  Insist { [IO.Directory]::Move($where, $kept) }
  Link "$aside\\pg_tblspc\\$oid" $kept
}`;

/**
 * Moves a data directory and its tablespaces aside, whole: they could still be started there. `spaces`: for each tablespace its place, where
 * it is kept, its oid. H31, H35.
 */
export function setAside(
  host: Host,
  { place, aside, spaces }: { readonly place: string; readonly aside: string; readonly spaces: readonly string[] },
): ExecChange {
  const values = [place, aside, ...spaces];
  const timeoutMs = 120_000;
  const command = onFamily(host, {
    posix: (): CommandLine => ({
      argv: ['/bin/sh', '-c', SET_ASIDE.trim(), 'sh', ...values],
      env: { LC_ALL: 'C' },
      timeoutMs,
    }),
    windows: () => powershell(SET_ASIDE_WINDOWS, values, { timeoutMs }),
  });
  return { kind: 'exec', host: host.id, command };
}

const REMOVE_WINDOWS =
  'foreach ($path in $words) { if ([IO.Directory]::Exists($path)) { Insist { [IO.Directory]::Delete($path, $true) } } }';

/** Deletes directories with all that is in them; links are not followed, and volumes mounted there are left. */
export function removeDirectories(host: Host, paths: readonly string[]): ExecChange {
  const timeoutMs = 3_600_000;
  const command = onFamily(host, {
    posix: (): CommandLine => ({
      argv: ['rm', '-rf', '--one-file-system', '--', ...paths],
      env: { LC_ALL: 'C' },
      timeoutMs,
    }),
    windows: () => powershell(REMOVE_WINDOWS, paths, { timeoutMs }),
  });
  return { kind: 'exec', host: host.id, command };
}
