import type { Translator } from '../../i18n/translate.ts';

/** The clock of a report: every moment says how far the site's time is from UTC. */
export interface Clock {
  /** For running text: the moment as everywhere, and the offset. */
  readonly t: Translator;
  /** For tables, to the millisecond: `2026-11-22 13:05:00.250 +01:00`. */
  stamp(moment: string): string;
  /** `UTC+01:00` */
  offset(moment: string): string;
}

/** The clock on the wall of the translator's time zone. */
export function clockOf(t: Translator): Clock {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: t.timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  const partsOf = (moment: string): Readonly<Record<string, string>> | undefined => {
    const time = Date.parse(moment);
    if (Number.isNaN(time)) return undefined;
    return Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
  };
  const offset = (moment: string): string => {
    const parts = partsOf(moment);
    return parts ? `UTC${offsetIn(parts)}` : '';
  };
  return {
    t: {
      ...t,
      moment(moment) {
        const away = offset(moment);
        return away === '' ? moment : `${t.moment(moment)} (${away})`;
      },
    },
    stamp(moment) {
      const parts = partsOf(moment);
      if (!parts) return moment;
      const day = `${parts['year']}-${parts['month']}-${parts['day']}`;
      const time = `${parts['hour']}:${parts['minute']}:${parts['second']}.${parts['fractionalSecond']}`;
      return `${day} ${time} ${offsetIn(parts)}`;
    },
    offset,
  };
}

function offsetIn(parts: Readonly<Record<string, string>>): string {
  return (parts['timeZoneName'] ?? '').replace('GMT', '') || '+00:00';
}
