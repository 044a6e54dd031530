import { describe, expect, it } from 'vitest';
import { createTranslator, translate } from '../../src/i18n/translate.ts';
import { formatBytes, formatDuration, formatMoment } from '../../src/i18n/units.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('a text', () => {
  it('shows «?» for a value it lacks, and says so', () => {
    const missed: unknown[] = [];
    const text = translate('en', 'error.primary.alive.what', {}, (key, names) => missed.push([key, names]));
    expect(text).toMatch(/^The primary «\?» is alive\./);
    expect(missed).toEqual([['error.primary.alive.what', ['host']]]);
  });

  it('does without a value where it provides for that', () => {
    const missed: unknown[] = [];
    const say = (params: Record<string, string | number>): string =>
      translate('en', 'error.disk.full.what', params, (...one) => missed.push(one));
    expect(say({ host: 'one' })).toBe('Too little disk space on host one.');
    expect(say({ host: 'one', path: '/data', needed: 512, free: 3 })).toBe(
      'Too little disk space on host one for /data: 512 MB needed, 3 MB free.',
    );
    expect(missed).toEqual([]);
  });

  it('takes braces and quotes of a value as they are', () => {
    expect(translate('en', 'error.internal.bug.what', { detail: "{oops} it's <b>" })).toBe(
      "Zapas made a mistake of its own: {oops} it's <b>",
    );
  });

  it.each([
    [1, 'Dziennik: 1 wpis'],
    [2, 'Dziennik: 2 wpisy'],
    [5, 'Dziennik: 5 wpisów'],
    [12, 'Dziennik: 12 wpisów'],
    [22, 'Dziennik: 22 wpisy'],
    [1_234, 'Dziennik: 1234 wpisy'],
  ])('counts in Polish: %i', (rows, wanted) => {
    const text = `Dziennik: ${translate('pl', 'audit.rows', { rows }).split(',')[0]}`;
    expect(plain(text)).toBe(wanted);
  });

  it('falls back where a name from data is unknown', () => {
    const t = createTranslator('pl', 'Europe/Warsaw');
    expect(t.sayIf('step.no.such.title', {}, 'no.such')).toBe('no.such');
    expect(t.sayIf('runbook.setup', {}, '-')).toBe('Uruchomienie replikacji');
  });
});

describe('amounts', () => {
  it.each([
    ['en', 0, '0 B'],
    ['en', 1_536, '1.5 kB'],
    ['pl', 1_536, '1,5 kB'],
    ['en', '16777216', '16 MB'],
    ['pl', 5_368_709_120, '5 GB'],
    ['en', 'nonsense', '?'],
  ] as const)('%s %s bytes: %s', (language, bytes, wanted) => {
    expect(plain(formatBytes(language, bytes))).toBe(wanted);
  });

  it.each([
    [0, '0 ms'],
    [350, '350 ms'],
    [4_200, '4,2 s'],
    [12_000, '12 s'],
    [245_000, '4 min 05 s'],
    [12_000_000, '3 h 20 min'],
  ])('%i ms in Polish: %s', (milliseconds, wanted) => {
    expect(plain(formatDuration('pl', milliseconds))).toBe(wanted);
  });

  it('moments by the clock on the site’s wall, summer and winter', () => {
    expect(formatMoment('pl', 'Europe/Warsaw', '2026-11-22T12:00:05.123Z')).toBe('22.11.2026, 13:00:05 CET');
    expect(formatMoment('en', 'Europe/Warsaw', '2026-07-01T12:00:05Z')).toBe('1 Jul 2026, 14:00:05 CEST');
    expect(formatMoment('en', 'Europe/Warsaw', '2026-07-01T12:00:05Z', 'clock')).toBe('14:00:05');
    expect(formatMoment('en', 'Europe/Warsaw', 'yesterday')).toBe('yesterday');
  });
});
