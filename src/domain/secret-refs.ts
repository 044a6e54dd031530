import type { SecretRef } from './formats.ts';
import { secretRef } from './formats.ts';
import type { Inventory, Person } from './inventory.ts';
import { listClusters } from './inventory.ts';

/** A secret that the inventory names, and the sites that rest on it; `*` for what serves all of them. */
export interface SecretUse {
  readonly ref: SecretRef;
  readonly sites: readonly string[] | '*';
}

/** Every secret of the inventory, once each, in its order. */
export function secretUses(inventory: Inventory): readonly SecretUse[] {
  const uses = new Map<string, readonly string[] | '*'>();
  const add = (ref: string, sites: readonly string[] | '*'): void => {
    const known = uses.get(ref) ?? [];
    uses.set(ref, known === '*' || sites === '*' ? '*' : [...new Set([...known, ...sites])]);
  };
  for (const ref of Object.values(inventory.platforms).flatMap(refsAmong)) add(ref, '*');
  for (const [id, { transport }] of Object.entries(inventory.hosts))
    for (const ref of refsAmong(transport)) add(ref, sitesOf(inventory, id));
  for (const { backupPassword, site } of listClusters(inventory)) if (backupPassword) add(backupPassword, [site]);
  return [...uses].map(([ref, sites]) => ({ ref, sites }));
}

/** Secrets this person may replace: an administrator of every site that rests on them, so that nobody reaches into another's. */
export function replaceable(inventory: Inventory, person: Person): readonly SecretRef[] {
  const admin = person.roles.filter(({ role }) => role === 'admin');
  const everywhere = admin.some(({ sites }) => sites === '*');
  const has = (site: string): boolean => admin.some(({ sites }) => sites !== '*' && sites.includes(site));
  return secretUses(inventory).flatMap(({ ref, sites }) => {
    if (!ref.startsWith('file:')) return [];
    return everywhere || (sites !== '*' && sites.length > 0 && sites.every(has)) ? [ref] : [];
  });
}

/** The references among the values of one level of settings. */
function refsAmong(settings: object | undefined): readonly string[] {
  return Object.values(settings ?? {}).filter(
    (value): value is string => typeof value === 'string' && secretRef.safeParse(value).success,
  );
}

/** Sites whose clusters stand on the host, or are reached through it. */
function sitesOf(inventory: Inventory, host: string): readonly string[] {
  const throughIt = Object.entries(inventory.hosts).flatMap(([id, { transport }]) =>
    'jump' in transport && transport.jump === host ? [id] : [],
  );
  const meant = [host, ...throughIt];
  return listClusters(inventory).flatMap(({ primary, standby, site }) =>
    meant.includes(primary) || meant.includes(standby) ? [site] : [],
  );
}
