import type { ErrorRef } from '../../../domain/errors.ts';
import type { Evidence, LossBound, Sighting } from '../../../domain/evidence.ts';
import type { Ask, Change, Check, Finding, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { type PostgresServer, receivedLsn, timelineOf } from '../../facts/postgres.ts';
import { bytesBehind } from '../../facts/wal.ts';
import { formatLsn } from '../../postgres/lsn.ts';
import { fence, isFenced } from '../failover/fence.ts';
import { isPrimary } from '../failover/promote.ts';
import { askParting, type Parting, writesFinding } from '../fence/parting.ts';
import { ghostOf } from '../fence/steps.ts';
import { finding } from '../findings.ts';
import { rolesSwapped } from '../switchover/pair.ts';

/** Both servers in the roles they have, and the moment they were looked at. `old` is the one that the store still calls primary. */
interface Found extends Parting {
  readonly at: string;
}

async function gather(ask: Ask, input: StepInput): Promise<Found> {
  return { ...(await askParting(ask, rolesSwapped(input))), at: ask.now().toISOString() };
}

/**
 * Who takes writes now, on which timelines, and what only the other one has: that the roles have changed is proven by the server that
 * has taken over, never by the word of whoever asks. A server that was promoted after it is not set aside. H46.
 */
export const acceptRolesEvidence = defineStep<Found>({
  id: 'accept-roles.evidence',
  manual: [],
  effect: 'read',
  gather,
  check(found, input): Check {
    const problem = problemOf(found, input);
    return problem ? { blocked: problem } : 'done';
  },
  findings: (found, input) => [...rolesFound(found, input), ...writesOf(found, input)],
  evidence: weigh,
});

function problemOf({ primary, old }: Parting, { primary: was, standby: is }: StepInput): ErrorRef | undefined {
  if (!primary.ok) return primary.error;
  const unproven = (detail: string): ErrorRef => ({
    code: 'accept-roles.unproven',
    params: { host: is.id, other: was.id, detail },
  });
  if (!isPrimary(primary.value)) return unproven(`${is.id}: ${stateOf(primary.value)}`);
  if (!old.ok) return undefined;
  const { server } = old.value;
  const [its, theirs] = [timelineOf(primary.value), timelineOf(server)];
  if (theirs > its) return unproven(`${was.id}: ${theirs} > ${is.id}: ${its}`);
  const systems = [primary.value.control?.systemIdentifier, server.control?.systemIdentifier];
  return systems[1] !== undefined && systems[0] !== systems[1] ? unproven(systems.join(' / ')) : undefined;
}

/** `primary` and `standby` are of servers that answer; the others are why one does not. */
function stateOf(server: PostgresServer): string {
  if (server.live) return server.live.inRecovery ? 'standby' : 'primary';
  return server.state;
}

function lsnOf(server: PostgresServer): string {
  const received = receivedLsn(server);
  return server.live?.currentLsn ?? (received === undefined ? '' : formatLsn(received));
}

function line(host: string, server: PostgresServer, verdict: Finding['verdict']): Finding {
  const params = { state: stateOf(server), timeline: timelineOf(server), lsn: lsnOf(server) };
  return finding('roles.found', verdict, params, host);
}

function rolesFound({ primary, old }: Parting, { primary: was, standby: is }: StepInput): readonly Finding[] {
  const other = old.ok
    ? line(was.id, old.value.server, isPrimary(old.value.server) ? 'warning' : 'ok')
    : finding('roles.found', 'unknown', { state: old.error.code, timeline: 0, lsn: '' }, was.id);
  return [...(primary.ok ? [line(is.id, primary.value, 'ok')] : []), other];
}

/** A server that follows has nothing of its own. */
function writesOf(found: Parting, input: StepInput): readonly Finding[] {
  return ghostOf(found) ? writesFinding(found, rolesSwapped(input)) : [];
}

function weigh({ at, primary, old, ...parting }: Found): Evidence | undefined {
  if (!primary.ok || !primary.value.control || !primary.value.live?.currentLsn) return undefined;
  const { live, control } = primary.value;
  return {
    gatheredAt: at,
    sightings: sightingsOf(old),
    primaryAlive: old.ok && isPrimary(old.value.server),
    fencing: old.ok ? 'possible' : 'unreachable',
    timeline: timelineOf(primary.value),
    receiveLsn: live.currentLsn ?? '',
    replayLsn: live.currentLsn ?? '',
    systemIdentifier: control.systemIdentifier,
    lastContact: null,
    loss: lossOf({ primary, old, ...parting }),
    taken: true,
  };
}

function sightingsOf(old: Parting['old']): readonly Sighting[] {
  if (!old.ok) return [{ by: 'bot', way: 'login', saw: 'silent', detail: old.error.code }];
  const { server } = old.value;
  const saw = server.state === 'running' ? 'alive' : 'dead';
  return [
    { by: 'bot', way: 'login', saw: 'alive' },
    { by: 'primary', way: 'postgres', saw, detail: stateOf(server) },
  ];
}

/** What only the other server has. */
function lossOf(parting: Parting): LossBound {
  const { fork, writes } = parting;
  if (parting.old.ok && !ghostOf(parting)) return { kind: 'none', bytes: '0', seconds: 0 };
  if (fork === undefined || !writes) return { kind: 'unknown', bytes: null, seconds: null };
  if (writes.commits === 0) return { kind: 'none', bytes: '0', seconds: 0 };
  return { kind: 'bounded', bytes: String(bytesBehind(fork, writes)), seconds: null };
}

/**
 * The server that has lost its role is stopped and kept from starting, as in a failover. One that follows already is left alone; one that
 * cannot be reached stays UNFENCED, as the evidence said. H46.
 */
export const acceptRolesFence = defineStep<Found>({
  id: 'accept-roles.fence',
  manual: [],
  effect: 'disruptive',
  gather,
  check(found, input): Check {
    const problem = problemOf(found, input);
    if (problem) return { blocked: problem };
    return !ghostOf(found) || (found.old.ok && isFenced(found.old.value)) ? 'done' : 'needed';
  },
  apply: ({ old }, input): readonly Change[] => (old.ok ? fence(old.value, input) : []),
});

/**
 * The roles as they are become those that Zapas knows: recorded with this step's completion. Nothing on any host changes by it, but
 * every later procedure takes the other server for the standby, whose data may be replaced.
 */
export const acceptRolesRecord = defineStep<Found>({
  id: 'accept-roles.record',
  manual: [],
  effect: 'irreversible',
  gather,
  check(found, input): Check {
    const problem = problemOf(found, input);
    return problem ? { blocked: problem } : 'needed';
  },
  verify: (found, input) =>
    problemOf(found, input) === undefined && !(found.old.ok && isPrimary(found.old.value.server)),
});

/** What only the other one has, counted in its WAL when it can write no more. H46. */
export const acceptRolesWrites = defineStep<Found>({
  id: 'accept-roles.writes',
  manual: [],
  effect: 'read',
  gather,
  check: () => 'done',
  findings: writesOf,
});
