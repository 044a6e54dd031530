import type { Condition, ConditionId, HostSample, Mend, Point, Sample, Severity, WatchSettings } from './watch.ts';
import { CONDITIONS, rankOf } from './watch.ts';
import { daysUntilFull } from './watch-trend.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Below this nothing can be written for long, whatever the size of the volume. */
const FULL_BYTES = 64 * 1024 * 1024;
/** A small volume is not short of room because it is small. */
const LOW_SHARE = 0.1;
/** A standby whose server or whose primary has just started looks for it every five seconds. */
const SETTLED_SECONDS = 15;
/** Between a limit and this share of it nothing is decided: what was, stays (hysteresis). */
const BAND = 0.5;

/** What one sample says of one subject; `unknown` leaves things as they were. Conditions are ordered, the cause first. */
export interface SubjectVerdict {
  readonly subject: string;
  readonly verdict: 'bad' | 'good' | 'unknown';
  readonly conditions: readonly Condition[];
}

/** Conditions of the primary that leave nothing to be said of its standby: it cannot follow, and that is no fault of its own. */
const LEAVES_STANDBY_ALONE: ReadonlySet<ConditionId> = new Set<ConditionId>([
  'primary.twice',
  'primary.old',
  'primary.moved',
  'site.unreachable',
  'primary.silent',
  'primary.none',
]);

/**
 * What is wrong with a cluster, one verdict for each subject there is. `history` is oldest first and may end with the sample
 * itself. Consequences are not told twice: a standby whose primary is gone is not judged, nor one whose disk is full, nor anything
 * while a run of Zapas changes the cluster.
 */
export function judge(
  sample: Sample,
  history: readonly Point[],
  now: Date,
  settings: WatchSettings,
): readonly SubjectVerdict[] {
  const found = findAll(sample, history, now, settings);
  if (sample.busy) return found.map(({ subject }) => ({ subject, verdict: 'unknown', conditions: [] }));
  const bad = new Set(found.flatMap(({ conditions }) => conditions.map(({ id, host }) => `${id} ${host}`)));
  const primaryGone = found.some(({ conditions }) => conditions.some(({ id }) => LEAVES_STANDBY_ALONE.has(id)));
  const standbyFull = bad.has(`disk.full ${sample.standby.host}`);
  return found.map((one) =>
    one.subject === 'standby' && (primaryGone || standbyFull) ? { ...one, verdict: 'unknown', conditions: [] } : one,
  );
}

/** Everything that is wrong, consequences and all. */
export function findAll(
  sample: Sample,
  history: readonly Point[],
  now: Date,
  settings: WatchSettings,
): readonly SubjectVerdict[] {
  const { primary, standby } = sample;
  return [
    primarySubject(sample),
    standbySubject(sample, settings),
    ...[primary, standby].flatMap((one) => [
      diskSubject(one, sideOf(sample, one), history, settings),
      certificateSubject(one, sideOf(sample, one), now, settings),
      serviceSubject(one, sideOf(sample, one)),
    ]),
    versionSubject(sample),
  ];
}

function sideOf({ primary }: Sample, one: HostSample): 'primary' | 'standby' {
  return one === primary ? 'primary' : 'standby';
}

interface Where {
  readonly mend: Mend;
  readonly host: string;
  readonly subject?: string;
  readonly severity?: Severity;
}

function condition(id: ConditionId, where: Where, params: Condition['params'] = {}): Condition {
  const { group, severity } = CONDITIONS[id];
  return { id, subject: group, severity, params, ...where };
}

function verdict(subject: string, conditions: readonly Condition[], unknown = false): SubjectVerdict {
  const ordered = conditions.toSorted((one, other) => rankOf(one.id) - rankOf(other.id));
  return { subject, verdict: ordered.length > 0 ? 'bad' : unknown ? 'unknown' : 'good', conditions: ordered };
}

/** Does it take writes, and if not, who says so? Nobody is woken by one view alone. */
function primarySubject(sample: Sample): SubjectVerdict {
  const { primary, standby } = sample;
  const at = { mend: 'primary', host: primary.host } as const;
  const raise = (id: ConditionId, params: Condition['params'] = {}, where: Where = at): SubjectVerdict =>
    verdict('primary', [condition(id, where, params)]);
  const unknown = verdict('primary', [], true);
  if (primary.server?.writable && standby.server?.writable) return twoPrimaries(sample);
  if (sample.swapped) return primaryMoved(sample);
  // A port that opens, or an answer to the standby, is a living server, whatever became of the way to its host.
  const answers = sample.ready === 'accepting' || sample.ready === 'rejecting';
  const seen = sample.port === true || answers || sample.heard === 'alive';
  if (primary.error) {
    const params = { problem: primary.error.code, detail: primary.error.detail };
    if (seen) return raise('primary.unreachable', params);
    if (standby.error) return raise('site.unreachable', params, { mend: 'link', host: primary.host });
    return raise('primary.silent', { state: 'unreachable', ...params });
  }
  const { server } = primary;
  if (!server) return unknown;
  if (server.live) {
    if (server.writable || standby.error || !standby.server?.live) return verdict('primary', []);
    return raise('primary.none');
  }
  if (server.state === 'running' || sample.ready === 'accepting') return unknown;
  return raise('primary.silent', { state: server.state, detail: server.complaint });
}

/** The one on the lower timeline is the one that was left behind. */
function twoPrimaries({ primary, standby }: Sample): SubjectVerdict {
  const params = { primary: primary.server?.timeline ?? 0, standby: standby.server?.timeline ?? 0 };
  const old = params.standby > 0 && params.standby < params.primary;
  const where = { mend: 'primary', host: old ? standby.host : primary.host } as const;
  return verdict('primary', [
    condition(old ? 'primary.old' : 'primary.twice', where, { ...params, other: standby.host }),
  ]);
}

/** People have promoted the standby without Zapas, whose procedures would still act on the other one. */
function primaryMoved({ primary, standby }: Sample): SubjectVerdict {
  const { error, server } = standby;
  const state = error ? 'unreachable' : server?.live ? 'standby' : (server?.state ?? 'unreachable');
  const where = { mend: 'primary', host: primary.host } as const;
  const params = { state, other: standby.host, timeline: primary.server?.timeline ?? 0 };
  return verdict('primary', [condition('primary.moved', where, params)]);
}

function standbySubject(sample: Sample, settings: WatchSettings): SubjectVerdict {
  const { primary, standby } = sample;
  const at = { mend: 'standby', host: standby.host } as const;
  const raise = (id: ConditionId, params: Condition['params'] = {}): SubjectVerdict =>
    verdict('standby', [condition(id, at, params)]);
  if (standby.error) return raise('standby.unreachable', { problem: standby.error.code, detail: standby.error.detail });
  const { server } = standby;
  if (!server) return verdict('standby', [], true);
  if (server.state === 'absent') return raise('standby.absent');
  if (server.state === 'hot-standby-off') return raise('hot-standby.off');
  if (!server.live) {
    if (server.state === 'running') return verdict('standby', [], true);
    const down = condition('standby.down', at, { state: server.state, detail: server.complaint });
    return verdict('standby', [...course(sample), down]);
  }
  const wrong = [...course(sample), ...replaying(sample)];
  const measured = [...following(sample), ...slotLeft(sample, settings), ...lagging(sample, settings)];
  const bad = measured.flatMap((one) => (one === 'unknown' ? [] : [one]));
  const untold = measured.includes('unknown') || (sample.streaming === null && primary.error !== undefined);
  return verdict('standby', [...wrong, ...bad], untold);
}

/** What keeps it from ever following again: a lost slot (H14), another timeline (H2, H3). */
function course({ primary, standby, slot }: Sample): readonly Condition[] {
  const at = { mend: 'standby', host: standby.host } as const;
  const lost = slot?.walStatus === 'lost' ? [condition('slot.lost', at, { slot: slot.name })] : [];
  const timelines = { primary: primary.server?.timeline ?? 0, standby: standby.server?.timeline ?? 0 };
  const differ = timelines.primary > 0 && timelines.standby > 0 && timelines.primary !== timelines.standby;
  return [...lost, ...(differ ? [condition('timeline.differs', at, timelines)] : [])];
}

/** H16: a standby with a smaller parameter goes on receiving and says nothing, but replays no more. */
function replaying({ standby, replay, parameters }: Sample): readonly Condition[] {
  const at = { mend: 'standby', host: standby.host } as const;
  const paused = replay !== null && replay !== 'not paused';
  const low = parameters !== null && parameters.length > 0;
  return [
    ...(low ? [condition('parameters.low', at, { names: parameters.join(', '), paused: paused ? 'yes' : 'no' })] : []),
    ...(paused ? [condition('replay.paused', at)] : []),
  ];
}

type Measured = Condition | 'unknown';

/**
 * The primary runs, yet nothing is streamed: is the line between the two cut, or does the standby not ask? Both servers believe in a
 * line that is cut for a minute longer; the standby's knock does not. After a start it takes some seconds to find the other.
 */
function following({ primary, standby, streaming, ready, heard }: Sample): readonly Measured[] {
  if (!primary.server?.live || heard === 'alive') return [];
  if (ready === 'silent')
    return [condition('link.cut', { mend: 'link', host: standby.host }, { primary: primary.host })];
  if (streaming !== false) return [];
  const up = Math.min(primary.server.upSeconds ?? 0, standby.server?.upSeconds ?? 0);
  return [
    up < SETTLED_SECONDS ? 'unknown' : condition('standby.not-streaming', { mend: 'standby', host: standby.host }),
  ];
}

/** WAL kept for the standby comes near its bound (H13, H14). */
function slotLeft({ primary, slot }: Sample, { slotShare }: WatchSettings): readonly Measured[] {
  if (!slot || slot.walStatus === 'lost' || slot.safeBytes === null || slot.boundBytes === null) return [];
  const limit = slot.boundBytes * slotShare;
  if (slot.safeBytes >= limit / BAND) return [];
  if (slot.safeBytes >= limit && slot.walStatus !== 'unreserved') return ['unknown'];
  const params = { slot: slot.name, left: slot.safeBytes, bound: slot.boundBytes };
  return [condition('slot.bound', { mend: 'standby', host: primary.host }, params)];
}

function lagging({ standby, lag }: Sample, { lagBytes, lagSeconds }: WatchSettings): readonly Measured[] {
  const at = { mend: 'standby', host: standby.host } as const;
  const { receiveBytes, replayBytes, replaySeconds } = lag;
  const receive = Math.max(0, (receiveBytes ?? 0) / lagBytes);
  const replay = Math.max((replayBytes ?? 0) / lagBytes, (replaySeconds ?? 0) / lagSeconds);
  const params = { bytes: replayBytes ?? 0, seconds: Math.round(replaySeconds ?? 0) };
  return [
    ...over(receive, condition('lag.receive', { ...at, mend: 'link' }, { bytes: receiveBytes ?? 0 })),
    ...over(replay, condition('lag.replay', at, params)),
  ];
}

/** Above the limit, within the band below it, or well. */
function over(ratio: number, one: Condition): readonly Measured[] {
  if (ratio > 1) return [one];
  return ratio > BAND ? ['unknown'] : [];
}

function diskSubject(
  { host, disk }: HostSample,
  mend: Mend,
  history: readonly Point[],
  settings: WatchSettings,
): SubjectVerdict {
  const subject = `disk:${host}`;
  if (!disk) return verdict(subject, [], true);
  const { freeBytes, totalBytes } = disk;
  const where = { mend, host, subject };
  if (freeBytes < FULL_BYTES) return verdict(subject, [condition('disk.full', where, { free: freeBytes })]);
  const limit = Math.min(settings.diskBytes, totalBytes * LOW_SHARE);
  if (freeBytes < limit) return verdict(subject, [condition('disk.low', where, { free: freeBytes })]);
  const days = daysUntilFull(history, host);
  if (days !== undefined && days < settings.diskDays)
    return verdict(subject, [condition('disk.filling', where, { free: freeBytes, days: Math.floor(days) })]);
  const band = freeBytes < limit / BAND || (days !== undefined && days < settings.diskDays / BAND);
  return verdict(subject, [], band);
}

function certificateSubject(
  { host, server, certificates }: HostSample,
  mend: Mend,
  now: Date,
  { certificateDays }: WatchSettings,
): SubjectVerdict {
  const subject = `certificate:${host}`;
  const ending = certificates
    .map(({ path, expires }) => ({ path, expires, days: Math.floor((Date.parse(expires) - now.getTime()) / DAY_MS) }))
    .filter(({ days }) => days < certificateDays)
    .toSorted((one, other) => one.days - other.days);
  const [first] = ending;
  // Which certificate the server shows, only a running one tells.
  if (!first) return verdict(subject, [], !server?.live);
  const params = { path: first.path, days: first.days, until: first.expires.slice(0, 10) };
  const severity = first.days < 0 ? 'critical' : 'warning';
  return verdict(subject, [condition('certificate.expires', { mend, host, subject, severity }, params)]);
}

/** A service that was stopped on purpose (a fenced primary) is rightly disabled. */
function serviceSubject({ host, starts, server }: HostSample, mend: Mend): SubjectVerdict {
  const subject = `service:${host}`;
  if (starts === undefined || !server?.live) return verdict(subject, [], true);
  return verdict(subject, starts ? [] : [condition('service.disabled', { mend, host, subject })]);
}

/** H40. */
function versionSubject({ primary, standby }: Sample): SubjectVerdict {
  const versions = { primary: primary.server?.version ?? '', standby: standby.server?.version ?? '' };
  if (versions.primary === '' || versions.standby === '') return verdict('version', [], true);
  if (versions.primary === versions.standby) return verdict('version', []);
  return verdict('version', [condition('version.minor', { mend: 'standby', host: standby.host }, versions)]);
}
