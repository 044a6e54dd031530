import type { ErrorRef } from '../../domain/errors.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Ask, Attempt, StepInput } from '../../domain/step.ts';
import { attempt } from '../../domain/step.ts';
import { type DataDirectory, dataDirectory } from '../facts/files.ts';
import { type PostgresServer, postgresServer, serverArgs } from '../facts/postgres.ts';
import type { LiveServer } from '../facts/postgres-query.ts';
import { type Server, serverOf } from '../facts/psql.ts';
import { clonePath } from '../names.ts';

/** A primary that answers. */
export interface Primary {
  readonly live: LiveServer;
  /** How psql reaches it. */
  readonly server: Server;
}

/** Why setup cannot work with this server as a primary; undefined when it can. */
export function primaryProblem(found: PostgresServer, { primary }: StepInput): ErrorRef | undefined {
  const { state, live, complaint } = found;
  if (!live) return { code: 'primary.not-running', params: { host: primary.id, state, detail: complaint } };
  if (live.inRecovery) return { code: 'primary.not-primary', params: { host: primary.id } };
  const major = Math.trunc(live.versionNumber / 10_000);
  if (major !== 17) return { code: 'version.unsupported', params: { host: primary.id, version: live.version } };
  return undefined;
}

/** The primary, which has to answer. Throws what {@link primaryProblem} says; the first preflight step says it in order. */
export async function askPrimary(ask: Ask, input: StepInput): Promise<Primary> {
  const found = await ask.fact(input.primary.id, postgresServer, serverArgs(input.cluster));
  const problem = primaryProblem(found, input);
  if (problem || !found.live) throw new OpsError(problem?.code ?? 'primary.not-running', problem?.params);
  return { live: found.live, server: serverOf(input.cluster, found) };
}

/** The standby's server, or why it cannot be looked at: without programs or without access that is an answer. */
export function askStandby(ask: Ask, { cluster, standby }: StepInput): Promise<Attempt<PostgresServer>> {
  return attempt(ask.fact(standby.id, postgresServer, serverArgs(cluster)));
}

/** Where the copy goes to, and how far it is. */
export interface Target {
  readonly systemIdentifier: string;
  /** What stands where the data directory belongs. */
  readonly place: DataDirectory;
  /** This run's side directory. */
  readonly clone: DataDirectory;
  readonly clonePath: string;
  readonly server: Attempt<PostgresServer>;
  /** A judgement that rests on more than the place; see {@link judgePlace}. */
  readonly judged?: Judgement;
}

/** A target with the primary it is copied from. */
export type ClonePlace = Target & { readonly primary: Primary };
/** How a step finds out where the copy goes to. */
export type AskPlace = (ask: Ask, input: StepInput) => Promise<ClonePlace>;

/** Looks at the standby's data directory and at this run's side directory (H31). */
export async function askTarget(ask: Ask, input: StepInput): Promise<ClonePlace> {
  const { cluster, standby, run } = input;
  const [primary, place, server] = await Promise.all([
    askPrimary(ask, input),
    ask.fact(standby.id, dataDirectory, { path: cluster.dataDir }),
    askStandby(ask, input),
  ]);
  const path = clonePath(place.real, run);
  const clone = await ask.fact(standby.id, dataDirectory, { path });
  return { primary, systemIdentifier: primary.live.systemIdentifier, place, clone, clonePath: path, server };
}

/**
 * `free`: nothing is in the data directory's place. `ours`: a standby of this primary. `blocked`: something else, which is
 * never touched (H31).
 */
export type Judgement = 'free' | 'ours' | { readonly blocked: ErrorRef };

/** What stands in the data directory's place. */
export function judgePlace(
  { place, server, systemIdentifier, judged }: Target,
  { standby, cluster }: StepInput,
): Judgement {
  if (judged) return judged;
  const occupied = (detail: string): Judgement => ({
    blocked: { code: 'data-directory.occupied', params: { host: standby.id, path: cluster.dataDir, detail } },
  });
  if (place.mountPoint && place.kind !== 'cluster') return occupied('mountPoint');
  if (place.kind === 'absent' || place.kind === 'empty') return 'free';
  if (place.kind === 'other') return occupied(place.entries.slice(0, 5).join(', '));
  const control = server.ok ? server.value.control : undefined;
  if (!control) return occupied('unreadable');
  if (control.systemIdentifier !== systemIdentifier) return occupied('otherSystem');
  if (place.standbySignal) return 'ours';
  return { blocked: { code: 'standby.already-promoted', params: { host: standby.id, timeline: control.timeline } } };
}
