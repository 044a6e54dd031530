import type { Cluster, Inventory } from '../domain/inventory.ts';
import { listClusters } from '../domain/inventory.ts';
import { redirectProblems } from './redirect-references.ts';

interface Problem {
  readonly path: readonly string[];
  readonly message: string;
}

/** What a schema cannot see: ids that name nothing, pairs that are no pairs, accounts shared by two people. Pure. */
export function brokenReferences(inventory: Inventory): readonly Problem[] {
  return [
    ...listClusters(inventory).flatMap((cluster) => clusterProblems(inventory, cluster)),
    ...repeatedClusters(inventory),
    ...jumpProblems(inventory),
    ...peopleProblems(inventory),
  ];
}

function clusterProblems(inventory: Inventory, cluster: Cluster): readonly Problem[] {
  const at = ['sites', cluster.site, 'clusters', cluster.id];
  const problems: Problem[] = [];
  for (const role of ['primary', 'standby'] as const) {
    const host = inventory.hosts[cluster[role]];
    if (!host) problems.push({ path: [...at, role], message: `no host '${cluster[role]}' under hosts` });
  }
  problems.push(...pathProblems(inventory, cluster).map(({ path, message }) => ({ path: [...at, ...path], message })));
  if (cluster.primary === cluster.standby) {
    problems.push({ path: [...at, 'standby'], message: 'primary and standby are the same host' });
  }
  if (cluster.basebackup === 'vendor' && !cluster.backupUser) {
    problems.push({ path: [...at, 'backupUser'], message: 'the vendor form of pg_basebackup needs backupUser (M15)' });
  }
  if (cluster.backupUser && !cluster.backupPassword) {
    problems.push({ path: [...at, 'backupPassword'], message: 'backupUser needs backupPassword' });
  }
  const redirect = redirectProblems(inventory, cluster.redirect);
  return [...problems, ...redirect.map(({ path, message }) => ({ path: [...at, 'redirect', ...path], message }))];
}

/** The paths of a cluster are those of its hosts' system. A pair of two systems is refused by the preflight, which says why (M03). */
function pathProblems(inventory: Inventory, cluster: Cluster): readonly Problem[] {
  const os = inventory.hosts[cluster.primary]?.os;
  if (os === undefined) return [];
  const { binDir, dataDir, certificates } = cluster;
  const paths: readonly (readonly [readonly string[], string])[] = [
    [['binDir'], binDir],
    [['dataDir'], dataDir],
    ...Object.entries(certificates).map(([name, path]): [string[], string] => [['certificates', name], path]),
  ];
  const drive = /^[A-Za-z]:/;
  const wrong = paths.filter(([, path]) => drive.test(path) !== (os === 'windows'));
  const message =
    os === 'windows'
      ? 'the primary is a Windows host: a path such as D:\\data'
      : 'the primary is a Linux host: a path such as /data';
  return wrong.map(([path]) => ({ path, message }));
}

function repeatedClusters(inventory: Inventory): readonly Problem[] {
  const seen = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { id, site } of listClusters(inventory)) {
    const first = seen.get(id);
    if (first !== undefined) {
      problems.push({
        path: ['sites', site, 'clusters', id],
        message: `cluster id '${id}' is used at site '${first}' too`,
      });
    }
    seen.set(id, site);
  }
  return problems;
}

function jumpProblems(inventory: Inventory): readonly Problem[] {
  return Object.entries(inventory.hosts).flatMap(([id, { transport }]) => {
    const path = ['hosts', id, 'transport', 'jump'];
    if (transport.kind !== 'ssh' || transport.jump === undefined) return [];
    const jump = inventory.hosts[transport.jump];
    if (!jump) return [{ path, message: `no host '${transport.jump}' under hosts` }];
    if (jump.transport.kind !== 'ssh') return [{ path, message: 'a jump host is reached by ssh' }];
    return jump.transport.jump === undefined
      ? []
      : [{ path, message: 'a jump host cannot have a jump host of its own' }];
  });
}

function peopleProblems(inventory: Inventory): readonly Problem[] {
  const owners = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [id, person] of Object.entries(inventory.people)) {
    for (const [platform, account] of Object.entries(person.accounts)) {
      const owner = owners.get(`${platform}:${account}`);
      if (owner !== undefined) {
        problems.push({
          path: ['people', id, 'accounts', platform],
          message: `this account is linked to '${owner}' already`,
        });
      }
      owners.set(`${platform}:${account}`, id);
    }
    for (const [index, { sites }] of person.roles.entries()) {
      for (const site of sites === '*' ? [] : sites) {
        if (!inventory.sites[site])
          problems.push({ path: ['people', id, 'roles', `${index}`, 'sites'], message: `no site '${site}'` });
      }
    }
  }
  return problems;
}
