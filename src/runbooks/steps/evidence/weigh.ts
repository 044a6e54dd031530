import type { Evidence, LossBound, Sighting } from '../../../domain/evidence.ts';
import { type PostgresServer, receivedLsn, timelineOf } from '../../facts/postgres.ts';
import { formatLsn, type Lsn, lsnBytes, parseLsn } from '../../postgres/lsn.ts';
import { lastContact } from './contact.ts';
import type { Witnesses } from './gather.ts';

/** A receiver that heard something within this time counts as connected. */
const RECENT_MS = 10_000;

/** What a failover rests on. Undefined when the standby tells nothing. */
export function weigh(seen: Witnesses): Evidence | undefined {
  const { standby, gatheredAt, rehearsal } = seen;
  const received = receivedLsn(standby);
  if (!standby.control || received === undefined) return undefined;
  const contact = lastContact(standby, seen.log);
  return {
    gatheredAt,
    sightings: sightingsOf(seen),
    primaryAlive: isPrimaryAlive(seen),
    fencing: seen.primary.ok ? 'possible' : 'unreachable',
    timeline: timelineOf(standby),
    receiveLsn: formatLsn(received),
    replayLsn: standby.live?.replayLsn ?? formatLsn(received),
    systemIdentifier: standby.control.systemIdentifier,
    lastContact: contact === undefined ? null : new Date(contact).toISOString(),
    loss: lossOf(seen, received, contact),
    ...(rehearsal && { rehearsal: { at: rehearsal.at, milliseconds: rehearsal.milliseconds } }),
  };
}

/**
 * Does the primary's PostgreSQL answer as a primary to anybody? The word of its own host counts most; where the host does not
 * let us in, anything that answers on its port counts as alive, because it cannot be stopped either.
 */
export function isPrimaryAlive({ primary, port, ready }: Witnesses): boolean {
  if (ready === 'accepting' && !(primary.ok && isStandby(primary.value))) return true;
  if (!primary.ok) return ready === 'rejecting' || port;
  return primary.value.state === 'running' && !isStandby(primary.value);
}

/** It follows somebody, or did so until it was stopped. */
export function isStandby({ live, control }: PostgresServer): boolean {
  if (live) return live.inRecovery;
  return control?.state === 'shut down in recovery' || control?.state === 'in archive recovery';
}

function sightingsOf({ standby, primary, port, ready }: Witnesses): readonly Sighting[] {
  const login: Sighting = primary.ok
    ? { by: 'bot', way: 'login', saw: 'alive' }
    : { by: 'bot', way: 'login', saw: isSilence(primary.error.code) ? 'silent' : 'dead', detail: primary.error.code };
  const own: readonly Sighting[] = primary.ok
    ? [{ by: 'primary', way: 'postgres', saw: isUp(primary.value) ? 'alive' : 'dead', detail: primary.value.state }]
    : [];
  const answers = { accepting: 'alive', rejecting: 'dead', silent: 'silent' } as const;
  return [
    login,
    { by: 'bot', way: 'port', saw: port ? 'alive' : 'silent' },
    { by: 'standby', way: 'postgres', saw: answers[ready], detail: ready },
    replicationSighting(standby),
    ...own,
  ];
}

/** After a power cut the receiver waits for a minute before it gives up; until then its last message tells. */
function replicationSighting({ live }: PostgresServer): Sighting {
  const sighting = { by: 'standby', way: 'replication' } as const;
  if (!live?.receiver) return { ...sighting, saw: 'dead', detail: 'disconnected' };
  const { status, lastMessageAt } = live.receiver;
  const recent = lastMessageAt !== null && live.clock - lastMessageAt <= RECENT_MS;
  return { ...sighting, saw: status === 'streaming' && recent ? 'alive' : 'silent', detail: status };
}

function isUp({ state }: PostgresServer): boolean {
  return state === 'running' || state === 'starting' || state === 'hot-standby-off';
}

function isSilence(code: string): boolean {
  return code === 'host.unreachable' || code === 'exec.timeout' || code === 'exec.outcome-unknown';
}

/** The worst case of commits that did not arrive. H38. */
function lossOf(seen: Witnesses, received: Lsn, contact: number | undefined): LossBound {
  const { standby, primary, sighting } = seen;
  const control = primary.ok && primary.value.state === 'stopped' ? primary.value.control : undefined;
  if (control?.state === 'shut down' && control.checkpoint < received) return { kind: 'none', bytes: '0', seconds: 0 };
  const clock = standby.live?.clock;
  const seconds =
    contact === undefined || clock === undefined ? null : Math.max(0, Math.ceil((clock - contact) / 1000));
  if (seen.walEnd !== undefined) return { kind: 'bounded', bytes: String(gap(received, seen.walEnd)), seconds };
  const missing = sighting?.timeline === timelineOf(standby) ? gap(received, parseLsn(sighting.lsn)) : 0n;
  return { kind: 'unknown', bytes: missing > 0n ? String(missing) : null, seconds };
}

function gap(from: Lsn, to: Lsn): bigint {
  const bytes = lsnBytes(from, to);
  return bytes > 0n ? bytes : 0n;
}
