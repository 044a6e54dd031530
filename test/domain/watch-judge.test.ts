import { describe, expect, it } from 'vitest';
import type { Condition, ConditionId, Point, Sample } from '../../src/domain/watch.ts';
import { CONDITION_IDS, pointOf, WATCH_SETTINGS } from '../../src/domain/watch.ts';
import { judge } from '../../src/domain/watch-judge.ts';
import { daysUntilFull } from '../../src/domain/watch-trend.ts';
import { dead, GIGABYTE, host, sample, second, server, unreachable } from './watches.ts';

const NOON = new Date(second(0));
const MEGABYTE = 1024 ** 2;

const verdicts = (one: Sample, history: readonly Point[] = []) => judge(one, history, NOON, WATCH_SETTINGS);
const found = (one: Sample, history: readonly Point[] = []): readonly Condition[] =>
  verdicts(one, history).flatMap(({ conditions }) => conditions);
const ids = (one: Sample, history: readonly Point[] = []): readonly string[] => found(one, history).map(({ id }) => id);
const verdictOf = (subject: string, one: Sample): string | undefined =>
  verdicts(one).find((verdict) => verdict.subject === subject)?.verdict;

const standby = (over: Parameters<typeof server>[0]) => host('two', { server: server({ writable: false, ...over }) });
const slot = { name: 'zapas_two', active: false, walStatus: 'lost', safeBytes: null, boundBytes: GIGABYTE };
const expires = (days: number) => [{ path: '/c.crt', expires: second(days * 86_400 + 60) }];
const gone = {
  streaming: false,
  heard: 'dead',
  lag: { receiveBytes: null, replayBytes: null, replaySeconds: null },
} as const;

/** What is seen, and what it is called. The first is the cause of the alert. */
const CASES: readonly (readonly [string, Partial<Sample>, readonly ConditionId[]])[] = [
  ['a pair that is well', {}, []],
  ['H46: both take writes, on one timeline', { standby: standby({ writable: true }) }, ['primary.twice']],
  [
    'an old primary that is back',
    { primary: host('one', { server: server({ timeline: 2 }) }), standby: standby({ writable: true }) },
    ['primary.old'],
  ],
  [
    'nobody answers',
    {
      primary: unreachable('one'),
      standby: unreachable('two'),
      port: false,
      ready: null,
      ...gone,
      streaming: null,
    },
    ['site.unreachable'],
  ],
  [
    'the primary’s host is gone, and the standby hears nothing',
    { primary: unreachable('one'), port: false, ready: 'silent', ...gone },
    ['primary.silent'],
  ],
  [
    'the primary’s process is gone',
    { primary: host('one', { server: dead() }), port: false, ready: 'silent', ...gone },
    ['primary.silent'],
  ],
  [
    'only our way to the primary is cut: its standby hears it',
    { primary: unreachable('one'), port: false, ready: 'accepting', streaming: null },
    ['primary.unreachable'],
  ],
  [
    'only our login fails: its port answers',
    { primary: unreachable('one'), standby: unreachable('two'), port: true, ready: null, heard: null, streaming: null },
    ['primary.unreachable', 'standby.unreachable'],
  ],
  [
    'two standbys and no primary',
    { primary: host('one', { server: server({ writable: false }) }), streaming: false },
    ['primary.none'],
  ],
  [
    'the standby’s host does not answer',
    { standby: unreachable('two'), ready: null, ...gone },
    ['standby.unreachable'],
  ],
  ['no standby was ever set up', { standby: host('two', { server: dead('absent') }), ...gone }, ['standby.absent']],
  ['the standby was stopped', { standby: host('two', { server: dead('stopped') }), ...gone }, ['standby.down']],
  [
    'H14: the standby is stopped and its slot was lost meanwhile',
    { standby: host('two', { server: dead('stopped') }), slot, ...gone },
    ['slot.lost', 'standby.down'],
  ],
  ['H14: its slot was lost', { slot, ...gone, streaming: false }, ['slot.lost', 'standby.not-streaming']],
  ['H41: hot_standby is off', { standby: host('two', { server: dead('hot-standby-off') }) }, ['hot-standby.off']],
  [
    'H2: it is on another timeline',
    { standby: standby({ timeline: 2 }), streaming: false, heard: 'dead' },
    ['timeline.differs', 'standby.not-streaming'],
  ],
  [
    'H16: a parameter is too low, and replay stands still',
    { parameters: ['max_connections'], replay: 'paused' },
    ['parameters.low', 'replay.paused'],
  ],
  ['replay is paused by hand', { replay: 'paused' }, ['replay.paused']],
  ['the line between the two is cut, which both have not noticed', { ready: 'silent', heard: 'silent' }, ['link.cut']],
  ['it does not stream, though it could', { streaming: false, heard: 'dead' }, ['standby.not-streaming']],
  [
    'its primary has just started, and it has not found it yet',
    { primary: host('one', { server: server({ upSeconds: 4 }) }), streaming: false, heard: 'dead' },
    [],
  ],
  [
    'H13: WAL kept for it nears the bound',
    { slot: { ...slot, walStatus: 'extended', safeBytes: 100 * MEGABYTE } },
    ['slot.bound'],
  ],
  ['replay lags in bytes', { lag: { receiveBytes: 0, replayBytes: 65 * MEGABYTE, replaySeconds: 1 } }, ['lag.replay']],
  ['replay lags in seconds', { lag: { receiveBytes: 0, replayBytes: 5, replaySeconds: 61 } }, ['lag.replay']],
  [
    'it receives too slowly',
    { lag: { receiveBytes: 65 * MEGABYTE, replayBytes: 1, replaySeconds: 1 } },
    ['lag.receive'],
  ],
  ['H36: a volume is full', { standby: host('two', { disk: { freeBytes: 0, totalBytes: GIGABYTE } }) }, ['disk.full']],
  [
    'a full volume took the standby with it',
    { standby: host('two', { server: dead(), disk: { freeBytes: 0, totalBytes: GIGABYTE } }), ...gone },
    ['disk.full'],
  ],
  [
    'little room',
    { primary: host('one', { disk: { freeBytes: 900 * MEGABYTE, totalBytes: 100 * GIGABYTE } }) },
    ['disk.low'],
  ],
  [
    'a small volume with as little room',
    { primary: host('one', { disk: { freeBytes: 900 * MEGABYTE, totalBytes: 2 * GIGABYTE } }) },
    [],
  ],
  ['a certificate ends in 29 days', { primary: host('one', { certificates: expires(29) }) }, ['certificate.expires']],
  ['a certificate ends in 30 days', { primary: host('one', { certificates: expires(30) }) }, []],
  ['a service does not start with its host', { standby: host('two', { starts: false }) }, ['service.disabled']],
  [
    'a fenced server’s service does not start, rightly',
    { standby: host('two', { server: dead('stopped'), starts: false }), ...gone },
    ['standby.down'],
  ],
  ['H40: two minor versions', { standby: standby({ version: '17.9' }) }, ['version.minor']],
  ['a run of Zapas is at work', { busy: true, standby: host('two', { server: dead() }), ...gone }, []],
];

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
    const [silent] = found(sample({ primary: host('one', { server: dead() }), port: false, ready: 'silent', ...gone }));
    expect(silent).toMatchObject({ mend: 'primary', host: 'one', severity: 'critical', params: { state: 'crashed' } });
    const [old] = found(
      sample({ primary: host('one', { server: server({ timeline: 2 }) }), standby: standby({ writable: true }) }),
    );
    expect(old).toMatchObject({ host: 'two' });
  });

  it('decides nothing between a limit and half of it, and nothing of a host that does not answer', () => {
    expect([20, 45, 70].map((seconds) => verdictOf('standby', lag(seconds)))).toEqual(['good', 'unknown', 'bad']);
    const away = sample({ standby: unreachable('two'), ...gone });
    expect(['disk:two', 'certificate:two', 'service:two'].map((subject) => verdictOf(subject, away))).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
    expect(verdictOf('disk:one', away)).toBe('good');
  });

  it('says nothing of a standby whose primary is gone: that is no fault of its own', () => {
    const one = sample({ primary: unreachable('one'), port: false, ready: 'silent', ...gone });
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
