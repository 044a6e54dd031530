import type { Cluster } from './inventory.ts';

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

function onTheWall(timeZone: string, now: Date): { readonly day: Day; readonly time: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const day = DAYS.find((name) => name === parts.get('weekday')?.toLowerCase()) ?? 'sun';
  return { day, time: `${parts.get('hour')}:${parts.get('minute')}` };
}
