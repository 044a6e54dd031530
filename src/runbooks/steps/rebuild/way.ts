import type { Ask, StepInput } from '../../../domain/step.ts';
import { type DataDirectory, dataDirectory, fileText, type PathState, pathStates } from '../../facts/files.ts';
import { type PostgresServer, timelineOf } from '../../facts/postgres.ts';
import { checkpointKept, writesArgs } from '../../facts/wal.ts';
import { passfilePath, slotName } from '../../names.ts';
import { joinPath, programIn } from '../../paths.ts';
import { isStandby } from '../evidence/weigh.ts';
import { askParting, type Parting } from '../fence/parting.ts';
import { SIGNAL } from '../setup/activate.ts';

/**
 * How a server becomes a standby again. `none`: it is one. `follow`: it never left the common way, so it only has to be told to
 * follow. `rewind`: pg_rewind takes back what it wrote alone. `clone`: a new copy beside it.
 */
export type Way = 'none' | 'follow' | 'rewind' | 'clone';

export interface Decision {
  readonly way: Way;
  /** Why; a word the catalogue has a text for. */
  readonly reason: string;
}

/** What the decision rests on. */
export interface Rebuilding extends Parting {
  readonly place: DataDirectory;
  /** This run has set the old data directory aside. */
  readonly setAside: boolean;
  /** This run has rewound it. */
  readonly rewound: boolean;
  /** The run whose pg_rewind has begun and not ended, if any. */
  readonly rewindingBy: string | undefined;
  /** pg_rewind is there. */
  readonly program: boolean;
  /** The WAL it begins with is there; undefined when it cannot be told, or there is nothing to rewind. */
  readonly checkpointKept: boolean | undefined;
}

/** Files of a rebuild beside the data directory's place and in Zapas' own directory on the host. */
export function placesOf({ cluster, standby, run }: StepInput, real: string) {
  const own = joinPath(standby.stateDir, 'rebuild', run);
  return {
    /** The old data directory, kept. */
    aside: `${real}.old-${run}`,
    /** What pg_rewind would overwrite or throw away: configuration, and the WAL it wrote alone. */
    saved: own,
    rewound: joinPath(own, 'rewound'),
    rewinding: joinPath(standby.stateDir, `rebuild-${cluster.id}.rewinding`),
    program: programIn(cluster.binDir, 'pg_rewind'),
    passfile: passfilePath(cluster),
  };
}

/** Gathers all of it. */
export async function askRebuilding(ask: Ask, input: StepInput): Promise<Rebuilding> {
  const { cluster, standby } = input;
  const [parting, place] = await Promise.all([
    askParting(ask, input),
    ask.fact(standby.id, dataDirectory, { path: cluster.dataDir }),
  ]);
  const { aside, rewound, rewinding, program } = placesOf(input, place.real);
  const [paths, mark, kept] = await Promise.all([
    ask.fact(standby.id, pathStates, { paths: [aside, rewound, program] }),
    ask.fact(standby.id, fileText, { path: rewinding }),
    askCheckpoint(ask, input, parting),
  ]);
  const exists = (path: string): boolean => isThere(paths[path]);
  return {
    ...parting,
    place,
    setAside: exists(aside),
    rewound: exists(rewound),
    rewindingBy: mark?.content.trim(),
    program: exists(program),
    checkpointKept: kept,
  };
}

async function askCheckpoint(
  ask: Ask,
  { cluster, standby }: StepInput,
  parting: Parting,
): Promise<boolean | undefined> {
  const { fork, old } = parting;
  const server = old.ok ? old.value.server : undefined;
  if (fork === undefined || !server?.control || isStandby(server)) return undefined;
  const { segmentBytes } = server.control;
  const args = writesArgs(cluster, { timeline: timelineOf(server), from: fork, segmentBytes });
  return await ask.fact(standby.id, checkpointKept, args);
}

function isThere(state: PathState | undefined): boolean {
  return state !== undefined && state !== 'absent';
}

/** Which way it is, and why. The same from the plan to the end of the run: what this run has begun decides. H1–H4, H14, H38. */
export function decide(seen: Rebuilding, input: StepInput): Decision {
  const { place, setAside, rewound, rewindingBy, old } = seen;
  const server = old.ok ? old.value.server : undefined;
  if (setAside) return { way: 'clone', reason: 'begun' };
  if (rewound || rewindingBy === input.run) return { way: 'rewind', reason: 'begun' };
  if (place.kind === 'absent' || place.kind === 'empty') return { way: 'clone', reason: 'no_data' };
  if (rewindingBy !== undefined) return { way: 'clone', reason: 'half_rewound' };
  if (input.options['method'] === 'clone') return { way: 'clone', reason: 'asked' };
  if (!server?.control) return { way: 'clone', reason: 'unreadable' };
  return decideByData(seen, server, input);
}

function decideByData(seen: Rebuilding, server: PostgresServer, input: StepInput): Decision {
  const { fork, program, primary } = seen;
  const { control } = server;
  const theirs = primary.ok ? primary.value : undefined;
  if (!control || !theirs) return { way: 'clone', reason: 'unreadable' };
  if (control.systemIdentifier !== theirs.control?.systemIdentifier) return { way: 'clone', reason: 'other_system' };
  const same = timelineOf(server) === timelineOf(theirs);
  const slot = theirs.live?.slots.find(({ name }) => name === slotName(input.standby.id));
  if (isStandby(server) || server.files.includes(SIGNAL)) {
    if (slot?.walStatus === 'lost') return { way: 'clone', reason: 'slot_lost' };
    const ahead = fork !== undefined && control.minRecovery.end > fork;
    if (same || (fork !== undefined && !ahead)) return { way: 'none', reason: 'ours' };
    return { way: 'clone', reason: 'no_ancestor' };
  }
  // pg_rewind would say that nothing has to be done, and be wrong.
  if (same) return { way: 'clone', reason: 'same_timeline' };
  if (fork === undefined) return { way: 'clone', reason: 'no_ancestor' };
  // After a clean stop its last word is its shutdown checkpoint; when the primary has that, there is nothing to take back.
  if (control.state === 'shut down' && control.checkpoint < fork) return { way: 'follow', reason: 'behind' };
  if (!control.checksums && !control.walLogHints) return { way: 'clone', reason: 'no_hints' };
  // pg_rewind reads from there on which pages it has to take back.
  if (seen.checkpointKept === false) return { way: 'clone', reason: 'wal_recycled' };
  return program ? { way: 'rewind', reason: 'forked' } : { way: 'clone', reason: 'no_program' };
}
