import type { Cluster, Host } from '../../domain/inventory.ts';
import { findCluster, findHost } from '../../domain/inventory.ts';
import type { Sample } from '../../domain/watch.ts';
import { replicationAddress } from '../../runbooks/names.ts';
import { probeArgs } from '../../runbooks/watch/probe.ts';
import { sampleOf } from '../../runbooks/watch/sample.ts';
import type { WatchDeps } from './deps.ts';
import { lookAt } from './look.ts';

/**
 * Looks at a cluster from every side, one round trip for each host, and keeps what it saw. Undefined when the inventory has no such
 * cluster (any more).
 */
export async function probeCluster(deps: WatchDeps, id: string, stopping: AbortSignal): Promise<Sample | undefined> {
  const cluster = findCluster(deps.inventory, id);
  const roles = cluster && ((await deps.clusters.roles(id)) ?? cluster);
  const primary = roles && findHost(deps.inventory, roles.primary);
  const standby = roles && findHost(deps.inventory, roles.standby);
  if (!cluster || !primary || !standby) return undefined;
  const busy = await isBusy(deps, id);
  const at = deps.now().toISOString();
  const [one, two] = await Promise.all([
    look(deps, primary, cluster, undefined, stopping),
    look(deps, standby, cluster, replicationAddress({ cluster, primary, standby }, primary.id), stopping),
  ]);
  const alive = one.ok && one.value.server.live !== undefined;
  const port = alive ? null : await deps.hosts.gateway(primary).reach(cluster.port, stopping);
  const sample = sampleOf({
    cluster: id,
    at,
    primary: { host: primary.id, look: one },
    standby: { host: standby.id, look: two },
    port,
    // What began while it was looked at counts, too.
    busy: busy || (await isBusy(deps, id)),
  });
  await deps.watch.keep(sample);
  await noteSighting(deps, sample);
  return sample;
}

function look(
  { hosts }: WatchDeps,
  host: Host,
  cluster: Cluster,
  peer: string | undefined,
  stopping: AbortSignal,
): ReturnType<typeof lookAt> {
  return lookAt(host, hosts.gateway(host), probeArgs(cluster, peer), stopping);
}

/** A run that changes the cluster is under way. One that waits for a person changes nothing. */
async function isBusy({ runs }: WatchDeps, cluster: string): Promise<boolean> {
  const active = await runs.list({ cluster, states: ['ready'] });
  return active.some(({ mutating }) => mutating);
}

/** What a later failover says of the loss rests on it. */
async function noteSighting({ clusters }: WatchDeps, { cluster, at, primary }: Sample): Promise<void> {
  const { server } = primary;
  if (!server?.writable || server.lsn === null || server.timeline === 0) return;
  await clusters.saw(cluster, { at, lsn: server.lsn, timeline: server.timeline });
}
