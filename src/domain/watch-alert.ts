import type { Sighting } from './evidence.ts';
import type { Actor } from './run.ts';
import type { Condition, ConditionId, Severity } from './watch.ts';
import type { SubjectVerdict } from './watch-judge.ts';

/**
 * One thing that is wrong with one subject of a cluster, from the first sign of it until it was well for long enough. While it
 * lasts its cause may turn out to be another; it stays one alert.
 */
export interface Alert {
  readonly id: string;
  readonly cluster: string;
  readonly site: string;
  readonly subject: string;
  /** `pending`: seen, not yet confirmed, nobody was told. */
  readonly state: 'pending' | 'open' | 'closed';
  /** Grows with every change. */
  readonly version: number;
  /** By the newest sample that told anything; the cause first. Of a closed one, the last there were. */
  readonly conditions: readonly Condition[];
  /** Who saw what of the primary, by the same sample. */
  readonly sightings: readonly Sighting[];
  /** The worst that people were told. */
  readonly severity: Severity;
  /** ISO 8601, all of them. */
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly raisedAt?: string;
  readonly closedAt?: string;
  readonly toldAt?: string;
  /** How often people were told; each is a message of its own. */
  readonly told: number;
  readonly why?: TellEvent;
  /** Samples in a row. */
  readonly bad: number;
  readonly good: number;
  /** Samples in a row by which the cause would be another one than what people were told. */
  readonly turning: number;
  /** How often it seemed well and was not: the more often, the longer it must be well before it is over. */
  readonly relapses: number;
  /** Somebody took it, or put it off: it is told no more unless it gets worse. */
  readonly held: Held | null;
}

export interface Held {
  readonly by: Actor;
  readonly at: string;
  /** Put off until then; absent: acknowledged, for as long as it lasts. */
  readonly until?: string;
}

/** What people are told of: an alert that is new, worse, back after it was over, or still there after a while. */
export type TellEvent = 'raised' | 'worsened' | 'returned' | 'reminded';
export type AlertEvent = TellEvent | 'recovered';

/** One sample's word about one subject. */
export interface Observation {
  readonly at: string;
  readonly cluster: string;
  readonly site: string;
  readonly verdict: SubjectVerdict;
  readonly sightings: readonly Sighting[];
}

export interface AlertSettings {
  /** Bad samples in a row before anybody is told; of some conditions more. */
  readonly confirm: number;
  readonly confirmMore: number;
  /** Good samples in a row before it is over; doubled by each relapse, up to the limit. */
  readonly clear: number;
  readonly clearLimit: number;
  /** What comes back within this time, by the same cause, is the same alert. */
  readonly returnsMs: number;
  /** A critical alert that nobody acknowledged is told again after this time. */
  readonly remindMs: number;
}

export const ALERT_SETTINGS: AlertSettings = {
  confirm: 2,
  confirmMore: 3,
  clear: 2,
  clearLimit: 32,
  returnsMs: 30 * 60_000,
  remindMs: 30 * 60_000,
};

/** What comes and goes by itself, and what nobody is woken for without being sure. */
const CONFIRMED_MORE: ReadonlySet<ConditionId> = new Set<ConditionId>([
  'lag.receive',
  'lag.replay',
  'slot.bound',
  // What the standby heard just before the primary fell silent still counts as a sign of life: it is waited out.
  'primary.unreachable',
  'primary.silent',
  'site.unreachable',
]);

export interface Step {
  /** Undefined: there is nothing to keep. */
  readonly alert: Alert | undefined;
  readonly events: readonly AlertEvent[];
}

/**
 * What a sample makes of the alert of its subject. An older sample than the last one counts for nothing, nor does one that cannot
 * tell. The same object comes back when nothing changed.
 * @param id for a new alert
 */
export function observe(alert: Alert | undefined, seen: Observation, settings: AlertSettings, id: () => string): Step {
  if (alert && seen.at <= alert.lastSeenAt) return { alert, events: [] };
  if (seen.verdict.verdict === 'unknown') return { alert, events: [] };
  if (seen.verdict.verdict === 'good') return alert ? well(alert, seen, settings) : { alert, events: [] };
  if (!alert || (alert.state === 'closed' && !isSame(alert, seen, settings)))
    return confirm(pending(seen, id()), settings);
  return alert.state === 'open' ? stillBad(alert, seen, settings) : confirm(again(alert, seen), settings);
}

function pending({ at, cluster, site, verdict, sightings }: Observation, id: string): Alert {
  const { subject, conditions } = verdict;
  const counts = { told: 0, bad: 1, good: 0, turning: 0, relapses: 0, held: null };
  const severity = worst(conditions);
  const seen = { conditions, sightings, severity, firstSeenAt: at, lastSeenAt: at };
  return { id, cluster, site, subject, state: 'pending', version: 1, ...seen, ...counts };
}

/** Seen once more before it was confirmed, or back soon after it was over. */
function again(alert: Alert, { at, verdict, sightings }: Observation): Alert {
  const { conditions } = verdict;
  const seen = { conditions, sightings, lastSeenAt: at, bad: alert.bad + 1, good: 0 };
  return { ...alert, ...seen, version: alert.version + 1 };
}

function confirm(alert: Alert, settings: AlertSettings): Step {
  const [cause] = alert.conditions;
  const needed = cause && CONFIRMED_MORE.has(cause.id) ? settings.confirmMore : settings.confirm;
  if (alert.bad < needed) return { alert, events: [] };
  const { closedAt, ...open } = { ...alert, held: null };
  const back = closedAt !== undefined;
  const told = tell(open, back ? 'returned' : 'raised', alert.lastSeenAt);
  const relapses = alert.relapses + (back ? 1 : 0);
  return {
    alert: {
      ...told,
      state: 'open',
      severity: worst(alert.conditions),
      relapses,
      raisedAt: told.raisedAt ?? alert.lastSeenAt,
    },
    events: [back ? 'returned' : 'raised'],
  };
}

function stillBad(alert: Alert, seen: Observation, settings: AlertSettings): Step {
  const relapses = alert.relapses + (alert.good > 0 ? 1 : 0);
  const next = { ...turned(alert, again(alert, seen), settings), relapses };
  const severity = worst(next.conditions);
  if (alert.severity === 'critical' || severity !== 'critical') return remind(next, seen.at, settings);
  // What was acknowledged or put off was something smaller.
  return { alert: tell({ ...next, severity, held: null }, 'worsened', seen.at), events: ['worsened'] };
}

/** A cause that only flashes up, as while somebody mends it, does not take the place of the one that was told. */
function turned(alert: Alert, next: Alert, { confirm: needed }: AlertSettings): Alert {
  const turning = causeOf(alert)?.id === causeOf(next)?.id ? 0 : alert.turning + 1;
  if (turning >= needed) return { ...next, turning: 0 };
  return { ...next, turning, ...(turning > 0 && { conditions: alert.conditions, sightings: alert.sightings }) };
}

function well(alert: Alert, { at }: Observation, settings: AlertSettings): Step {
  if (alert.state === 'closed') {
    // The count of what did not come to anything starts anew.
    return {
      alert: alert.bad === 0 ? alert : { ...alert, bad: 0, lastSeenAt: at, version: alert.version + 1 },
      events: [],
    };
  }
  const next = { ...alert, bad: 0, good: alert.good + 1, lastSeenAt: at, version: alert.version + 1 };
  if (alert.state === 'pending') return { alert: undefined, events: [] };
  const needed = Math.min(settings.clear * 2 ** alert.relapses, settings.clearLimit);
  if (next.good < needed) return { alert: next, events: [] };
  return { alert: { ...next, state: 'closed', closedAt: at }, events: ['recovered'] };
}

/** Whoever put it off is told when the time is over; a critical one nobody took is told again. */
function remind(alert: Alert, at: string, { remindMs }: AlertSettings): Step {
  const { held, toldAt = alert.firstSeenAt } = alert;
  if (held && (held.until === undefined || at < held.until)) return { alert, events: [] };
  const forgotten = alert.severity === 'critical' && Date.parse(at) - Date.parse(toldAt) >= remindMs;
  if (!held && !forgotten) return { alert, events: [] };
  return { alert: tell({ ...alert, held: null }, 'reminded', at), events: ['reminded'] };
}

function tell(alert: Alert, why: TellEvent, at: string): Alert {
  return { ...alert, why, toldAt: at, told: alert.told + 1 };
}

function isSame(alert: Alert, { at, verdict }: Observation, { returnsMs }: AlertSettings): boolean {
  const recent = Date.parse(at) - Date.parse(alert.closedAt ?? '') <= returnsMs;
  return recent && causeOf(alert)?.id === verdict.conditions[0]?.id;
}

function worst(conditions: readonly Condition[]): Severity {
  return conditions.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning';
}

/** Somebody takes it, or puts it off. Undefined when there is nothing to take any more. */
export function hold(alert: Alert, held: Held): Alert | undefined {
  return alert.state === 'open' ? { ...alert, held, version: alert.version + 1 } : undefined;
}

/** The condition that explains the others. */
export function causeOf({ conditions }: Pick<Alert, 'conditions'>): Condition | undefined {
  return conditions[0];
}
