import type { Change, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { type Binaries, binaries } from '../../facts/binaries.ts';
import { fileText, pathStates } from '../../facts/files.ts';
import { osAccount } from '../../facts/os.ts';

interface FetchFacts {
  readonly binaries: Binaries;
  /** The archive was fetched in this run and is the one the inventory means. */
  readonly fetched: boolean;
  /** SHA-256 of what was fetched in this run and thrown away, because it is another one. */
  readonly rejected: string | undefined;
}

/** Where a run keeps the archive until it is unpacked. */
function archivePath({ cluster, standby, run }: StepInput): string {
  return `${standby.stateDir}/postgresql.${cluster.id}.${run}.archive`;
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

/** The vendor's archive is fetched on the standby, when its bin directory has no PostgreSQL, and its SHA-256 proven. M06. */
export const setupFetchBinaries = defineStep<FetchFacts>({
  id: 'setup.fetch-binaries',
  manual: ['M06'],
  effect: 'reversible',
  async gather(ask, input) {
    const { cluster, standby } = input;
    const path = archivePath(input);
    const [found, states, rejected] = await Promise.all([
      ask.fact(standby.id, binaries, { binDir: cluster.binDir }),
      ask.fact(standby.id, pathStates, { paths: [path] }),
      ask.fact(standby.id, fileText, { path: `${path}.rejected` }),
    ]);
    return { binaries: found, fetched: states[path] === 'file', rejected: rejected?.content };
  },
  check({ binaries, fetched, rejected }, { cluster, standby }): Check {
    const { archive, binDir } = cluster;
    const usable = judge(binaries, standby.id, binDir);
    if (usable !== 'absent') return usable;
    if (!archive) return missing(standby.id, binDir, binaries);
    if (fetched) return 'done';
    if (rejected === undefined) return 'needed';
    const params = { host: standby.id, url: archive.url, expected: archive.sha256, found: rejected };
    return { blocked: { code: 'binaries.checksum', params } };
  },
  apply(_facts, input): readonly Change[] {
    const { cluster, standby } = input;
    const { url = '', sha256 = '' } = cluster.archive ?? {};
    return [
      {
        kind: 'job',
        host: standby.id,
        name: 'fetch',
        command: {
          argv: ['/bin/sh', '-c', FETCH.trim(), 'sh', url, archivePath(input), sha256],
          env: { LC_ALL: 'C' },
          timeoutMs: 3_600_000,
        },
      },
    ];
  },
});

interface InstallFacts {
  readonly binaries: Binaries;
  readonly account: { readonly exists: boolean; readonly group: string };
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

/** The archive is unpacked aside and moved to the inventory's directory; the service's account is made if it is missing. M06. */
export const setupInstallBinaries = defineStep<InstallFacts>({
  id: 'setup.install-binaries',
  manual: ['M06'],
  effect: 'reversible',
  async gather(ask, { cluster, standby }) {
    const [found, account] = await Promise.all([
      ask.fact(standby.id, binaries, { binDir: cluster.binDir }),
      ask.fact(standby.id, osAccount, { account: cluster.serviceAccount }),
    ]);
    return { binaries: found, account };
  },
  check({ binaries, account }, { cluster, standby }): Check {
    const usable = judge(binaries, standby.id, cluster.binDir);
    if (usable === 'absent') return cluster.archive ? 'needed' : missing(standby.id, cluster.binDir, binaries);
    return usable === 'done' && !account.exists ? 'needed' : usable;
  },
  apply({ binaries, account }, input): readonly Change[] {
    const { cluster, standby } = input;
    const run = (argv: readonly [string, ...string[]], timeoutMs: number): Change => ({
      kind: 'exec',
      host: standby.id,
      command: { argv, env: { LC_ALL: 'C' }, timeoutMs },
    });
    const home = parent(parent(cluster.dataDir));
    const user = ['useradd', '--system', '--home-dir', home, '--shell', '/bin/sh', cluster.serviceAccount] as const;
    const script = ['/bin/sh', '-c', INSTALL.trim(), 'sh', archivePath(input), parent(cluster.binDir)] as const;
    return [...(account.exists ? [] : [run(user, 30_000)]), ...(binaries.absent ? [run(script, 600_000)] : [])];
  },
});

/** Can what is in the bin directory serve? Part of an installation is never filled up: it is somebody's. */
function judge(found: Binaries, host: string, binDir: string): Check | 'absent' {
  if (found.absent) return 'absent';
  if (found.missing.length > 0 || found.major === 0) return missing(host, binDir, found);
  if (found.major === 17) return 'done';
  return { blocked: { code: 'version.unsupported', params: { host, version: found.version, path: binDir } } };
}

function missing(host: string, binDir: string, { missing, absent }: Binaries): Check {
  const programs = absent ? 'postgres' : missing.join(', ');
  return { blocked: { code: 'binaries.missing', params: { host, path: binDir, programs } } };
}

function parent(path: string): string {
  return path.replace(/\/[^/]*$/, '') || '/';
}
