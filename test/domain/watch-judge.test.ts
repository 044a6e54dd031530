import { describe, expect, it } from 'vitest';
import type { Condition, Point, Sample } from '../../src/domain/watch.ts';
import { CONDITION_IDS, pointOf, WATCH_SETTINGS } from '../../src/domain/watch.ts';
import { judge } from '../../src/domain/watch-judge.ts';
import { daysUntilFull } from '../../src/domain/watch-trend.ts';
import { CASES, GONE, standby } from './watch-cases.ts';
import { dead, GIGABYTE, host, sample, second, server, unreachable } from './watches.ts';

const NOON = new Date(second(0));

const verdicts = (one: Sample, history: readonly Point[] = []) => judge(one, history, NOON, WATCH_SETTINGS);
const found = (one: Sample, history: readonly Point[] = []): readonly Condition[] =>
  verdicts(one, history).flatMap(({ conditions }) => conditions);
const ids = (one: Sample, history: readonly Point[] = []): readonly string[] => found(one, history).map(({ id }) => id);
const verdictOf = (subject: string, one: Sample): string | undefined =>
  verdicts(one).find((verdict) => verdict.subject === subject)?.verdict;

const lag = (seconds: number): Sample => sample({ lag: { receiveBytes: 0, replayBytes: 5, replaySeconds: seconds } });

const hours = (count: number, free: (hour: number) => number): readonly Point[] =>
  Array.from({ length: count }, (_, hour) => ({
    ...pointOf(sample({ at: second((hour - count) * 3_600) })),
    free: { one: free(hour) },
  }));

describe('what a sample says', () => {
  it.each(CASES)('%s', (_, over, expected) => {
    expect(ids(sample(over))).toEqual(expected);
  });

  it('has a case for every condition there is, but the trend, which has its own', () => {
    const covered = new Set([...CASES.flatMap(([, , expected]) => expected), 'disk.filling']);
    expect(CONDITION_IDS.filter((id) => !covered.has(id))).toEqual([]);
  });

  it('names the machine to mend', () => {
    const [silent] = found(sample({ primary: host('one', { server: dead() }), port: false, ready: 'silent', ...GONE }));
    expect(silent).toMatchObject({ mend: 'primary', host: 'one', severity: 'critical', params: { state: 'crashed' } });
    const [old] = found(
      sample({ primary: host('one', { server: server({ timeline: 2 }) }), standby: standby({ writable: true }) }),
    );
    expect(old).toMatchObject({ host: 'two' });
  });

  it('decides nothing between a limit and half of it, and nothing of a host that does not answer', () => {
    expect([20, 45, 70].map((seconds) => verdictOf('standby', lag(seconds)))).toEqual(['good', 'unknown', 'bad']);
    const away = sample({ standby: unreachable('two'), ...GONE });
    expect(['disk:two', 'certificate:two', 'service:two'].map((subject) => verdictOf(subject, away))).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
    expect(verdictOf('disk:one', away)).toBe('good');
  });

  it('says nothing of a standby whose primary is gone: that is no fault of its own', () => {
    const one = sample({ primary: unreachable('one'), port: false, ready: 'silent', ...GONE });
    expect(verdictOf('standby', one)).toBe('unknown');
  });
});

describe('a volume that fills', () => {
  it('is foreseen by the days that are left', () => {
    const history = hours(48, (hour) => (100 - hour) * GIGABYTE);
    expect(daysUntilFull(history, 'one')).toBeCloseTo(53 / 24, 1);
    expect(found(sample(), history)[0]).toMatchObject({ id: 'disk.filling', host: 'one', params: { days: 2 } });
  });

  it.each([
    ['is only cleared again each day', (hour: number) => (90 - (hour % 24)) * GIGABYTE],
    ['does not fill', () => 50 * GIGABYTE],
    ['empties', (hour: number) => (10 + hour) * GIGABYTE],
  ])('no alarm when it %s', (_, free) => {
    expect(ids(sample(), hours(96, free))).toEqual([]);
  });

  it('is not foreseen from a handful of points', () => {
    expect(
      daysUntilFull(
        hours(5, (hour) => (10 - hour) * GIGABYTE),
        'one',
      ),
    ).toBeUndefined();
  });
});
