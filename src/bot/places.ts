import type { Inventory } from '../domain/inventory.ts';
import type { Run } from '../domain/run.ts';
import type { Place } from './platform.ts';

/** Why messages about a run stand at a place: it was asked for there; those who watch are there; those who decide are. */
export type Role = 'asked' | 'ops' | 'approvals';

export interface Spot {
  readonly place: Place;
  readonly roles: readonly Role[];
}

/** The console has two channels, and they are called that. */
const WEB_CHANNELS = { ops: 'ops', approvals: 'approvals' } as const;

/** The channels of a platform; undefined when it is not set up. */
export function channelsOf(
  platforms: Inventory['platforms'],
  platform: 'slack' | 'discord' | 'web',
): { readonly ops: string; readonly approvals: string } | undefined {
  if (platform === 'web') return platforms.web && WEB_CHANNELS;
  return platforms[platform]?.channels;
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
  const named = (['slack', 'discord', 'web'] as const).flatMap((platform): readonly Spot[] => {
    const channels = run.mutating ? channelsOf(platforms, platform) : undefined;
    if (!channels) return [];
    const ops = (platform === 'web' ? undefined : own[platform]) ?? channels.ops;
    return [
      { place: { platform, channel: ops }, roles: ['ops'] },
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
