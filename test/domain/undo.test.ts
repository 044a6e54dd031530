import { describe, expect, it } from 'vitest';
import { outOfBounds } from '../../src/domain/approval.ts';
import { decide } from '../../src/domain/decide.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import type { Run, RunEvent } from '../../src/domain/run.ts';
import { ANNA, after, EVIDENCE, event, gate, granted, plan, planned, plannedStep, refusalOf, waiting } from './runs.ts';

const failure = { code: 'verify.failed', params: {} } as const;
const begin = event({ type: 'undo-started', error: failure });

const done = (step: string): RunEvent => event({ type: 'step-finished', step, unchanged: false, findings: [] });

/** A switchover whose primary was stopped, and whose proof then failed. */
function stopped(over: Partial<Evidence> = {}): Run {
  const steps = [
    plannedStep('toy.prepare'),
    plannedStep('toy.stop', { effect: 'disruptive' }),
    plannedStep('toy.proof', { effect: 'read' }),
    plannedStep('toy.promote', { effect: 'irreversible' }),
  ];
  const made = after(
    planned(),
    event({ type: 'planned', plan: plan(steps, { evidence: { ...EVIDENCE, ...over } }), planHash: 'h' }),
  );
  return after(
    made,
    done('toy.prepare'),
    done('toy.stop'),
    event({ type: 'step-failed', step: 'toy.proof', error: failure }),
  );
}

describe('putting back what a run did', () => {
  it('is written down before it begins: the disruption is undone, what nobody notices stays', () => {
    const run = after(stopped(), begin);
    expect(run.undoing).toBe(true);
    expect(run.error).toEqual(failure);
    expect(run.steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'toy.prepare done',
      'toy.stop pending',
      'toy.proof failed',
      'toy.promote pending',
    ]);
  });

  it('names the steps that put something back, once', () => {
    const back = event({ type: 'undone', steps: ['toy.put-back'] });
    const run = after(stopped(), begin, back, begin, back);
    expect([run.undoing, run.undone]).toEqual([undefined, ['toy.put-back']]);
  });

  it('is refused past the point of no return', () => {
    const past = after(
      waiting(),
      granted(),
      event({ type: 'step-started', step: 'failover.promote', irreversible: true }),
    );
    expect(refusalOf(decide(past, begin))).toBe('run.past-point-of-no-return');
  });
});

describe('Stop of a run that waits for a person', () => {
  const lost = event({ type: 'attention', error: { code: 'exec.outcome-unknown', params: {} } });
  const stop = event({ type: 'stop-asked' }, ANNA);

  it('is a worker’s work when a healthy primary may be stopped: it has to be started again', () => {
    const run = after(stopped({ planned: true }), lost);
    expect(decide(run, stop)).toEqual({ events: [stop] });
    expect(after(run, stop)).toMatchObject({ state: 'ready', stopAsked: ANNA });
  });

  it('ends every other run at once', () => {
    expect(decide(after(stopped(), lost), stop)).toMatchObject({ events: [stop, { type: 'finished' }] });
  });
});

describe('a run that is given up', () => {
  const lost = event({ type: 'attention', error: { code: 'exec.outcome-unknown', params: {} } });
  const abandon = event({ type: 'settled', verdict: 'abandon' }, ANNA);

  it('puts its healthy primary back first: nobody knows whether it was stopped', () => {
    const run = after(stopped({ planned: true }), lost, abandon);
    expect(run).toMatchObject({ state: 'ready', stopAsked: ANNA });
  });

  it('is over at once when that was tried, and whoever gives it up was told that the primary may stand still', () => {
    const told = event({ type: 'attention', error: { code: 'run.not-put-back', params: {} } });
    const run = after(stopped({ planned: true }), lost, abandon, told, abandon);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'run.not-put-back' } });
  });

  it('is over at once past the point of no return, and where nothing healthy was stopped', () => {
    const past = after(
      stopped({ planned: true }),
      event({ type: 'step-started', step: 'toy.promote', irreversible: true }),
      lost,
    );
    for (const run of [past, after(stopped(), lost)]) expect(after(run, abandon).state).toBe('failed');
  });
});

describe('the bounds of a planned change of roles', () => {
  const bounds = gate().bounds;
  if (!bounds) throw new Error('no bounds');
  const evidence = { ...EVIDENCE, planned: true } as const;

  it('allow the primary to live and to go on writing', () => {
    const now = { ...evidence, primaryAlive: true, receiveLsn: 'F/5000000' };
    expect(outOfBounds(bounds, now)).toEqual([]);
    expect(outOfBounds(bounds, { ...now, planned: undefined } as never)).toHaveLength(2);
  });

  it('hold it to its timeline and to what was received before', () => {
    expect(outOfBounds(bounds, { ...evidence, timeline: 2 })).toHaveLength(1);
    expect(outOfBounds(bounds, { ...evidence, receiveLsn: '0/1000000' })).toHaveLength(1);
  });
});
