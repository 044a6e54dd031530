import type { ErrorRef } from '../domain/errors.ts';
import { listClusters } from '../domain/inventory.ts';
import { permits, personOf } from '../domain/policy.ts';
import { WATCH_SETTINGS } from '../domain/watch.ts';
import type { Alert, Held } from '../domain/watch-alert.ts';
import { hold } from '../domain/watch-alert.ts';
import type { FleetRow } from '../domain/watch-fleet.ts';
import { fleetOf } from '../domain/watch-fleet.ts';
import type { WatchStore } from '../domain/watch-store.ts';
import { offersFailover } from './cards/alert.ts';
import { ackCard } from './cards/answers.ts';
import type { BoardView } from './cards/board.ts';
import { boardCard } from './cards/board.ts';
import type { Effect } from './commands.ts';
import type { Clicker } from './decide.ts';
import type { Desk, Performed } from './desk.ts';
import { contextFor, refusal } from './desk.ts';

const HOUR_MS = 3_600_000;
/** Somebody is quicker this often in a row only when something is wrong. */
const TRIES = 5;

/** What the desk needs of the watch. */
export type AlertBook = Pick<WatchStore, 'latest' | 'openAlerts' | 'alert' | 'putAlert'>;

/** Somebody takes an alert, or puts it off. Its message shows it to everybody. */
export async function holdAlert(
  desk: Desk,
  who: Clicker,
  effect: Effect & { readonly do: 'ack' | 'snooze' },
): Promise<Performed> {
  const { deps } = desk;
  const allowed = await loadAlert(desk, who, effect.alert);
  if ('code' in allowed) return refusal(desk, who, allowed);
  const { person } = allowed;
  const now = deps.now();
  const until = effect.do === 'snooze' ? new Date(now.getTime() + effect.hours * HOUR_MS).toISOString() : undefined;
  const held: Held = {
    by: { person: person.id, platform: who.platform },
    at: now.toISOString(),
    ...(until !== undefined && { until }),
  };
  const alert = await write(deps.watch, allowed.alert, held);
  if ('code' in alert) return refusal(desk, who, alert);
  const { t } = contextFor(desk, person.language, alert.site);
  const text = t.say('ack.alert', { verb: effect.do, alert: alert.id, until: t.moment(until ?? held.at) });
  return { ok: true, cards: [ackCard(text)], data: alert };
}

/** The ordinary failover of the alert's cluster, asked for by whoever pressed. */
export async function failoverFor(
  { deps }: Desk,
  id: string,
): Promise<{ readonly effect: Effect } | { readonly error: ErrorRef }> {
  const alert = await deps.watch.alert(id);
  if (!alert) return { error: { code: 'alert.unknown', params: { alert: id } } };
  const { cluster } = alert;
  if (!offersFailover(alert)) return { error: { code: 'alert.over', params: { alert: id, cluster } } };
  return { effect: { do: 'request', runbook: 'failover', cluster, options: {} } };
}

/** Every pair this person may see, the worst first. */
export async function tellBoard(desk: Desk, who: Clicker, view: BoardView): Promise<Performed> {
  const { inventory, watch, now } = desk.deps;
  const person = personOf(inventory(), who.platform, who.account);
  if (!person)
    return refusal(desk, who, {
      code: 'input.unknown-person',
      params: { platform: who.platform, person: who.account },
    });
  const clusters = listClusters(inventory()).filter(({ site }) => !permits(person, site, { do: 'read' }));
  const [samples, alerts] = await Promise.all([watch.latest(), watch.openAlerts()]);
  const rows = fleetOf(clusters, samples, alerts, now(), WATCH_SETTINGS);
  const card = boardCard(contextFor(desk, person.language, view.site), rows, view);
  return { ok: true, cards: [card], data: rows.map(plainRow) };
}

function plainRow({ cluster, site, state, alerts, sample, readiness, stale }: FleetRow): unknown {
  const ids = alerts.map(({ id, conditions }) => ({ id, conditions: conditions.map((one) => one.id) }));
  return { cluster, site, state, stale, alerts: ids, at: sample?.at, lag: sample?.lag, ready: readiness?.verdict };
}

async function loadAlert(
  { deps }: Desk,
  { platform, account }: Clicker,
  id: string,
): Promise<{ readonly alert: Alert; readonly person: NonNullable<ReturnType<typeof personOf>> } | ErrorRef> {
  const person = personOf(deps.inventory(), platform, account);
  if (!person) return { code: 'input.unknown-person', params: { platform, person: account } };
  const alert = await deps.watch.alert(id);
  if (!alert) return { code: 'alert.unknown', params: { alert: id } };
  return permits(person, alert.site, { do: 'operate' }) ?? { alert, person };
}

/** A sample may change the alert at the same moment; neither is lost. */
async function write(watch: AlertBook, found: Alert, held: Held): Promise<Alert | ErrorRef> {
  const over: ErrorRef = { code: 'alert.over', params: { alert: found.id, cluster: found.cluster } };
  let before: Alert | undefined = found;
  for (let turn = 0; turn < TRIES && before; turn += 1) {
    const after = hold(before, held);
    if (!after) return over;
    if (await watch.putAlert(after, before.version)) return after;
    before = await watch.alert(found.id);
  }
  return over;
}
