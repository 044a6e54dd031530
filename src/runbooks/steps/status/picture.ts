import type { Host } from '../../../domain/inventory.ts';
import type { RehearsalReport, ServerState, StatusReport } from '../../../domain/report.ts';
import type { Ask, Attempt, StepInput } from '../../../domain/step.ts';
import { type Identity, identity } from '../../facts/certificates.ts';
import { type Volume, volume } from '../../facts/files.ts';
import { type PostgresServer, postgresServer, receivedLsn, serverArgs, timelineOf } from '../../facts/postgres.ts';
import { type ServiceUnit, serviceUnit } from '../../facts/service.ts';
import { formatLsn, type Lsn, lsnBytes, parseLsn } from '../../postgres/lsn.ts';
import { askIfItAnswers } from '../evidence/knock.ts';
import { isStandby } from '../evidence/weigh.ts';

/** One host of the pair, as far as it answered. */
export interface HostPicture {
  readonly host: string;
  readonly server: Attempt<PostgresServer>;
  readonly unit: Attempt<ServiceUnit>;
  readonly volume: Attempt<Volume>;
  readonly certificate: Attempt<Identity>;
}

/** The pair by what its servers are, which may differ from what the inventory says. */
export interface Picture {
  readonly at: Date;
  readonly primary: HostPicture;
  readonly standby: HostPicture;
  /** The newest one on the standby's host; null: never. Undefined where there are none, on Windows. */
  readonly rehearsal: RehearsalReport | null | undefined;
}

/** Looks at both hosts side by side. A host that does not answer is part of the picture. */
export async function takePicture(ask: Ask, input: StepInput): Promise<Picture> {
  const [one, two] = await Promise.all([lookAt(ask, input, input.primary), lookAt(ask, input, input.standby)]);
  const swapped = isLivePrimary(two) && !isLivePrimary(one);
  const [primary, standby] = swapped ? [two, one] : [one, two];
  const linux = input.primary.os === 'linux' && input.standby.os === 'linux';
  const rehearsal = linux ? ((await ask.lastRehearsal(standby.host)) ?? null) : undefined;
  return { at: ask.now(), primary, standby, rehearsal };
}

async function lookAt(ask: Ask, { cluster }: StepInput, host: Host): Promise<HostPicture> {
  const { service, dataDir, serviceAccount, certificates } = cluster;
  const { root, clientCert: cert, clientKey: key } = certificates;
  const [server, unit, free, certificate] = await Promise.all([
    askIfItAnswers(ask, host, () => ask.fact(host.id, postgresServer, serverArgs(cluster))),
    askIfItAnswers(ask, host, () => ask.fact(host.id, serviceUnit, { service })),
    askIfItAnswers(ask, host, () => ask.fact(host.id, volume, { path: dataDir })),
    askIfItAnswers(ask, host, () => ask.fact(host.id, identity, { root, cert, key, account: serviceAccount })),
  ]);
  return { host: host.id, server, unit, volume: free, certificate };
}

/** It takes writes. */
export function isLivePrimary({ server }: HostPicture): boolean {
  return server.ok && server.value.live?.inRecovery === false;
}

/** The server's state; undefined when the host did not answer. */
export function serverOn({ server }: HostPicture): PostgresServer | undefined {
  return server.ok ? server.value : undefined;
}

/** How far the standby is behind. Each is undefined where a side does not tell. */
export interface Lag {
  readonly receiveBytes: bigint | undefined;
  readonly replayBytes: bigint | undefined;
  readonly replaySeconds: number | undefined;
}

/** The lag as of this picture; the two sides were asked at nearly the same moment, so a small lead counts as none. */
export function lagOf(picture: Picture): Lag {
  const primary = serverOn(picture.primary);
  const standby = serverOn(picture.standby);
  if (!standby || !isStandby(standby))
    return { receiveBytes: undefined, replayBytes: undefined, replaySeconds: undefined };
  const written = primary?.live?.currentLsn ? parseLsn(primary.live.currentLsn) : undefined;
  const replayed = standby.live?.replayLsn ? parseLsn(standby.live.replayLsn) : undefined;
  const replayBytes = behind(replayed, written);
  return {
    receiveBytes: behind(receivedLsn(standby), written),
    replayBytes,
    replaySeconds: replayBytes === 0n ? 0 : replaySeconds(primary, standby),
  };
}

function behind(lsn: Lsn | undefined, written: Lsn | undefined): bigint | undefined {
  if (lsn === undefined || written === undefined) return undefined;
  const bytes = lsnBytes(lsn, written);
  return bytes > 0n ? bytes : 0n;
}

/** What the primary measured, unless replay stands still: then the measurement does, too. */
function replaySeconds(primary: PostgresServer | undefined, { live }: PostgresServer): number | undefined {
  const measured = primary?.live?.senders[0]?.replayLagMs ?? null;
  if (measured !== null && live?.replayPause === 'not paused') return Math.round(measured) / 1000;
  if (!live || live.lastReplayAt === null) return undefined;
  return Math.max(0, Math.round(live.clock - live.lastReplayAt) / 1000);
}

/** Is WAL streamed, as both sides say? Null when neither can tell; the standby's own word is enough to deny it. */
export function isStreaming(picture: Picture): boolean | null {
  const standby = serverOn(picture.standby)?.live;
  const senders = serverOn(picture.primary)?.live?.senders;
  if (standby && standby.receiver?.status !== 'streaming') return false;
  return senders ? senders.some(({ state }) => state === 'streaming') : null;
}

/** The slot the standby uses, or the only physical one there is. */
export function slotOf(picture: Picture): StatusReport['slot'] {
  const slots = (serverOn(picture.primary)?.live?.slots ?? []).filter(({ type }) => type === 'physical');
  const used = serverOn(picture.standby)?.live?.receiver?.slot;
  const slot = slots.find(({ name }) => name === used) ?? (slots.length === 1 ? slots[0] : undefined);
  return slot ? { name: slot.name, active: slot.active, walStatus: slot.walStatus ?? 'unused' } : null;
}

/** The state of one host for the report. */
export function stateOf(picture: HostPicture): ServerState {
  const server = serverOn(picture);
  const lsn = server?.live?.currentLsn ?? (server && lsnText(receivedLsn(server))) ?? null;
  const known = server !== undefined && server.state !== 'absent';
  return {
    host: picture.host,
    reachable: server !== undefined || picture.unit.ok,
    running: server ? server.live !== undefined || isUp(server) : null,
    role: known ? (isStandby(server) ? 'standby' : 'primary') : null,
    version: server?.live?.version ?? null,
    timeline: known ? timelineOf(server) : null,
    lsn,
    diskFreeBytes: picture.volume.ok ? String(picture.volume.value.availableBytes) : null,
  };
}

function isUp({ state }: PostgresServer): boolean {
  return state === 'running' || state === 'hot-standby-off';
}

function lsnText(lsn: Lsn | undefined): string | undefined {
  return lsn === undefined ? undefined : formatLsn(lsn);
}
