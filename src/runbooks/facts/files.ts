import { type ExecResult, text } from '../../domain/command.ts';
import { sha256 } from '../../domain/plan.ts';
import { Secret } from '../../domain/secret.ts';
import type { Fact } from '../../domain/step.ts';
import { POSTMASTER, powershell } from './powershell.ts';
import { keyValues, script, unreadable, valuesOf } from './shell.ts';

/** A text file as it stands. `mtimeSeconds` has fractions where the host knows them. */
export interface TextFile {
  readonly content: string;
  /** SHA-256 of its bytes, hex. */
  readonly hash: string;
  /** Empty on Windows, where access lists say who may do what. */
  readonly owner: string;
  /** Octal, e.g. `600`; `0` on Windows. */
  readonly mode: string;
  readonly mtimeSeconds: number;
}

interface PathArgs {
  readonly path: string;
}

const ABSENT = 44;
/** First line: owner, mode, time of change; then the file byte by byte. */
const READ_FILE = `
[ -e "$1" ] || exit ${ABSENT}
stat -L -c 'owner=%U mode=%a mtime=%.9Y' -- "$1" && cat -- "$1"`;

const READ_FILE_WINDOWS = `
$path = $words[0]
if (-not [IO.File]::Exists($path)) { Leave exit ${ABSENT} }
$share = [IO.FileShare]'ReadWrite, Delete'
$file = [IO.FileStream]::new($path, [IO.FileMode]::Open, [IO.FileAccess]::Read, $share)
$seconds = ([IO.File]::GetLastWriteTimeUtc($path) - [DateTime]::new(1970, 1, 1)).TotalSeconds
Line "owner= mode=0 mtime=$($seconds.ToString('0.0000000', [Globalization.CultureInfo]::InvariantCulture))"
$file.CopyTo($out)`;

const readFile: Fact<PathArgs, unknown>['read'] = {
  posix: ({ path }) => script(READ_FILE, [path]),
  windows: ({ path }) => powershell(READ_FILE_WINDOWS, [path]),
};

/**
 * A text file, undefined where there is none. It must be UTF-8, because it may be written back: anything else is
 * `fact.unreadable` rather than a damaged file. H21: a byte order mark stays in the content.
 */
export const fileText: Fact<PathArgs, TextFile | undefined> = {
  id: 'files.text',
  read: readFile,
  parse: (result, { path }) => parseFile(result, path),
};

/** The same for a file with a password in it. */
export const secretFile: Fact<PathArgs, (Omit<TextFile, 'content'> & { readonly content: Secret }) | undefined> = {
  id: 'files.secret',
  read: readFile,
  parse(result, { path }) {
    const file = parseFile(result, path);
    return file && { ...file, content: new Secret(file.content) };
  },
};

function parseFile(result: ExecResult, path: string): TextFile | undefined {
  if (result.code === ABSENT) return undefined;
  const end = result.stdout.indexOf(0x0a);
  const head = /^owner=(\S*) mode=(\d+) mtime=([\d.]+)$/.exec(text(result.stdout.subarray(0, Math.max(end, 0))));
  if (result.code !== 0 || head === null) throw unreadable('files.text', `${path}: ${text(result.stderr)}`);
  const bytes = result.stdout.subarray(end + 1);
  const [, owner = '', mode = '', mtime = ''] = head;
  return { content: strictUtf8(bytes, path), hash: sha256(bytes), owner, mode, mtimeSeconds: Number(mtime) };
}

function strictUtf8(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unreadable('files.text', `${path} is not UTF-8`);
  }
}

/** The volume a path is on, or would be on. */
export interface Volume {
  readonly mount: string;
  readonly availableBytes: number;
  readonly totalBytes: number;
}

/** One row of df. A volume that is mounted in a folder is not told from the drive around it. */
const VOLUME_WINDOWS = `
$drive = [IO.DriveInfo]::new([IO.Path]::GetPathRoot($words[0]))
$total, $free = [int64]($drive.TotalSize / 1024), [int64]($drive.AvailableFreeSpace / 1024)
Line "volume $total $($total - $free) $free 0% $($drive.Name)"`;

/** The volume of the nearest existing directory above the path. Source: df(1), POSIX. H36. */
export const volume: Fact<PathArgs, Volume> = {
  id: 'files.volume',
  read: {
    posix: ({ path }) =>
      script('p=$1; while [ ! -d "$p" ]; do p=$(dirname -- "$p"); done; df -Pk -- "$p" | tail -n 1', [path]),
    windows: ({ path }) => powershell(VOLUME_WINDOWS, [path]),
  },
  parse(result) {
    const row = /\s(\d+)\s+\d+\s+(\d+)\s+\S+\s+(\S.*)$/.exec(text(result.stdout).trim());
    if (row === null) throw unreadable('files.volume', text(result.stderr));
    const [, total, available, mount = ''] = row;
    return { mount, availableBytes: Number(available) * 1024, totalBytes: Number(total) * 1024 };
  },
};

/** A data directory, or what is in its place. */
export interface DataDirectory {
  readonly kind: 'absent' | 'empty' | 'cluster' | 'other';
  /** Where it really is when the path leads through symbolic links. */
  readonly real: string;
  /** It is the root of a volume of its own, so it cannot be renamed. */
  readonly mountPoint: boolean;
  readonly owner: string;
  readonly mode: string;
  /** `PG_VERSION`, e.g. `17`; empty without one. */
  readonly version: string;
  /** pg_basebackup puts the manifest there last, so a clone that has it is complete. */
  readonly manifest: boolean;
  /** pg_verifybackup has found the clone whole; see {@link VERIFIED_MARK}. */
  readonly verified: boolean;
  readonly standbySignal: boolean;
  /** A server runs in it. */
  readonly running: boolean;
  /** A few names, for people. */
  readonly entries: readonly string[];
  /** Side directories of earlier clones beside it (H31). */
  readonly clones: readonly string[];
}

/** The name of the mark that a verified clone carries until it is put in place. */
export const VERIFIED_MARK = 'zapas.verified';

const DATA_DIRECTORY_WINDOWS = `
$place = [IO.DirectoryInfo]::new($words[0])
$real = $place.FullName.TrimEnd('\\')
Line "real=$real"
if ($place.Parent -and $place.Parent.Exists) {
  foreach ($clone in $place.Parent.GetDirectories("$($place.Name).clone-*")) { Line "clone=$($clone.FullName)" }
}
if ([IO.File]::Exists($real)) { Line 'kind=other'; Leave exit 0 }
if (-not $place.Exists) { Line 'kind=absent'; Leave exit 0 }
if (-not $place.Parent) { Line 'mount=yes' }
$entries = @($place.GetFileSystemInfos())
for ($at = 0; $at -lt [Math]::Min(20, $entries.Length); $at++) { Line "entry=$($entries[$at].Name)" }
foreach ($name in 'backup_manifest', '${VERIFIED_MARK}', 'standby.signal') {
  if ([IO.File]::Exists("$real\\$name")) { Line "$name=yes" }
}
if ([IO.File]::Exists("$real\\PG_VERSION") -and [IO.Directory]::Exists("$real\\global")) {
  Line 'kind=cluster'
  Line "version=$([IO.File]::ReadAllText("$real\\PG_VERSION").Trim())"
} elseif ($entries.Length -eq 0) { Line 'kind=empty' } else { Line 'kind=other' }
if (Find-Postmaster $real) { Line 'running=yes' }`;

/** What is at the path of a data directory; a lost+found does not count. H5, H31. */
export const dataDirectory: Fact<PathArgs, DataDirectory> = {
  id: 'files.data-directory',
  read: {
    posix: ({ path }) =>
      script(
        `
r=$(readlink -f -- "$1") || r=$1
echo "real=$r"
for c in "$r".clone-*; do [ -d "$c" ] && echo "clone=$c"; done
[ -e "$r" ] || { echo kind=absent; exit 0; }
[ -d "$r" ] || { echo kind=other; exit 0; }
stat -c 'owner=%U
mode=%a' -- "$r"
[ "$(stat -c %d -- "$r")" = "$(stat -c %d -- "$r/..")" ] || echo mount=yes
ls -A -- "$r" | grep -vx 'lost+found' | head -n 20 | sed 's/^/entry=/'
for f in backup_manifest ${VERIFIED_MARK} standby.signal; do [ -e "$r/$f" ] && echo "$f=yes"; done
if [ -f "$r/PG_VERSION" ] && [ -d "$r/global" ]; then echo kind=cluster; echo "version=$(cat -- "$r/PG_VERSION")"
elif [ -z "$(ls -A -- "$r" | grep -vx 'lost+found')" ]; then echo kind=empty
else echo kind=other; fi
p=$(head -n 1 -- "$r/postmaster.pid" 2>/dev/null)
case $p in ''|*[!0-9]*) ;; *) [ "$(readlink -f "/proc/$p/cwd" 2>/dev/null)" = "$r" ] && echo running=yes ;; esac
exit 0`,
        [path],
      ),
    windows: ({ path }) => powershell(`${POSTMASTER}${DATA_DIRECTORY_WINDOWS}`, [path]),
  },
  parse(result, { path }) {
    const output = text(result.stdout);
    const fields = keyValues(output);
    const kind = fields.get('kind');
    if (kind !== 'absent' && kind !== 'empty' && kind !== 'cluster' && kind !== 'other')
      throw unreadable('files.data-directory', `${path}: ${text(result.stderr)}`);
    return {
      kind,
      real: fields.get('real') ?? path,
      mountPoint: fields.has('mount'),
      owner: fields.get('owner') ?? '',
      mode: fields.get('mode') ?? '',
      version: fields.get('version') ?? '',
      manifest: fields.has('backup_manifest'),
      verified: fields.has(VERIFIED_MARK),
      standbySignal: fields.has('standby.signal'),
      running: fields.has('running'),
      entries: valuesOf(output, 'entry'),
      clones: valuesOf(output, 'clone'),
    };
  },
};

/** For each path: does it exist, and is it a directory with something in it? H35. */
export type PathState = 'absent' | 'file' | 'empty-directory' | 'full-directory';

/** The state of several paths at once. */
export const pathStates: Fact<{ readonly paths: readonly string[] }, Readonly<Record<string, PathState>>> = {
  id: 'files.paths',
  read: {
    posix: ({ paths }) =>
      script(
        `
for p do
  if [ -d "$p" ]; then [ -z "$(ls -A -- "$p")" ] && echo empty-directory || echo full-directory
  elif [ -e "$p" ]; then echo file; else echo absent; fi
done`,
        paths,
      ),
    windows: ({ paths }) =>
      powershell(
        `
foreach ($path in $words) {
  if ([IO.Directory]::Exists($path)) {
    if ([IO.Directory]::GetFileSystemEntries($path).Length -eq 0) { Line 'empty-directory' } else { Line 'full-directory' }
  } elseif ([IO.File]::Exists($path)) { Line 'file' } else { Line 'absent' }
}`,
        paths,
      ),
  },
  parse(result, { paths }) {
    const states = text(result.stdout).trim().split('\n');
    if (result.code !== 0 || (paths.length > 0 && states.length !== paths.length))
      throw unreadable('files.paths', text(result.stderr));
    return Object.fromEntries(paths.map((path, index) => [path, states[index] as PathState]));
  },
};
