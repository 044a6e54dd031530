import type { Change, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { type Binaries, binaries } from '../../facts/binaries.ts';
import { fileHash } from '../../facts/files.ts';
import { osAccount } from '../../facts/os.ts';

interface FetchFacts {
  readonly binaries: Binaries;
  /** SHA-256 of the archive as fetched in this run; undefined before that. */
  readonly fetched: string | undefined;
}

/** Where a run keeps the archive until it is unpacked. */
function archivePath({ standby, run }: StepInput): string {
  return `${standby.stateDir}/postgresql-${run}.archive`;
}

/** Fetches with whichever of the three programs the host has; the file gets its name when it is complete. */
const FETCH = `
set -eu
mkdir -p "$(dirname "$2")"
rm -f "$2.part"
if command -v curl >/dev/null; then curl -fsSL --retry 5 --retry-delay 2 -o "$2.part" "$1"
elif command -v wget >/dev/null; then wget -q --tries=5 -O "$2.part" "$1"
elif command -v python3 >/dev/null; then python3 -c 'import shutil, sys, urllib.request
with urllib.request.urlopen(sys.argv[1], timeout=60) as source, open(sys.argv[2], "wb") as target: shutil.copyfileobj(source, target)' "$1" "$2.part"
else echo 'neither curl nor wget nor python3 is there' >&2; exit 69; fi
mv "$2.part" "$2"`;

/** The vendor's archive is fetched on the standby, when its bin directory has no PostgreSQL, and its SHA-256 proven. M06. */
export const setupFetchBinaries = defineStep<FetchFacts>({
  id: 'setup.fetch-binaries',
  manual: ['M06'],
  effect: 'reversible',
  async gather(ask, input) {
    const { cluster, standby } = input;
    const [found, fetched] = await Promise.all([
      ask.fact(standby.id, binaries, { binDir: cluster.binDir }),
      ask.fact(standby.id, fileHash, { path: archivePath(input) }),
    ]);
    return { binaries: found, fetched };
  },
  check({ binaries, fetched }, { cluster, standby }): Check {
    const { archive, binDir } = cluster;
    const usable = judge(binaries, standby.id, binDir);
    if (usable !== 'absent') return usable;
    if (!archive) return missing(standby.id, binDir, binaries);
    if (fetched === undefined) return 'needed';
    if (fetched === archive.sha256) return 'done';
    const params = { host: standby.id, url: archive.url, expected: archive.sha256, found: fetched };
    return { blocked: { code: 'binaries.checksum', params } };
  },
  apply(_facts, input): readonly Change[] {
    const { cluster, standby } = input;
    const url = cluster.archive?.url ?? '';
    return [
      {
        kind: 'job',
        host: standby.id,
        name: 'fetch',
        command: {
          argv: ['/bin/sh', '-c', FETCH.trim(), 'sh', url, archivePath(input)],
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
