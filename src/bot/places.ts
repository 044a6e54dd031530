import type { Inventory } from '../domain/inventory.ts';
import type { Run } from '../domain/run.ts';
import type { Place } from './platform.ts';

/** Why messages about a run stand at a place: it was asked for there; those who watch are there; those who decide are. */
export type Role = 'asked' | 'ops' | 'approvals';

export interface Spot {
  readonly place: Place;
  readonly roles: readonly Role[];
}

/**
 * Where the messages of a run stand: where it was asked for, and what changes a customer's servers also in the ops and approvals
 * channels of every platform, so that neither depends on the other. A site's own channel takes the place of ops.
 */
export function placesOf(
  run: Pick<Run, 'site' | 'mutating'>,
  { platforms, sites }: Pick<Inventory, 'platforms' | 'sites'>,
  asked: readonly Place[],
): readonly Spot[] {
  const own = sites[run.site]?.channels ?? {};
  const named = (['slack', 'discord'] as const).flatMap((platform): readonly Spot[] => {
    const channels = run.mutating ? platforms[platform]?.channels : undefined;
    if (!channels) return [];
    return [
      { place: { platform, channel: own[platform] ?? channels.ops }, roles: ['ops'] },
      { place: { platform, channel: channels.approvals }, roles: ['approvals'] },
    ];
  });
  return merged([...asked.map((place): Spot => ({ place, roles: ['asked'] })), ...named]);
}

/** Each place once, with all its roles. */
function merged(spots: readonly Spot[]): readonly Spot[] {
  const places = new Map<string, Spot>();
  for (const { place, roles } of spots) {
    const key = `${place.platform} ${place.channel}`;
    places.set(key, { place, roles: [...(places.get(key)?.roles ?? []), ...roles] });
  }
  return [...places.values()];
}
