import type { Cluster, Inventory, Person } from '../../../domain/inventory.ts';
import { listClusters } from '../../../domain/inventory.ts';
import { permits } from '../../../domain/policy.ts';
import type { RunStore } from '../../../domain/ports.ts';
import type { StatusReport } from '../../../domain/report.ts';
import type { Run } from '../../../domain/run.ts';
import { isFinal } from '../../../domain/run.ts';
import type { Verdict } from '../../../domain/step.ts';

/** How a cluster stands, worst first: the order of the board. */
export const STANDINGS = ['attention', 'failed', 'waiting', 'warning', 'running', 'unknown', 'ok'] as const;
export type Standing = (typeof STANDINGS)[number];

/** What was last seen of a pair. */
export interface Sight {
  readonly verdict: Verdict;
  /** ISO 8601. */
  readonly at: string;
  /** Titles of remarks are in the run's own card. */
  readonly run: string;
  readonly report: StatusReport;
}

/** One cluster of the board. */
export interface ClusterView {
  readonly cluster: Cluster;
  readonly standing: Standing;
  readonly sight?: Sight;
  /** Runs that are not over, newest first. */
  readonly open: readonly Run[];
}

/** Newest runs of a cluster that are looked through for its last status. */
const LOOK_BACK = 20;

/** The clusters this person may see, worst first, then by name. */
export async function fleetOf(
  inventory: Inventory,
  runs: Pick<RunStore, 'list'>,
  person: Person,
): Promise<readonly ClusterView[]> {
  const visible = listClusters(inventory).filter(({ site }) => permits(person, site, { do: 'read' }) === undefined);
  const views = await Promise.all(
    visible.map(async (cluster) => clusterView(cluster, await runs.list({ cluster: cluster.id, limit: LOOK_BACK }))),
  );
  return views.toSorted(
    (one, other) =>
      STANDINGS.indexOf(one.standing) - STANDINGS.indexOf(other.standing) ||
      one.cluster.id.localeCompare(other.cluster.id),
  );
}

/** One cluster from its newest runs, newest first. Pure. */
export function clusterView(cluster: Cluster, newest: readonly Run[]): ClusterView {
  const open = newest.filter(({ state }) => !isFinal(state));
  const sight = newest.flatMap((run) => sightOf(run) ?? [])[0];
  return { cluster, standing: standingOf(open, sight), open, ...(sight && { sight }) };
}

function sightOf(run: Run): Sight | undefined {
  const report = run.reports.findLast((one): one is StatusReport => one.kind === 'status');
  return report && { report, at: report.at, run: run.id, verdict: worstOf(report) };
}

function worstOf({ findings }: StatusReport): Verdict {
  const order: readonly Verdict[] = ['failed', 'warning', 'unknown', 'ok'];
  return order.find((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? 'ok';
}

function standingOf(open: readonly Run[], sight: Sight | undefined): Standing {
  const seen: Standing = sight?.verdict ?? 'unknown';
  const now: readonly Standing[] = open.flatMap(({ state, mutating }): readonly Standing[] => {
    if (state === 'attention') return ['attention'];
    if (state === 'waiting') return ['waiting'];
    return mutating ? ['running'] : [];
  });
  return STANDINGS.find((standing) => [...now, seen].includes(standing)) ?? 'unknown';
}
