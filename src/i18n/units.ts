import type { Language } from '../domain/inventory.ts';

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
const SPACE = '\u00a0';

/** Bytes in PostgreSQL's units of 1024 (`1.5 GB`); takes the decimal strings of reports, too. */
export function formatBytes(language: Language, bytes: number | string): string {
  let value = Number(bytes);
  if (!Number.isFinite(value)) return '?';
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && Math.abs(value) < 10 ? 1 : 0;
  return `${formatNumber(language, value, digits)}${SPACE}${BYTE_UNITS[unit]}`;
}

/** A length of time in the two largest units that matter: `350 ms`, `12 s`, `4 min 05 s`, `3 h 20 min`. */
export function formatDuration(language: Language, milliseconds: number): string {
  const elapsed = Math.max(0, milliseconds);
  if (elapsed < 1_000) return `${Math.round(elapsed)}${SPACE}ms`;
  if (elapsed < 10_000) return `${formatNumber(language, elapsed / 1_000, 1)}${SPACE}s`;
  const seconds = Math.round(elapsed / 1_000);
  if (seconds < 60) return `${seconds}${SPACE}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}${SPACE}min${rest(seconds % 60, 's')}`;
  return `${Math.floor(minutes / 60)}${SPACE}h${rest(minutes % 60, 'min')}`;
}

/** A number with at most that many digits after the decimal sign, grouped as the language does it. */
export function formatNumber(language: Language, value: number, digits = 0): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits, useGrouping: 'min2' }).format(value);
}

/**
 * A moment (ISO 8601) by the clock on the site's wall: date, time to the second, and the zone's short name. `clock` leaves the date
 * away. Anything that is no moment comes back as it is.
 */
export function formatMoment(
  language: Language,
  timeZone: string,
  moment: string,
  style: 'full' | 'clock' = 'full',
): string {
  const time = Date.parse(moment);
  if (Number.isNaN(time)) return moment;
  // English throughout: the Polish names of zones are no shorter, and month names of the two are chosen below.
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: language === 'en' ? 'short' : '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
  const clock = `${part['hour']}:${part['minute']}:${part['second']}`;
  if (style === 'clock') return clock;
  const date =
    language === 'en'
      ? `${Number(part['day'])} ${part['month']} ${part['year']}`
      : `${part['day']}.${part['month']}.${part['year']}`;
  return `${date}, ${clock} ${part['timeZoneName']}`;
}

function rest(value: number, unit: string): string {
  return value === 0 ? '' : `${SPACE}${String(value).padStart(2, '0')}${SPACE}${unit}`;
}
