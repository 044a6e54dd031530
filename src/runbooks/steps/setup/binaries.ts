import type { Change, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { fetchArchive, makeAccount, unpackArchive } from '../../acts/programs.ts';
import { type Binaries, binaries } from '../../facts/binaries.ts';
import { fileText, pathStates } from '../../facts/files.ts';
import { osAccount } from '../../facts/os.ts';
import { joinPath } from '../../paths.ts';

interface FetchFacts {
  readonly binaries: Binaries;
  /** The archive was fetched in this run and is the one the inventory means. */
  readonly fetched: boolean;
  /** SHA-256 of what was fetched in this run and thrown away, because it is another one. */
  readonly rejected: string | undefined;
}

/** Where a run keeps the archive until it is unpacked. */
function archivePath({ cluster, standby, run }: StepInput): string {
  return joinPath(standby.stateDir, `postgresql.${cluster.id}.${run}.archive`);
}

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
    return cluster.archive ? [fetchArchive(standby, cluster.archive, archivePath(input))] : [];
  },
});

interface InstallFacts {
  readonly binaries: Binaries;
  readonly account: { readonly exists: boolean; readonly group: string };
}

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
    return usable === 'done' && makeAccount(standby, cluster, account.exists).length > 0 ? 'needed' : usable;
  },
  apply({ binaries, account }, input): readonly Change[] {
    const { cluster, standby } = input;
    const unpack = binaries.absent ? [unpackArchive(standby, cluster, archivePath(input))] : [];
    return [...makeAccount(standby, cluster, account.exists), ...unpack];
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
