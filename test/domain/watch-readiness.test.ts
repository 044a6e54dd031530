import { describe, expect, it } from 'vitest';
import type { FindingId } from '../../src/domain/findings.ts';
import type { Finding, Verdict } from '../../src/domain/step.ts';
import { WATCH_SETTINGS } from '../../src/domain/watch.ts';
import { readiness, readinessBy } from '../../src/domain/watch-readiness.ts';
import { CASES } from './watch-cases.ts';
import { sample, second } from './watches.ts';

const NOON = new Date(second(0));

describe('would a failover work now?', () => {
  it.each([
    ['a pair that is well', 'yes'],
    ['the primary’s process is gone', 'yes'],
    ['the standby was stopped', 'no'],
    ['H14: its slot was lost', 'limited'],
    ['H16: a parameter is too low, and replay stands still', 'no'],
    ['H2: it is on another timeline', 'no'],
    ['the standby’s host does not answer', 'no'],
    ['little room', 'yes'],
    ['H40: two minor versions', 'limited'],
  ])('%s: %s', (name, verdict) => {
    const found = CASES.find(([one]) => one === name);
    expect(found).toBeDefined();
    expect(readiness(sample(found?.[1]), [], NOON, WATCH_SETTINGS).verdict).toBe(verdict);
  });

  it('counts what is fine, and shows with each red item what spoils it', () => {
    const ready = readiness(sample({ parameters: ['max_connections'], replay: 'paused' }), [], NOON, WATCH_SETTINGS);
    const red = ready.items.filter((item) => item.verdict === 'red');
    expect(red.map(({ id, conditions }) => [id, conditions.map((one) => one.id)])).toEqual([
      ['replay', ['replay.paused']],
      ['parameters', ['parameters.low']],
    ]);
    expect(ready.fine).toBe(ready.items.length - 2);
  });
});

const finding = (id: FindingId, verdict: Verdict, host = 'two'): Finding => ({ id, verdict, host, params: {} });

describe('the same by the findings of a status', () => {
  const ok = [finding('standby.role', 'ok'), finding('streaming', 'ok'), finding('parameters', 'ok')];

  it.each<readonly [string, readonly Finding[], string, number]>([
    ['all is well', ok, 'yes', 3],
    [
      'the primary’s disk is nearly full, which is not the standby’s',
      [...ok, finding('disk.space', 'warning', 'one')],
      'yes',
      3,
    ],
    ['its own disk is', [...ok, finding('disk.space', 'warning')], 'limited', 3],
    ['replay is paused', [...ok, finding('replay', 'failed')], 'no', 3],
    ['it only lags', [...ok, finding('lag', 'warning')], 'limited', 3],
    ['it does not answer', [finding('standby.role', 'unknown')], 'unknown', 0],
    ['it takes no connections', [...ok, finding('hot-standby', 'warning')], 'no', 2],
    ['its slot on the primary is lost', [...ok, finding('slot.state', 'failed', 'one')], 'limited', 3],
  ])('%s', (_, findings, verdict, fine) => {
    expect(readinessBy(findings, 'two')).toMatchObject({ verdict, fine });
  });
});
