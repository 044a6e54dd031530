import type { Cluster } from './inventory.ts';
import type { Sample, WatchSettings } from './watch.ts';
import type { Alert } from './watch-alert.ts';
import { causeOf } from './watch-alert.ts';
import type { Readiness } from './watch-readiness.ts';
import { readiness } from './watch-readiness.ts';

/** How a pair stands. `failed` needs somebody now. */
export const FLEET_STATES = ['failed', 'warning', 'unknown', 'ok'] as const;
export type FleetState = (typeof FLEET_STATES)[number];

/** A sample older than so many intervals tells nothing of now. */
const STALE_INTERVALS = 3;
const STALE_SLACK_MS = 30_000;

/** One pair on the fleet board. */
export interface FleetRow {
  readonly cluster: string;
  readonly site: string;
  readonly state: FleetState;
  /** Open alerts, the worst first. */
  readonly alerts: readonly Alert[];
  /** Absent: never looked at. */
  readonly sample?: Sample;
  readonly readiness?: Readiness;
  /** Nobody has looked at it lately. */
  readonly stale: boolean;
}

/** Every pair with how it stands: the worst first, then by name. */
export function fleetOf(
  clusters: readonly Cluster[],
  samples: readonly Sample[],
  alerts: readonly Alert[],
  now: Date,
  settings: WatchSettings,
): readonly FleetRow[] {
  const newest = new Map(samples.map((sample) => [sample.cluster, sample]));
  return clusters
    .map((cluster) => {
      const open = alerts.filter((alert) => alert.cluster === cluster.id);
      return rowOf(cluster, newest.get(cluster.id), open, now, settings);
    })
    .toSorted(byUrgency);
}

function rowOf(
  { id, site, watch }: Cluster,
  sample: Sample | undefined,
  alerts: readonly Alert[],
  now: Date,
  settings: WatchSettings,
): FleetRow {
  const patience = watch.everySeconds * 1_000 * STALE_INTERVALS + STALE_SLACK_MS;
  const stale = !sample || now.getTime() - Date.parse(sample.at) > patience;
  const ordered = alerts.toSorted((one, other) => weight(other) - weight(one));
  const state = ordered.length > 0 ? (weight(ordered[0]) > 0 ? 'failed' : 'warning') : stale ? 'unknown' : 'ok';
  return {
    cluster: id,
    site,
    state,
    alerts: ordered,
    stale,
    ...(sample && { sample, readiness: readiness(sample, [], now, settings) }),
  };
}

function weight(alert: Alert | undefined): number {
  return alert && causeOf(alert)?.severity === 'critical' ? 1 : 0;
}

function byUrgency(one: FleetRow, other: FleetRow): number {
  const urgency = FLEET_STATES.indexOf(one.state) - FLEET_STATES.indexOf(other.state);
  // What nobody has taken yet comes first.
  const taken = Number(one.alerts.every(({ held }) => held)) - Number(other.alerts.every(({ held }) => held));
  return urgency || taken || one.cluster.localeCompare(other.cluster);
}

/** How many pairs are in which state. */
export function countFleet(rows: readonly FleetRow[]): Readonly<Record<FleetState, number>> {
  const counts = { failed: 0, warning: 0, unknown: 0, ok: 0 };
  for (const { state } of rows) counts[state] += 1;
  return counts;
}
