import type { Inventory } from '../domain/inventory.ts';
import type { Alert } from '../domain/watch-alert.ts';
import type { WatchStore } from '../domain/watch-store.ts';
import type { OnMissing } from '../i18n/translate.ts';
import { createTranslator } from '../i18n/translate.ts';
import { alertCards } from './cards/alert.ts';
import type { CardContext } from './cards/context.ts';
import type { Layout } from './layout.ts';
import { channelsOf } from './places.ts';
import type { Place } from './platform.ts';
import type { Source } from './source.ts';

/** Subjects of alerts begin so. */
const KIND = 'alert:';

export interface AlertSourceDeps {
  readonly inventory: () => Inventory;
  readonly watch: Pick<WatchStore, 'alert' | 'openAlerts' | 'watchAlerts'>;
  readonly now: () => Date;
  readonly onMissing: OnMissing;
  readonly prefix: CardContext['prefix'];
}

/** Alerts in the channels of their site, in its language. */
export function createAlertSource(deps: AlertSourceDeps): Source {
  return {
    owns: (subject) => subject.startsWith(KIND),
    async draw(subject) {
      const alert = await deps.watch.alert(subject.slice(KIND.length));
      return alert && layAlert(deps, alert);
    },
    watch: (onChange) => deps.watch.watchAlerts((id) => onChange(KIND + id)),
    async current() {
      return (await deps.watch.openAlerts()).map(({ id }) => KIND + id);
    },
  };
}

/** Pure but for the clock: the newest telling, and once it is over the notice of that. */
function layAlert({ inventory, now, onMissing, prefix }: AlertSourceDeps, alert: Alert): Layout {
  const known = inventory();
  const { language = 'pl', timeZone = 'UTC' } = known.sites[alert.site] ?? {};
  const context: CardContext = {
    t: createTranslator(language, timeZone, onMissing),
    inventory: known,
    now: now(),
    prefix,
  };
  const places = alertPlaces(known, alert.site);
  const cards = alertCards(context, alert);
  const priority = alert.severity === 'critical' ? 'approval' : 'result';
  return {
    messages: places.flatMap((place) => cards.map((card) => ({ place, card, priority }))),
    over: alert.state === 'closed',
  };
}

/** A site's own channel, else ops, on every platform that is set up. */
export function alertPlaces({ platforms, sites }: Inventory, site: string): readonly Place[] {
  const own = sites[site]?.channels ?? {};
  return (['slack', 'discord', 'web'] as const).flatMap((platform) => {
    const channels = channelsOf(platforms, platform);
    if (!channels) return [];
    return [{ platform, channel: (platform === 'web' ? undefined : own[platform]) ?? channels.ops }];
  });
}
