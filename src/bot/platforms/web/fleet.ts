import type { Cluster, Inventory, Person } from '../../../domain/inventory.ts';
import { listClusters } from '../../../domain/inventory.ts';
import { permits } from '../../../domain/policy.ts';
import type { RunStore } from '../../../domain/ports.ts';
import type { StatusReport } from '../../../domain/report.ts';
import type { Run, RunState } from '../../../domain/run.ts';
import { isFinal } from '../../../domain/run.ts';
import type { Verdict } from '../../../domain/step.ts';
import type { Sample } from '../../../domain/watch.ts';
import { WATCH_SETTINGS } from '../../../domain/watch.ts';
import type { Alert } from '../../../domain/watch-alert.ts';
import type { FleetRow } from '../../../domain/watch-fleet.ts';
import { fleetOf } from '../../../domain/watch-fleet.ts';
import type { WatchStore } from '../../../domain/watch-store.ts';

/** How a cluster stands, worst first: the order of the board. */
export const STANDINGS = ['attention', 'failed', 'waiting', 'warning', 'running', 'unknown', 'ok'] as const;
export type Standing = (typeof STANDINGS)[number];

/** What was last seen of a pair, by the watch or because somebody asked. */
export interface Sight {
  /** ISO 8601. */
  readonly at: string;
  readonly verdict: Verdict;
  readonly primary: string;
  readonly standby: string;
  readonly streaming: boolean | null;
  readonly replayBytes: number | null;
  readonly replaySeconds: number | null;
  /** The run that somebody asked for. */
  readonly run?: string;
}

/** One cluster of the board. */
export interface ClusterView {
  readonly cluster: Cluster;
  readonly standing: Standing;
  readonly sight?: Sight;
  /** The worst first. */
  readonly alerts: readonly Alert[];
  /** Runs that are not over, newest first. */
  readonly open: readonly Run[];
}

export interface FleetStores {
  readonly runs: Pick<RunStore, 'list'>;
  readonly watch: Pick<WatchStore, 'latest' | 'openAlerts'>;
}

/** Newest runs of all clusters that are looked through for what somebody asked lately; older than that the watch knows better. */
const LOOK_BACK = 200;
/** Runs that are not over; there is hardly one for each cluster. */
const MOST_OPEN = 500;
const OPEN: readonly RunState[] = ['queued', 'ready', 'waiting', 'attention'];

/** The clusters this person may see, worst first, then by name. */
export async function fleetFor(
  inventory: Inventory,
  { runs, watch }: FleetStores,
  person: Person,
  now: Date,
): Promise<readonly ClusterView[]> {
  const visible = listClusters(inventory).filter(({ site }) => permits(person, site, { do: 'read' }) === undefined);
  const [samples, alerts, newest] = await Promise.all([watch.latest(), watch.openAlerts(), newestOf(runs)]);
  const rows = new Map(fleetOf(visible, samples, alerts, now, WATCH_SETTINGS).map((row) => [row.cluster, row]));
  const views = visible.map((cluster) => clusterView(cluster, newest.get(cluster.id) ?? [], rows.get(cluster.id)));
  return views.toSorted(
    (one, other) =>
      STANDINGS.indexOf(one.standing) - STANDINGS.indexOf(other.standing) ||
      one.cluster.id.localeCompare(other.cluster.id),
  );
}

/** The runs that matter to a board, by cluster, newest first: however many clusters there are, these are two questions. */
async function newestOf(runs: FleetStores['runs']): Promise<ReadonlyMap<string, readonly Run[]>> {
  const asked = await Promise.all([runs.list({ limit: LOOK_BACK }), runs.list({ states: OPEN, limit: MOST_OPEN })]);
  const all = new Map(asked.flat().map((run) => [run.id, run]));
  const sorted = [...all.values()].toSorted((one, other) => other.requestedAt.localeCompare(one.requestedAt));
  const byCluster = new Map<string, Run[]>();
  for (const run of sorted) byCluster.set(run.cluster, [...(byCluster.get(run.cluster) ?? []), run]);
  return byCluster;
}

/** One cluster from its newest runs, newest first, and what the watch knows of it. Pure. */
export function clusterView(cluster: Cluster, newest: readonly Run[], row?: FleetRow): ClusterView {
  const open = newest.filter(({ state }) => !isFinal(state));
  const asked = newest.flatMap((run) => askedSight(run) ?? [])[0];
  const watched = row?.sample && watchedSight(row.sample, row);
  const sight = asked && (!watched || row.stale || asked.at > watched.at) ? asked : watched;
  const alerts = row?.alerts ?? [];
  return { cluster, standing: standingOf(open, alerts, row, sight), alerts, open, ...(sight && { sight }) };
}

function askedSight(run: Run): Sight | undefined {
  const report = run.reports.findLast((one): one is StatusReport => one.kind === 'status');
  if (!report) return undefined;
  const order: readonly Verdict[] = ['failed', 'warning', 'unknown'];
  return {
    at: report.at,
    verdict: order.find((verdict) => report.findings.some((finding) => finding.verdict === verdict)) ?? 'ok',
    primary: report.primary.host,
    standby: report.standby.host,
    streaming: report.streaming,
    replayBytes: report.replayLagBytes === null ? null : Number(report.replayLagBytes),
    replaySeconds: report.replayLagSeconds,
    run: run.id,
  };
}

function watchedSight({ at, primary, standby, streaming, lag }: Sample, { state }: FleetRow): Sight {
  const { replayBytes, replaySeconds } = lag;
  return { at, verdict: state, primary: primary.host, standby: standby.host, streaming, replayBytes, replaySeconds };
}

/** The worst of what runs, alerts and the last look say; a look of today outweighs a watch that has not looked. */
function standingOf(
  open: readonly Run[],
  alerts: readonly Alert[],
  row: FleetRow | undefined,
  sight: Sight | undefined,
): Standing {
  const now: readonly Standing[] = open.flatMap(({ state, mutating }): readonly Standing[] => {
    if (state === 'attention') return ['attention'];
    if (state === 'waiting') return ['waiting'];
    return mutating ? ['running'] : [];
  });
  const watched: readonly Standing[] = alerts.length > 0 && row ? [row.state] : [];
  return (
    STANDINGS.find((standing) => [...now, ...watched, sight?.verdict ?? 'unknown'].includes(standing)) ?? 'unknown'
  );
}
