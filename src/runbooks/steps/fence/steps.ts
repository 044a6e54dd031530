import type { ErrorRef } from '../../../domain/errors.ts';
import type { Change, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { type PostgresServer, timelineOf } from '../../facts/postgres.ts';
import { isStandby } from '../evidence/weigh.ts';
import { fence, isFenced } from '../failover/fence.ts';
import { isPrimary } from '../failover/promote.ts';
import { SIGNAL } from '../setup/activate.ts';
import { rolesSwapped } from '../switchover/pair.ts';
import { askParting, type Parting, writesFinding } from './parting.ts';

/**
 * Who is the primary is proven before anything is stopped: the server with that role answers as one, on a timeline not older than the
 * other's. Where that cannot be seen, nothing is touched, whatever the store says. H46.
 */
export const fenceGhost = defineStep<Parting>({
  id: 'fence.ghost',
  manual: [],
  effect: 'read',
  gather: askParting,
  check(parting, input): Check {
    const problem = problemOf(parting, input);
    return problem ? { blocked: problem } : 'done';
  },
  findings: (parting, input) => (ghostOf(parting) ? writesFinding(parting, input) : []),
});

function problemOf({ primary, old }: Parting, { standby, primary: { id } }: StepInput): ErrorRef | undefined {
  if (!old.ok) return old.error;
  const unclear = (detail: string): ErrorRef => ({
    code: 'fence.roles-unclear',
    params: { host: standby.id, detail },
  });
  if (!primary.ok) return unclear(`${id}: ${primary.error.code}`);
  if (!isPrimary(primary.value)) return unclear(`${id}: ${primary.value.live ? 'in recovery' : primary.value.state}`);
  const [theirs, its] = [timelineOf(primary.value), timelineOf(old.value.server)];
  if (its > theirs) return unclear(`${standby.id}: ${its} > ${id}: ${theirs}`);
  const systems = [primary.value.control?.systemIdentifier, old.value.server.control?.systemIdentifier];
  return systems[1] !== undefined && systems[0] !== systems[1] ? unclear(systems.join(' / ')) : undefined;
}

/** The old server, unless it is somebody's standby or has no data: it acts as a primary, or would when it is started. */
export function ghostOf({ old }: Pick<Parting, 'old'>): PostgresServer | undefined {
  if (!old.ok) return undefined;
  const { server } = old.value;
  if (server.state === 'absent' || isStandby(server) || server.files.includes(SIGNAL)) return undefined;
  return server;
}

/**
 * The server that lost its role is stopped, its start disabled, its tripwire placed: so nobody works on it by mistake. It can all be
 * taken back, and nothing is thrown away. H46.
 */
export const fenceStop = defineStep<Parting>({
  id: 'fence.stop',
  manual: [],
  effect: 'disruptive',
  gather: askParting,
  check(parting, input): Check {
    const problem = problemOf(parting, input);
    if (problem) return { blocked: problem };
    return !ghostOf(parting) || (parting.old.ok && isFenced(parting.old.value)) ? 'done' : 'needed';
  },
  apply: ({ old }, input): readonly Change[] => (old.ok ? fence(old.value, rolesSwapped(input)) : []),
});

/** How much it has accepted since the two parted, counted in its WAL when it can write no more. H46. */
export const fenceWrites = defineStep<Parting>({
  id: 'fence.writes',
  manual: [],
  effect: 'read',
  gather: askParting,
  check: () => 'done',
  findings: (parting, input) => (ghostOf(parting) ? writesFinding(parting, input) : []),
});
