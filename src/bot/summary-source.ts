import type { Inventory } from '../domain/inventory.ts';
import { listClusters } from '../domain/inventory.ts';
import { WATCH_SETTINGS } from '../domain/watch.ts';
import { fleetOf } from '../domain/watch-fleet.ts';
import type { WatchStore } from '../domain/watch-store.ts';
import type { OnMissing } from '../i18n/translate.ts';
import { createTranslator } from '../i18n/translate.ts';
import { alertPlaces } from './alert-source.ts';
import type { CardContext } from './cards/context.ts';
import { summaryCard } from './cards/summary.ts';
import type { Layout, Wanted } from './layout.ts';
import type { Place } from './platform.ts';
import type { Source } from './source.ts';

const KIND = 'summary:';
/** Between these hours of the day, by the clock on the site's wall, it is told; a bot that was away then does not come after it. */
const FROM_HOUR = 7;
const TO_HOUR = 9;
const LOOK_EVERY_MS = 60_000;

export interface SummarySourceDeps {
  readonly inventory: () => Inventory;
  readonly watch: Pick<WatchStore, 'latest' | 'openAlerts'>;
  readonly now: () => Date;
  readonly onMissing: OnMissing;
  readonly prefix: CardContext['prefix'];
}

/** How the pairs stand, each morning, in every channel that alerts go to. Its messages are written down, so it is told once. */
export function createSummarySource(deps: SummarySourceDeps): Source {
  return {
    owns: (subject) => subject.startsWith(KIND),
    draw: (subject) => laySummary(deps, subject.slice(KIND.length)),
    watch(onChange) {
      const told = new Set<string>();
      const look = (): void => {
        for (const day of daysDue(deps)) {
          if (told.has(day)) continue;
          told.add(day);
          onChange(KIND + day);
        }
      };
      const timer = setInterval(look, LOOK_EVERY_MS);
      look();
      return Promise.resolve(() => {
        clearInterval(timer);
        return Promise.resolve();
      });
    },
    current: () => Promise.resolve([]),
  };
}

/** One channel with the sites whose alerts go there; the first one gives clock and language. */
interface Audience {
  readonly place: Place;
  readonly sites: readonly string[];
}

function audiences(inventory: Inventory): readonly Audience[] {
  const found = new Map<string, Audience>();
  for (const site of Object.keys(inventory.sites)) {
    for (const place of alertPlaces(inventory, site)) {
      const key = `${place.platform} ${place.channel}`;
      found.set(key, { place, sites: [...(found.get(key)?.sites ?? []), site] });
    }
  }
  return [...found.values()];
}

/** The day whose summary this audience is told now; undefined at other hours. */
function dayFor(inventory: Inventory, { sites: [site = ''] }: Audience, now: Date): string | undefined {
  const timeZone = inventory.sites[site]?.timeZone ?? 'UTC';
  // Swedish dates are those of ISO 8601.
  const [day = '', hour = ''] = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
    .format(now)
    .split(/[ :]/);
  return Number(hour) >= FROM_HOUR && Number(hour) < TO_HOUR ? day : undefined;
}

function daysDue({ inventory, now }: SummarySourceDeps): ReadonlySet<string> {
  const known = inventory();
  return new Set(audiences(known).flatMap((audience) => dayFor(known, audience, now()) ?? []));
}

async function laySummary(deps: SummarySourceDeps, day: string): Promise<Layout> {
  const { watch, now, onMissing, prefix } = deps;
  const inventory = deps.inventory();
  const [samples, alerts] = await Promise.all([watch.latest(), watch.openAlerts()]);
  const messages = audiences(inventory).flatMap((audience): readonly Wanted[] => {
    if (dayFor(inventory, audience, now()) !== day) return [];
    const clusters = listClusters(inventory).filter(({ site }) => audience.sites.includes(site));
    if (clusters.length === 0) return [];
    const { language = 'pl', timeZone = 'UTC' } = inventory.sites[audience.sites[0] ?? ''] ?? {};
    const context: CardContext = { t: createTranslator(language, timeZone, onMissing), inventory, now: now(), prefix };
    const rows = fleetOf(clusters, samples, alerts, now(), WATCH_SETTINGS);
    return [{ place: audience.place, card: { ...summaryCard(context, rows), id: KIND + day }, priority: 'result' }];
  });
  return { messages, over: true };
}
