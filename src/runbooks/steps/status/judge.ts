import type { Cluster } from '../../../domain/inventory.ts';
import type { Finding, Verdict } from '../../../domain/step.ts';
import { timelineOf } from '../../facts/postgres.ts';
import { tooLow } from '../evidence/obstacles.ts';
import { finding } from '../findings.ts';
import { expiry } from '../preflight/certificates.ts';
import type { HostPicture, Picture } from './picture.ts';
import { isLivePrimary, isStreaming, lagOf, serverOn } from './picture.ts';

const MEGABYTE = 1024 * 1024;
/** More than this behind deserves a look. */
const LAG_BYTES = 64n * 1024n * 1024n;
const LAG_SECONDS = 60;
/** Free space below which a database server should not be left alone, in MB. */
const ROOM_MEGABYTES = 1_024;

/** Everything worth a line, in the order people look. */
export function judge(picture: Picture, cluster: Cluster): readonly Finding[] {
  return [
    ...servers(picture),
    ...replication(picture),
    ...likeness(picture),
    ...[picture.primary, picture.standby].flatMap((one) => upkeep(one, { picture, cluster })),
  ];
}

function servers({ primary, standby }: Picture): readonly Finding[] {
  const one = serverOn(primary);
  const two = serverOn(standby);
  const params = { state: one?.state ?? 'unreachable', version: one?.live?.version ?? '' };
  const running = finding('primary.running', one ? (one.live ? 'ok' : 'failed') : 'unknown', params, primary.host);
  const role = one?.live ? [finding('primary.role', one.live.inRecovery ? 'failed' : 'ok', {}, primary.host)] : [];
  const state = two?.state ?? 'unreachable';
  const follows = two?.live?.inRecovery === true || state === 'hot-standby-off';
  const standbyRole = finding('standby.role', two ? (follows ? 'ok' : 'failed') : 'unknown', { state }, standby.host);
  if (!two || !follows) return [running, ...role, standbyRole];
  const open = state === 'hot-standby-off' ? 'warning' : 'ok';
  return [running, ...role, standbyRole, finding('hot-standby', open, {}, standby.host)];
}

function replication(picture: Picture): readonly Finding[] {
  const live = serverOn(picture.standby)?.live;
  const streams = isStreaming(picture);
  const state = live?.receiver?.status ?? 'none';
  const host = picture.standby.host;
  const streaming = finding('streaming', streams === null ? 'unknown' : streams ? 'ok' : 'failed', { state }, host);
  if (!live?.inRecovery) return [streaming, ...slot(picture)];
  const paused = live.replayPause !== 'not paused';
  const followers = live.senders.length;
  return [
    streaming,
    finding('replay', paused ? 'failed' : 'ok', { state: live.replayPause ?? '' }, host),
    lag(picture),
    ...slot(picture),
    finding('cascade', followers > 0 ? 'warning' : 'ok', { count: followers }, host),
  ];
}

function lag(picture: Picture): Finding {
  const { replayBytes, replaySeconds = 0 } = lagOf(picture);
  const params = { megabytes: Math.ceil(Number(replayBytes ?? 0n) / MEGABYTE), seconds: Math.round(replaySeconds) };
  if (replayBytes === undefined) return finding('lag', 'unknown', params, picture.standby.host);
  const behind = replayBytes > LAG_BYTES || replaySeconds > LAG_SECONDS;
  return finding('lag', behind ? 'warning' : 'ok', params, picture.standby.host);
}

/** H13, H14: one finding for each physical slot, because each of them keeps WAL back. */
function slot({ primary }: Picture): readonly Finding[] {
  const live = serverOn(primary)?.live;
  if (!live || live.inRecovery) return [];
  const slots = live.slots.filter(({ type }) => type === 'physical');
  if (slots.length === 0)
    return [finding('slot.state', 'warning', { slot: '', status: 'none', left: 0 }, primary.host)];
  return slots.map(({ name, active, walStatus, safeWalBytes }) => {
    const status = active ? (walStatus ?? 'unused') : walStatus === 'lost' ? 'lost' : 'inactive';
    const verdict: Verdict =
      status === 'lost' ? 'failed' : status === 'reserved' || status === 'extended' ? 'ok' : 'warning';
    const left = Math.floor(Number(safeWalBytes ?? 0) / MEGABYTE);
    return finding('slot.state', verdict, { slot: name, status, left }, primary.host);
  });
}

/** What must be alike on both sides: timeline, the five parameters (H16), minor version (H40). */
function likeness({ primary, standby }: Picture): readonly Finding[] {
  const one = serverOn(primary);
  const two = serverOn(standby);
  if (!one?.control || !two?.control) return [];
  const timelines = { primary: timelineOf(one), standby: timelineOf(two) };
  const timeline = finding('timeline', timelines.primary === timelines.standby ? 'ok' : 'failed', timelines);
  if (!one.live || !two.live) return [timeline];
  const low = tooLow(one.control.parameters, two.live.settings);
  const versions = { primary: one.live.version, standby: two.live.version };
  return [
    timeline,
    finding('parameters', low.length === 0 ? 'ok' : 'failed', { names: low.join(', ') }, standby.host),
    finding('version.minor', versions.primary === versions.standby ? 'ok' : 'warning', versions, standby.host),
  ];
}

/** What wears out on each host: disk, certificate, the service's start with the host. */
function upkeep(one: HostPicture, { picture, cluster }: { picture: Picture; cluster: Cluster }): readonly Finding[] {
  const { host, unit, volume, certificate } = one;
  const { service, dataDir, certificates } = cluster;
  // What the slot may still keep back is spoken for.
  const bound = isLivePrimary(one) ? Number(serverOn(one)?.live?.settings.max_slot_wal_keep_size ?? 0) : 0;
  const needed = Math.max(ROOM_MEGABYTES, bound);
  const free = volume.ok ? Math.floor(volume.value.availableBytes / MEGABYTE) : 0;
  const room: readonly Finding[] = volume.ok
    ? [finding('disk.space', free >= needed ? 'ok' : 'warning', { path: dataDir, needed, free }, host)]
    : [];
  const starts: readonly Finding[] =
    unit.ok && unit.value.exists
      ? [finding('service.start-mode', unit.value.enabled ? 'ok' : 'warning', { service }, host)]
      : [];
  const good = certificate.ok
    ? expiry(certificates.clientCert, certificate.value.cert, host, picture.at.getTime())
    : [];
  return [...room, ...starts, ...good];
}
