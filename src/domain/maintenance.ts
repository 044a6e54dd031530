import type { ErrorRef } from './errors.ts';
import type { Cluster, Freeze, Inventory } from './inventory.ts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
type Day = (typeof DAYS)[number];

/**
 * Is it, by the clock on the site's wall, within one of the cluster's maintenance windows? A window whose end is not after its
 * beginning lasts into the next day; `days` are the days on which it begins.
 */
export function inMaintenance(windows: Cluster['maintenance'], timeZone: string, now: Date): boolean {
  const { day, time } = onTheWall(timeZone, now);
  const yesterday = DAYS[(DAYS.indexOf(day) + 6) % 7] ?? day;
  return windows.some(({ days, from, to }) => {
    if (from < to) return days.includes(day) && from <= time && time < to;
    return (days.includes(day) && from <= time) || (days.includes(yesterday) && time < to);
  });
}

/** The freeze that holds at the site now, if any. */
export function freezeAt(freezes: readonly Freeze[], timeZone: string, now: Date): Freeze | undefined {
  const { date, time } = onTheWall(timeZone, now);
  const at = `${date} ${time}`;
  // A space sorts before every digit, so a whole day comes before its own times.
  return freezes.find(({ from, to }) => from <= at && (to.includes(' ') ? at < to : date <= to));
}

/** Does the site expect a disruption of this cluster now: in one of its windows, and no freeze? */
export function isExpected(inventory: Pick<Inventory, 'sites'>, cluster: Cluster, now: Date): boolean {
  const { timeZone, freezes } = siteOf(inventory, cluster);
  return inMaintenance(cluster.maintenance, timeZone, now) && !freezeAt(freezes, timeZone, now);
}

/**
 * Why a procedure that can be put off has to give a reason now: a freeze, or maintenance windows that are closed. Undefined when it
 * needs none; a cluster without windows is only bound by freezes.
 */
export function reasonMissing(
  inventory: Pick<Inventory, 'sites'>,
  cluster: Cluster,
  options: Readonly<Record<string, unknown>>,
  now: Date,
): ErrorRef | undefined {
  const { reason } = options;
  if (typeof reason === 'string' && reason.trim() !== '') return undefined;
  const { timeZone, freezes } = siteOf(inventory, cluster);
  const about = { site: cluster.site, cluster: cluster.id };
  const freeze = freezeAt(freezes, timeZone, now);
  if (freeze)
    return {
      code: 'policy.reason-missing',
      params: { kind: 'freeze', freeze: freeze.reason, until: freeze.to, ...about },
    };
  if (cluster.maintenance.length === 0 || inMaintenance(cluster.maintenance, timeZone, now)) return undefined;
  return { code: 'policy.reason-missing', params: { kind: 'window', freeze: '', until: '', ...about } };
}

function siteOf({ sites }: Pick<Inventory, 'sites'>, { site }: Cluster) {
  const { timeZone = 'UTC', freezes = [] } = sites[site] ?? {};
  return { timeZone, freezes };
}

function onTheWall(timeZone: string, now: Date): { readonly day: Day; readonly date: string; readonly time: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const day = DAYS.find((name) => name === parts.get('weekday')?.toLowerCase()) ?? 'sun';
  const date = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
  return { day, date, time: `${parts.get('hour')}:${parts.get('minute')}` };
}
