import type { Sighting } from '../../domain/evidence.ts';
import type { Attempt } from '../../domain/step.ts';
import type { HostSample, LagSample, Sample, ServerSample, SlotSample } from '../../domain/watch.ts';
import { type PostgresServer, receivedLsn, timelineOf } from '../facts/postgres.ts';
import { formatLsn, lsnBytes, parseLsn } from '../postgres/lsn.ts';
import { tooLow } from '../steps/evidence/obstacles.ts';
import type { HostLook } from './probe.ts';

const MEGABYTE = 1024 * 1024;
/** A receiver that heard something within this time counts as connected. */
const RECENT_MS = 10_000;

/** One host as it answered. */
export interface Look {
  readonly host: string;
  readonly look: Attempt<HostLook>;
}

/** Everything one probe of a cluster brought home. */
export interface Looks {
  readonly cluster: string;
  readonly at: string;
  /** By the roles that Zapas knows. */
  readonly primary: Look;
  readonly standby: Look;
  readonly port: boolean | null;
  readonly busy: boolean;
}

/** What the probe saw, as one sample. The side that takes writes is the primary, unless both do or none does. */
export function sampleOf(looks: Looks): Sample {
  const swapped = isWritable(looks.standby) && !isWritable(looks.primary);
  const primary = swapped ? looks.standby : looks.primary;
  const standby = swapped ? looks.primary : looks.standby;
  const one = serverOf(primary);
  const two = serverOf(standby);
  return {
    cluster: looks.cluster,
    at: looks.at,
    primary: hostSample(primary),
    standby: hostSample(standby),
    port: looks.port,
    // After a swap it was the other way round that was looked.
    ready: !swapped && standby.look.ok ? (standby.look.value.peer ?? null) : null,
    heard: heard(two),
    streaming: isStreaming(one, two),
    lag: lagOf(one, two),
    slot: slotOf(one, two),
    replay: two?.live?.inRecovery ? two.live.replayPause : null,
    parameters: one?.control && two?.live?.inRecovery ? tooLow(one.control.parameters, two.live.settings) : null,
    swapped,
    busy: looks.busy,
  };
}

function serverOf({ look }: Look): PostgresServer | undefined {
  return look.ok ? look.value.server : undefined;
}

function isWritable(one: Look): boolean {
  return serverOf(one)?.live?.inRecovery === false;
}

function hostSample({ host, look }: Look): HostSample {
  if (!look.ok) {
    const { code, params } = look.error;
    return { host, error: { code, detail: String(params['detail'] ?? '').slice(0, 200) }, certificates: [] };
  }
  const { server, disk, starts, certificates } = look.value;
  return {
    host,
    server: serverSample(server),
    certificates,
    ...(disk && { disk }),
    ...(starts !== undefined && { starts }),
  };
}

function serverSample(server: PostgresServer): ServerSample {
  const { state, live, complaint } = server;
  const received = receivedLsn(server);
  return {
    state,
    live: live !== undefined,
    writable: live ? !live.inRecovery : null,
    version: live?.version ?? null,
    timeline: state === 'absent' ? 0 : timelineOf(server),
    lsn: live?.currentLsn ?? (received === undefined ? null : formatLsn(received)),
    upSeconds: live ? Math.max(0, Math.round((live.clock - live.startedAt) / 1000)) : null,
    complaint: complaint.slice(0, 200),
  };
}

function heard(standby: PostgresServer | undefined): Sample['heard'] {
  if (!standby) return null;
  const receiver = standby.live?.receiver;
  if (!receiver || !standby.live) return 'dead';
  const { status, lastMessageAt } = receiver;
  const recent = lastMessageAt !== null && standby.live.clock - lastMessageAt <= RECENT_MS;
  return status === 'streaming' && recent ? 'alive' : 'silent';
}

/** The standby's own word is enough to deny it; that it streams, the primary has to say. */
function isStreaming(primary: PostgresServer | undefined, standby: PostgresServer | undefined): boolean | null {
  if (standby?.live && standby.live.receiver?.status !== 'streaming') return false;
  const senders = primary?.live?.senders;
  return senders ? senders.some(({ state }) => state === 'streaming') : null;
}

/**
 * The two sides were asked at nearly the same moment, so a small lead counts as none. Seconds are what the primary measured; while
 * replay is paused, the age of what was replayed last. On an idle pair that age would tell nothing.
 */
function lagOf(primary: PostgresServer | undefined, standby: PostgresServer | undefined): LagSample {
  const written = primary?.live?.currentLsn;
  const live = standby?.live;
  if (!written || !standby || !live?.inRecovery) return { receiveBytes: null, replayBytes: null, replaySeconds: null };
  const received = receivedLsn(standby);
  const replayBytes = behind(live.replayLsn, written);
  const aged = live.replayPause !== 'not paused' && live.lastReplayAt !== null;
  const measured = primary.live?.senders[0]?.replayLagMs ?? null;
  const milliseconds = aged ? live.clock - (live.lastReplayAt ?? live.clock) : measured;
  const seconds = milliseconds === null ? null : Math.max(0, Math.round(milliseconds)) / 1000;
  return {
    receiveBytes: behind(received === undefined ? null : formatLsn(received), written),
    replayBytes,
    replaySeconds: replayBytes === 0 ? 0 : seconds,
  };
}

function behind(lsn: string | null, written: string): number | null {
  return lsn === null ? null : Math.max(0, Number(lsnBytes(parseLsn(lsn), parseLsn(written))));
}

/** The slot the standby uses, or the only physical one there is. */
function slotOf(primary: PostgresServer | undefined, standby: PostgresServer | undefined): SlotSample | null {
  const live = primary?.live;
  if (!live || live.inRecovery) return null;
  const slots = live.slots.filter(({ type }) => type === 'physical');
  const used = standby?.live?.receiver?.slot;
  const slot = slots.find(({ name }) => name === used) ?? (slots.length === 1 ? slots[0] : undefined);
  if (!slot) return null;
  const bound = Number(live.settings.max_slot_wal_keep_size ?? -1);
  return {
    name: slot.name,
    active: slot.active,
    walStatus: slot.walStatus ?? 'unused',
    safeBytes: slot.safeWalBytes === null ? null : Number(slot.safeWalBytes),
    boundBytes: bound < 0 ? null : bound * MEGABYTE,
  };
}

/** Who saw what of the primary: what an alert shows. */
export function sightingsOf({ primary, port, ready, heard: word }: Sample): readonly Sighting[] {
  const answers = { accepting: 'alive', rejecting: 'dead', silent: 'silent' } as const;
  const { error, server } = primary;
  return [
    { by: 'bot', way: 'login', saw: error ? 'silent' : 'alive', ...(error && { detail: error.code }) },
    ...(port === null ? [] : [{ by: 'bot', way: 'port', saw: port ? 'alive' : 'silent' } as const]),
    ...(ready === null ? [] : [{ by: 'standby', way: 'postgres', saw: answers[ready], detail: ready } as const]),
    ...(word === null ? [] : [{ by: 'standby', way: 'replication', saw: word } as const]),
    ...(server
      ? [{ by: 'primary', way: 'postgres', saw: server.live ? 'alive' : 'dead', detail: server.state } as const]
      : []),
  ];
}
