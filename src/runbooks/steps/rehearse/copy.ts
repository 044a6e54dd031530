import type { ErrorRef } from '../../../domain/errors.ts';
import type { Ask, Change, Check, Finding, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { askServiceAccount } from '../../acts/account.ts';
import { prepareDirectories } from '../../acts/clone.ts';
import { onFamily } from '../../acts/family.ts';
import { copiesOf, copyStandby, rehearsalPath, removeCopies } from '../../acts/rehearsal.ts';
import { databaseExtent, type Extent } from '../../facts/database.ts';
import { fileText, type Volume, volume } from '../../facts/files.ts';
import { osAccount } from '../../facts/os.ts';
import { type PostgresServer, postgresServer, serverArgs } from '../../facts/postgres.ts';
import { serverOf } from '../../facts/psql.ts';
import { fullPageWrites, type Rehearsals, rehearsals } from '../../facts/rehearsal.ts';
import { joinPath } from '../../paths.ts';
import { finding } from '../findings.ts';

const MEGABYTE = 1024 * 1024;
/** What the copy may grow by, and what the standby must be left with whatever happens: a twentieth of its volume. */
const GROWTH = 1.1;
const OWN = 512 * MEGABYTE;
const LEFT = 1 / 20;

interface Source {
  readonly server: PostgresServer;
  readonly extent: Extent | undefined;
  readonly sides: Rehearsals;
}

async function askSource(ask: Ask, { cluster, standby }: StepInput): Promise<Source> {
  const [server, sides] = await Promise.all([
    ask.fact(standby.id, postgresServer, serverArgs(cluster)),
    ask.fact(standby.id, rehearsals, { dataDir: cluster.dataDir }),
  ]);
  const extent = server.live && (await ask.fact(standby.id, databaseExtent, { server: serverOf(cluster, server) }));
  return { server, sides, extent };
}

interface Need {
  readonly path: string;
  readonly volume: Volume;
  readonly bytes: number;
}

type Room = Source & {
  readonly needs: readonly Need[];
  /** WAL has whole pages; true where nobody can be asked. */
  readonly wholePages: boolean;
};

/** The standby is one, and beside it there is room for a copy of it, with a margin that stays the standby's own. H36. */
export const rehearseRoom = defineStep<Room>({
  id: 'rehearse.room',
  manual: [],
  effect: 'read',
  async gather(ask, input) {
    const source = await askSource(ask, input);
    const { extent, sides } = source;
    if (!extent) return { ...source, needs: [], wholePages: true };
    const spaces = onFamily(input.standby, {
      posix: () => extent.tablespaces.map(({ location, bytes }) => ({ path: location, bytes })),
      // The copy holds theirs.
      windows: () => [],
    });
    const elsewhere = spaces.reduce((sum, { bytes }) => sum + bytes, 0);
    const own = Math.max(0, extent.databaseBytes - elsewhere) + extent.walBytes + OWN;
    const places = [{ path: rehearsalPath(sides.real, input.run), bytes: own }, ...spaces];
    const asked = places.map(async ({ path, bytes }) => ({
      path,
      bytes: Math.ceil(bytes * GROWTH),
      volume: await ask.fact(input.standby.id, volume, { path }),
    }));
    const server = serverOf(input.cluster, source.server);
    const [wholePages, ...needs] = await Promise.all([
      ask.fact(input.standby.id, fullPageWrites, { server }),
      ...asked,
    ]);
    return { ...source, needs: byVolume(needs), wholePages };
  },
  check({ server, needs, wholePages }, { standby }): Check {
    const torn: ErrorRef | undefined = wholePages
      ? undefined
      : { code: 'rehearsal.torn-pages', params: { host: standby.id } };
    const problem = problemOf(server, standby.id) ?? torn ?? shortage(needs, standby.id);
    return problem ? { blocked: problem } : 'done';
  },
  findings: (room, input) => [...leftOver(room, input), ...spaceOf(room, input)],
});

function spaceOf({ needs }: Room, { standby }: StepInput): readonly Finding[] {
  return needs.map((need) => finding('disk.space', isShort(need) ? 'failed' : 'ok', figures(need), standby.id));
}

/** What an earlier rehearsal could not remove, and this one will. */
function leftOver({ sides }: Room, { standby, run }: StepInput): readonly Finding[] {
  const paths = sides.copies.filter((path) => !path.endsWith(rehearsalPath('', run)));
  return paths.length > 0 ? [finding('rehearsal.left-over', 'warning', { paths: paths.join(', ') }, standby.id)] : [];
}

function problemOf({ live, state }: PostgresServer, host: string): ErrorRef | undefined {
  if (!live) return { code: 'standby.not-running', params: { host, state } };
  return live.inRecovery ? undefined : { code: 'standby.not-standby', params: { host } };
}

function byVolume(needs: readonly Need[]): readonly Need[] {
  const mounts = new Map<string, Need>();
  for (const need of needs) {
    const before = mounts.get(need.volume.mount);
    mounts.set(need.volume.mount, before ? { ...before, bytes: before.bytes + need.bytes } : need);
  }
  return [...mounts.values()];
}

function isShort({ bytes, volume }: Need): boolean {
  return bytes + volume.totalBytes * LEFT > volume.availableBytes;
}

function figures({ path, bytes, volume }: Need) {
  const needed = Math.ceil((bytes + volume.totalBytes * LEFT) / MEGABYTE);
  return { path, needed, free: Math.ceil(volume.availableBytes / MEGABYTE) };
}

function shortage(needs: readonly Need[], host: string): ErrorRef | undefined {
  const short = needs.find(isShort);
  return short && { code: 'disk.full', params: { host, ...figures(short) } };
}

type Prepared = Source & { readonly account: string; readonly group: string };

/** What an earlier rehearsal has left is ended and removed; then empty directories that are the service account's alone. */
export const rehearsePrepare = defineStep<Prepared>({
  id: 'rehearse.prepare',
  manual: [],
  effect: 'reversible',
  async gather(ask, input) {
    const [source, { group }, account] = await Promise.all([
      askSource(ask, input),
      ask.fact(input.standby.id, osAccount, { account: input.cluster.serviceAccount }),
      askServiceAccount(ask, input),
    ]);
    return { ...source, account, group };
  },
  check({ sides, extent }, input): Check {
    const own = ownCopies({ sides, extent }, input);
    const others = sides.copies.some((path) => !own.includes(path));
    return !others && own.every((path) => sides.copies.includes(path)) ? 'done' : 'needed';
  },
  apply({ sides, extent, account, group }, input): readonly Change[] {
    const { cluster, standby } = input;
    const make = ownCopies({ sides, extent }, input);
    const directories = { account, group, remove: [], make };
    return [removeCopies(standby, cluster), prepareDirectories(standby, directories)];
  },
});

function ownCopies(
  { sides, extent }: Pick<Source, 'sides' | 'extent'>,
  { run, standby }: StepInput,
): readonly string[] {
  const spaces = extent?.tablespaces.map(({ location }) => location) ?? [];
  return copiesOf(standby, sides.real, spaces, run);
}

type Copied = Source & { readonly whole: boolean };

/** The standby is copied where it stands, while it goes on: the primary, its slot and its stream are not touched. */
export const rehearseCopy = defineStep<Copied>({
  id: 'rehearse.copy',
  manual: [],
  effect: 'reversible',
  async gather(ask, input) {
    const source = await askSource(ask, input);
    const copy = rehearsalPath(source.sides.real, input.run);
    const mark = await ask.fact(input.standby.id, fileText, { path: joinPath(copy, 'zapas.copied') });
    return { ...source, whole: mark !== undefined };
  },
  check({ server, whole }, { standby }): Check {
    if (whole) return 'done';
    const problem = problemOf(server, standby.id);
    return problem ? { blocked: problem } : 'needed';
  },
  apply({ server, sides, extent }, { cluster, standby, run }): readonly Change[] {
    const { databaseBytes = 0, tablespaces = [] } = extent ?? {};
    const spaces = tablespaces.map(({ location }) => location);
    const copy = rehearsalPath(sides.real, run);
    const socket = server.socketDirectory ?? '';
    return [copyStandby(standby, cluster, { socket, real: sides.real, copy, spaces, run, bytes: databaseBytes })];
  },
});
