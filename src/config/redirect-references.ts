import type { Inventory } from '../domain/inventory.ts';
import type { Redirect } from '../domain/redirect.ts';

interface Problem {
  readonly path: readonly string[];
  readonly message: string;
}

/** What the schema of a recipe cannot see: hosts that are none or not Linux, names outside their zone. Pure; paths are below `redirect`. */
export function redirectProblems({ hosts }: Pick<Inventory, 'hosts'>, redirect: Redirect): readonly Problem[] {
  const problems: Problem[] = [];
  for (const { path, host } of namedHosts(redirect)) {
    const found = hosts[host];
    if (!found) problems.push({ path, message: `no host '${host}' under hosts` });
    if (found?.os === 'windows' && ON_LINUX.has(redirect.kind))
      problems.push({ path, message: `the recipe ${redirect.kind} is for Linux hosts` });
  }
  return redirect.kind === 'dns' ? [...problems, ...outsideZone(redirect)] : problems;
}

const ON_LINUX: ReadonlySet<Redirect['kind']> = new Set(['dns', 'haproxy', 'pgbouncer']);

interface Named {
  readonly path: readonly string[];
  readonly host: string;
}

function namedHosts(redirect: Redirect): readonly Named[] {
  if (redirect.kind === 'manual') return [];
  if (redirect.kind !== 'dns') return listed('hosts', redirect.hosts);
  return [{ path: ['host'], host: redirect.host }, ...listed('clients', redirect.clients)];
}

function listed(key: string, ids: readonly string[]): readonly Named[] {
  return ids.map((host, index) => ({ path: [key, `${index}`], host }));
}

function outsideZone({ zone, names }: Extract<Redirect, { kind: 'dns' }>): readonly Problem[] {
  return names.flatMap((name, index) =>
    plain(name) === plain(zone) || plain(name).endsWith(`.${plain(zone)}`)
      ? []
      : [{ path: ['names', `${index}`], message: `'${name}' is not in the zone ${zone}` }],
  );
}

/** Names of domains are the same in any case, with the last dot or without it. */
function plain(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}
