import type { CommandLine } from '../../domain/command.ts';
import type { Cluster, Host } from '../../domain/inventory.ts';
import type { ExecChange, JobChange } from '../../domain/step.ts';
import { powershell } from '../facts/powershell.ts';
import { parentPath } from '../paths.ts';
import { onFamily } from './family.ts';

function run(host: Host, command: CommandLine): ExecChange {
  return { kind: 'exec', host: host.id, command };
}

/**
 * Fetches with whichever of three programs the host has. Only a file with the right SHA-256 gets its name; of any other one the sum
 * stays, the file does not. What earlier runs left is cleared away. $1 URL, $2 where to, $3 SHA-256.
 */
const FETCH = `
set -eu
part=$2.part; ours=\${2%.archive}; ours=\${ours%.*}
mkdir -p "$(dirname "$2")"
rm -f "$ours".*.archive "$ours".*.archive.part "$ours".*.archive.rejected
if command -v curl >/dev/null; then curl -fsSL --retry 5 --retry-delay 2 -o "$part" "$1"
elif command -v wget >/dev/null; then wget -q --tries=5 -O "$part" "$1"
elif command -v python3 >/dev/null; then python3 -c 'import shutil, sys, urllib.request
with urllib.request.urlopen(sys.argv[1], timeout=60) as source, open(sys.argv[2], "wb") as target: shutil.copyfileobj(source, target)' "$1" "$part"
else echo 'neither curl nor wget nor python3 is there' >&2; exit 69; fi
sum=$(sha256sum < "$part"); sum=\${sum%% *}
if [ "$sum" = "$3" ]; then mv "$part" "$2"; else rm -f "$part"; printf %s "$sum" > "$2.rejected"; fi`;

/** The same, with the same values, by .NET; older hosts have to be told of TLS 1.2. */
const FETCH_WINDOWS = `
$url, $path, $want = $words[0..2]
$folder = [IO.Path]::GetDirectoryName($path)
[void][IO.Directory]::CreateDirectory($folder)
$ours = [IO.Path]::GetFileNameWithoutExtension([IO.Path]::GetFileNameWithoutExtension($path))
foreach ($old in [IO.Directory]::GetFiles($folder, "$ours.*.archive*")) { Insist { [IO.File]::Delete($old) } }
$part = "$path.part"
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor 3072
for ($try = 1; ; $try++) {
  try { [Net.WebClient]::new().DownloadFile($url, $part); break }
  catch { if ($try -ge 5) { Fail 69 (Reason $_) } }
  [Threading.Thread]::Sleep(2000)
}
$file = [IO.File]::OpenRead($part)
$sum = [BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash($file)).Replace('-', '').ToLowerInvariant()
$file.Dispose()
if ($sum -eq $want) { Insist { [IO.File]::Move($part, $path) } }
else { Insist { [IO.File]::Delete($part) }; [IO.File]::WriteAllText("$path.rejected", $sum) }`;

/** An archive is fetched to `path`, which it gets only when its SHA-256 is the right one; as a detached job. M06. */
export function fetchArchive(host: Host, { url, sha256 }: NonNullable<Cluster['archive']>, path: string): JobChange {
  const values = [url, path, sha256];
  const timeoutMs = 3_600_000;
  const command = onFamily(host, {
    posix: (): CommandLine => ({
      argv: ['/bin/sh', '-c', FETCH.trim(), 'sh', ...values],
      env: { LC_ALL: 'C' },
      timeoutMs,
    }),
    windows: () => powershell(FETCH_WINDOWS, values, { timeoutMs }),
  });
  return { kind: 'job', host: host.id, name: 'fetch', command };
}

/**
 * Unpacks beside the target and moves the parts in, `bin` last: a bin directory that is there is complete. What is in the
 * target already stays. $1 archive, $2 the directory above bin.
 */
const INSTALL = `
set -eu
side=$2.unpack
rm -rf "$side"; mkdir -p "$side" "$2"
tar -xf "$1" -C "$side" --no-same-owner
server=$(find "$side" -path '*/bin/postgres' | head -n 1)
[ -n "$server" ] || { echo 'the archive has no bin/postgres' >&2; exit 65; }
root=$(dirname "$(dirname "$server")")
chown -R root:root "$root"; chmod -R go-w,a+rX "$root"
for part in "$root"/*; do
  name=$(basename "$part")
  case $name in bin|data) continue ;; esac
  [ -e "$2/$name" ] || mv "$part" "$2/$name"
done
if [ -d "$2/bin" ]; then rmdir "$2/bin"; fi
mv "$root/bin" "$2/bin"
rm -rf "$side" "$1"`;

/** The same, with the same values. Beside the target the files inherit the access list that programs have there. */
const INSTALL_WINDOWS = `
$archive, $target = $words[0..1]
$side = "$target.unpack"
if ([IO.Directory]::Exists($side)) { Insist { [IO.Directory]::Delete($side, $true) } }
[void][IO.Directory]::CreateDirectory($target)
[void][Reflection.Assembly]::Load('System.IO.Compression.FileSystem, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089')
[IO.Compression.ZipFile]::ExtractToDirectory($archive, $side)
$root = ''
foreach ($server in [IO.Directory]::GetFiles($side, 'postgres.exe', 'AllDirectories')) {
  $bin = [IO.Path]::GetDirectoryName($server)
  if ([IO.Path]::GetFileName($bin) -eq 'bin') { $root = [IO.Path]::GetDirectoryName($bin); break }
}
if (-not $root) { Fail 65 'the archive has no bin\\postgres.exe' }
foreach ($part in [IO.DirectoryInfo]::new($root).GetFileSystemInfos()) {
  $to = "$target\\$($part.Name)"
  if ($part.Name -in 'bin', 'data' -or [IO.Directory]::Exists($to) -or [IO.File]::Exists($to)) { continue }
  Insist { $part.MoveTo($to) }
}
if ([IO.Directory]::Exists("$target\\bin")) { [IO.Directory]::Delete("$target\\bin") }
Insist { [IO.Directory]::Move("$root\\bin", "$target\\bin") }
Insist { [IO.Directory]::Delete($side, $true) }
Insist { [IO.File]::Delete($archive) }`;

/** The archive is unpacked aside and becomes the directory above `binDir`. M06. */
export function unpackArchive(host: Host, { binDir }: Cluster, archive: string): ExecChange {
  const values = [archive, parentPath(binDir)];
  const timeoutMs = 600_000;
  return run(
    host,
    onFamily(host, {
      posix: (): CommandLine => ({
        argv: ['/bin/sh', '-c', INSTALL.trim(), 'sh', ...values],
        env: { LC_ALL: 'C' },
        timeoutMs,
      }),
      windows: () => powershell(INSTALL_WINDOWS, values, { timeoutMs }),
    }),
  );
}

/** The service's account where it is missing; a Windows service has one that Windows knows. M06. */
export function makeAccount(host: Host, { dataDir, serviceAccount }: Cluster, exists: boolean): readonly ExecChange[] {
  const home = parentPath(parentPath(dataDir));
  const argv = ['useradd', '--system', '--home-dir', home, '--shell', '/bin/sh', serviceAccount] as const;
  return onFamily(host, {
    posix: () => (exists ? [] : [run(host, { argv, env: { LC_ALL: 'C' }, timeoutMs: 30_000 })]),
    windows: () => [],
  });
}
