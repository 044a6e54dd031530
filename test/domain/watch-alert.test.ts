import { describe, expect, it } from 'vitest';
import type { Condition, ConditionId } from '../../src/domain/watch.ts';
import { CONDITIONS } from '../../src/domain/watch.ts';
import type { Alert, AlertEvent } from '../../src/domain/watch-alert.ts';
import { ALERT_SETTINGS, hold, observe } from '../../src/domain/watch-alert.ts';
import type { SubjectVerdict } from '../../src/domain/watch-judge.ts';
import { ANNA } from './runs.ts';
import { second } from './watches.ts';

const condition = (id: ConditionId): Condition => ({
  id,
  subject: 'standby',
  severity: CONDITIONS[id].severity,
  mend: 'standby',
  host: 'two',
  params: {},
});

/** `.` well, `?` nobody can tell, `b` the standby is down, `n` it does not stream, `l` lag, `p` the primary is silent, `u` it
 * lives and only we do not reach it. */
const LETTERS: Readonly<Record<string, readonly ConditionId[]>> = {
  b: ['standby.down'],
  n: ['standby.not-streaming'],
  l: ['lag.replay'],
  p: ['primary.silent'],
  u: ['primary.unreachable'],
};

function verdict(letter: string): SubjectVerdict {
  const conditions = (LETTERS[letter] ?? []).map(condition);
  const said = letter === '?' ? 'unknown' : conditions.length > 0 ? 'bad' : 'good';
  return { subject: 'standby', verdict: said, conditions };
}

interface Told {
  readonly events: readonly (readonly [index: number, event: AlertEvent])[];
  readonly alert: Alert | undefined;
  readonly ids: readonly string[];
}

/** Plays samples one a minute; `meanwhile` is what people do after a sample. */
function play(samples: string, meanwhile: (alert: Alert, index: number) => Alert | undefined = () => undefined): Told {
  let alert: Alert | undefined;
  let made = 0;
  const ids = new Set<string>();
  const events: (readonly [number, AlertEvent])[] = [];
  for (const [index, letter] of samples.split('').entries()) {
    const seen = { at: second(index * 60), cluster: 'demo', site: 'clinic', verdict: verdict(letter), sightings: [] };
    const step = observe(alert, seen, ALERT_SETTINGS, () => `a-${(made += 1)}`);
    for (const event of step.events) {
      events.push([index, event]);
      if (step.alert) ids.add(step.alert.id);
    }
    alert = (step.alert && meanwhile(step.alert, index)) ?? step.alert;
  }
  return { events, alert, ids: [...ids] };
}

function cause(samples: string): ConditionId | undefined {
  return play(samples).alert?.conditions[0]?.id;
}

/** Anna takes it after the fourth sample. */
function take(alert: Alert, index: number): Alert | undefined {
  return index === 3 ? hold(alert, { by: ANNA, at: second(180) }) : undefined;
}

describe('an alert', () => {
  it.each<readonly [string, string, readonly (readonly [number, AlertEvent])[]]>([
    [
      'is told when it is sure, once, and when it is over',
      '..bbbbb...',
      [
        [3, 'raised'],
        [8, 'recovered'],
      ],
    ],
    ['is not told of a blip', '..b..b...b..', []],
    ['of lag, or of a silent primary, is told a little later', '.lll.ll', [[3, 'raised']]],
    [
      'stays one when its cause turns out to be another',
      'bbnnbb..',
      [
        [1, 'raised'],
        [7, 'recovered'],
      ],
    ],
    [
      'gets louder when it gets worse',
      'bbbppp',
      [
        [1, 'raised'],
        [4, 'worsened'],
      ],
    ],
    [
      'is neither confirmed nor over while nobody can tell',
      'b??b????.??.',
      [
        [3, 'raised'],
        [11, 'recovered'],
      ],
    ],
    [
      'is over later when it seemed over before',
      'bb.b.b........',
      [
        [1, 'raised'],
        [13, 'recovered'],
      ],
    ],
    [
      'that comes back soon is the same one',
      'bb..b.bb',
      [
        [1, 'raised'],
        [3, 'recovered'],
        [7, 'returned'],
      ],
    ],
    [
      'that comes back by another cause is another one',
      'bb..nn',
      [
        [1, 'raised'],
        [3, 'recovered'],
        [5, 'raised'],
      ],
    ],
    [
      'nobody takes is told again after half an hour if it is critical',
      `ppp${'p'.repeat(60)}`,
      [
        [2, 'raised'],
        [32, 'reminded'],
        [62, 'reminded'],
      ],
    ],
    ['that is not critical is not', `bb${'b'.repeat(90)}`, [[1, 'raised']]],
  ])('%s', (_, samples, expected) => {
    expect(play(samples).events).toEqual(expected);
  });

  it('of a primary that seems to live for a moment after its cable was pulled is told once, by its right name', () => {
    expect(play('uup').events).toEqual([[2, 'raised']]);
    expect(cause('uup')).toBe('primary.silent');
  });

  it('keeps the cause that was told while another one only flashes up, as when somebody mends it', () => {
    expect(['bbn', 'bbnbn', 'bbn..'].map(cause)).toEqual(['standby.down', 'standby.down', 'standby.down']);
    expect(cause('bbnn')).toBe('standby.not-streaming');
  });

  it('keeps its id while it lasts and when it returns', () => {
    expect(play('bb..bbnnpp').ids).toEqual(['a-1']);
    expect(play('bb..nn').ids).toEqual(['a-1', 'a-2']);
    expect(play(`bb..${'.'.repeat(40)}bb`).ids).toEqual(['a-1', 'a-2']);
  });

  it('that somebody took is told no more, unless it gets worse', () => {
    expect(play(`pppp${'p'.repeat(60)}..`, take).events).toEqual([
      [2, 'raised'],
      [65, 'recovered'],
    ]);
    expect(play('bbbbbbpp', take).events).toEqual([
      [1, 'raised'],
      [7, 'worsened'],
    ]);
  });

  it('that somebody put off is told when the time is over', () => {
    const until = second(10 * 60);
    const later = (alert: Alert, index: number) =>
      index === 3 ? hold(alert, { by: ANNA, at: second(180), until }) : undefined;
    const { events, alert } = play('b'.repeat(30), later);
    expect(events).toEqual([
      [1, 'raised'],
      [10, 'reminded'],
    ]);
    expect(alert?.held).toBeNull();
    expect(play(`${'b'.repeat(8)}..`, later).events).toEqual([
      [1, 'raised'],
      [9, 'recovered'],
    ]);
  });

  it('cannot be taken when it is over', () => {
    const { alert } = play('bb..');
    expect(alert && hold(alert, { by: ANNA, at: second(600) })).toBeUndefined();
  });

  it('pays no heed to a sample that comes late', () => {
    const { alert } = play('bb');
    const late = { at: second(30), cluster: 'demo', site: 'clinic', verdict: verdict('.'), sightings: [] };
    expect(observe(alert, late, ALERT_SETTINGS, () => 'x')).toEqual({ alert, events: [] });
  });
});

/** A generator that always gives the same. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

describe('whatever is seen, for two hours of samples', () => {
  const sequences = Array.from({ length: 300 }, (_, seed) => {
    const next = random(seed + 1);
    const letters = '..??bnlp'.slice(0, 2 + Math.floor(next() * 7));
    const length = 120;
    return Array.from({ length }, () => letters[Math.floor(next() * letters.length)]).join('');
  });

  it('no alert ends that did not begin, and none begins twice', () => {
    for (const samples of sequences) {
      const begins = play(samples)
        .events.filter(([, event]) => event !== 'worsened' && event !== 'reminded')
        .map(([, event]) => event !== 'recovered');
      expect({ samples, begins }).toEqual({ samples, begins: begins.map((_, index) => index % 2 === 0) });
    }
  });

  it('nothing flaps: the more often it comes back, the rarer people hear of it', () => {
    for (const samples of [...sequences, 'bb..'.repeat(30), 'bb...'.repeat(24), 'bb....'.repeat(20)]) {
      const { events } = play(samples);
      const begun = events.filter(([, event]) => event === 'raised' || event === 'returned').length;
      expect({ samples, many: begun > 10 }).toEqual({ samples, many: false });
    }
    expect(play('bb..'.repeat(30)).events.length).toBeLessThanOrEqual(4);
  });

  it('the version grows with every change, and only then', () => {
    for (const samples of sequences.slice(0, 60)) {
      const versions: number[] = [];
      let before: Alert | undefined;
      play(samples, (alert) => {
        if (before?.id === alert.id && before !== alert) versions.push(alert.version - before.version);
        before = alert;
        return undefined;
      });
      expect(versions.filter((grown) => grown < 1)).toEqual([]);
    }
  });
});
