import { describe, expect, it } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import { planHash } from '../../src/domain/plan.ts';
import type { Run, RunEvent } from '../../src/domain/run.ts';
import { evolve, isFinal, openGate, startRun } from '../../src/domain/run.ts';
import {
  ANNA,
  after,
  at,
  event,
  gate,
  granted,
  PIOTR,
  plan,
  planned,
  plannedStep,
  ready,
  refusalOf,
  rejected,
  requested,
  STEPS,
  waiting,
} from './runs.ts';

const failure = { code: 'verify.failed', params: {} } as const;
const attention = (): Run => after(planned(), event({ type: 'attention', error: failure }));
const succeeded = (): Run => after(planned(), event({ type: 'finished', state: 'succeeded' }));
const past = (): Run =>
  after(waiting(), granted(), event({ type: 'step-started', step: 'failover.promote', irreversible: true }));
const stop = (): RunEvent => event({ type: 'stop-asked' }, ANNA);
const settle = (verdict: 'retry' | 'abandon', by = ANNA): RunEvent => event({ type: 'settled', verdict }, by);

const expire = (minute: number): RunEvent => event({ type: 'gate-expired', number: 1 }, undefined, minute);

const STATES = {
  queued: () => requested(),
  ready: () => planned(),
  waiting: () => waiting(),
  attention,
  succeeded,
} as const;

describe('which event is taken in which state', () => {
  const made = plan(STEPS);
  const worker: readonly RunEvent[] = [
    event({ type: 'planned', plan: made, planHash: planHash(made) }),
    event({ type: 'drifted', reasons: [] }),
    event({ type: 'gate-opened', gate: gate() }),
    event({ type: 'step-started', step: 'failover.fence', irreversible: false }),
    event({ type: 'step-finished', step: 'failover.fence', unchanged: false, findings: [] }),
    event({ type: 'step-failed', step: 'failover.fence', error: failure }),
    event({ type: 'attention', error: failure }),
    event({ type: 'undo-started', error: failure }),
    event({ type: 'undone', steps: [] }),
    event({ type: 'finished', state: 'failed', error: failure }),
  ];
  const table: readonly (readonly [RunEvent, readonly (keyof typeof STATES)[]])[] = [
    [event({ type: 'admitted' }), ['queued']],
    ...worker.map((one) => [one, ['ready']] as const),
    [granted(), ['waiting']],
    [event({ type: 'gate-expired', number: 1 }, undefined, 15), ['waiting']],
    [stop(), ['queued', 'ready', 'waiting', 'attention']],
    [settle('retry'), ['attention']],
    [event({ type: 'refused', what: 'stop', error: failure }, ANNA), Object.keys(STATES) as (keyof typeof STATES)[]],
    [
      event({ type: 'report-taken', language: 'pl', format: 'html' }, ANNA),
      Object.keys(STATES) as (keyof typeof STATES)[],
    ],
  ];

  it.each(table)('%o', (proposed, taken) => {
    const states = Object.entries(STATES)
      .filter(([, make]) => 'events' in decide(make(), proposed))
      .map(([name]) => name);
    expect(states).toEqual(taken);
  });

  it('a run begins with a request and nothing else', () => {
    expect(() => startRun(event({ type: 'admitted' }))).toThrow(TypeError);
    expect(refusalOf(decide(ready(), event({ type: 'requested', ...requested(), runbook: 'check' })))).toBe(
      'run.wrong-state',
    );
  });
});

describe('a gate', () => {
  it('is open until it is decided, and lets the run go on when it is granted', () => {
    expect(openGate(waiting())).toMatchObject({ number: 1, kind: 'approve' });
    const run = after(waiting(), granted());
    expect(run).toMatchObject({ state: 'ready', granted: { number: 1, decision: { by: PIOTR } } });
    expect(openGate(run)).toBeUndefined();
  });

  it('takes one decision; the second is told who was first, where and when', () => {
    const decided = decide(after(waiting(), granted()), rejected('no'));
    expect(decided).toEqual({
      refused: {
        code: 'approval.already-decided',
        params: { by: 'piotr', verdict: 'granted', platform: 'slack', at: at(5) },
      },
    });
  });

  it.each([
    ['the requester approves', waiting(), granted(ANNA), 'approval.same-person'],
    ['no envelope comes with it', waiting(), granted(PIOTR, ''), 'approval.forged'],
    ['its time is over', waiting(), granted(PIOTR, 'signed', 15), 'approval.expired'],
    ['the plan is another by now', waiting({ planHash: 'other' }), granted(), 'approval.other-plan'],
    ['another gate is open', waiting({ number: 2 }), granted(), 'gate.not-open'],
    ['it is refused without a reason', waiting(), rejected(), 'approval.reason-missing'],
    ['it is refused with a blank reason', waiting(), rejected('  '), 'approval.reason-missing'],
    ['none is open', ready(), granted(), 'gate.not-open'],
  ])('refuses when %s', (_when, run, proposed, code) => {
    expect(refusalOf(decide(run, proposed))).toBe(code);
  });

  it('lets the requester confirm a disruption, without an envelope', () => {
    expect(after(waiting({ kind: 'confirm' }), granted(ANNA, '')).granted).toMatchObject({ kind: 'confirm' });
  });

  it('remembers an attestation and keeps an earlier approval', () => {
    const asked = after(
      after(waiting(), granted()),
      event({ type: 'gate-opened', gate: gate({ kind: 'attest', number: 2 }) }),
    );
    const run = after(asked, { ...granted(ANNA, ''), number: 2 } as RunEvent);
    expect(run).toMatchObject({ attested: ['failover.fence'], granted: { number: 1 }, state: 'ready' });
  });

  it('that is refused ends the run with who and why', () => {
    expect(after(waiting(), rejected('the primary is only slow'))).toMatchObject({
      state: 'cancelled',
      error: { code: 'approval.rejected', params: { by: 'piotr', note: 'the primary is only slow' } },
    });
  });

  it('expires at its time, not before, and ends the run', () => {
    expect(refusalOf(decide(waiting(), expire(14)))).toBe('gate.not-open');
    expect(after(waiting(), expire(15))).toMatchObject({ state: 'cancelled', error: { code: 'approval.expired' } });
  });

  it('that is not granted past the point of no return is a case for a person', () => {
    const asked = after(past(), event({ type: 'gate-opened', gate: gate({ kind: 'attest', number: 2 }) }));
    const expired = after(asked, event({ type: 'gate-expired', number: 2 }, undefined, 15));
    expect(expired).toMatchObject({ state: 'attention', error: { code: 'approval.expired' } });
  });

  it('after a drift is a new one with the next number; the old decision is void', () => {
    const run = after(after(waiting(), granted()), event({ type: 'drifted', reasons: [] }));
    expect(run.granted).toBeUndefined();
    expect(run.gate?.number).toBe(1);
    expect(refusalOf(decide(run, granted()))).toBe('approval.already-decided');
  });
});

describe('Stop', () => {
  it('ends at once a run that nobody works on', () => {
    for (const run of [requested(), waiting(), attention()])
      expect(after(run, stop())).toMatchObject({
        state: 'cancelled',
        error: { code: 'run.stopped', params: { by: 'anna' } },
      });
  });

  it('is noted for the worker in a run that is ready, once', () => {
    const run = after(planned(), stop());
    expect(run).toMatchObject({ state: 'ready', stopAsked: ANNA });
    expect(decide(run, stop())).toEqual({ events: [] });
  });

  it('once promised, bars the next step and the next gate from a worker that has not heard of it', () => {
    const run = after(planned(), stop());
    for (const next of [
      event({ type: 'step-started', step: 'failover.promote', irreversible: true }),
      event({ type: 'gate-opened', gate: gate() }),
    ])
      expect(refusalOf(decide(run, next))).toBe('run.stopped');
  });

  it('is refused past the point of no return, in every state', () => {
    const stuck = after(past(), event({ type: 'attention', error: failure }));
    for (const run of [past(), stuck]) expect(refusalOf(decide(run, stop()))).toBe('run.past-point-of-no-return');
  });
});

describe('a run in attention', () => {
  it('goes on when a person says so; they have a part in it from then on', () => {
    const run = after(attention(), settle('retry', PIOTR));
    expect(run).toMatchObject({ state: 'ready', participants: ['anna', 'piotr'] });
    expect(run.error).toBeUndefined();
  });

  it('settled by its approver keeps its approval', () => {
    const run = after(past(), event({ type: 'attention', error: failure }), settle('retry', PIOTR));
    expect(run).toMatchObject({ participants: ['anna'], granted: { number: 1 } });
  });

  it('that is abandoned has failed with its error', () => {
    expect(after(attention(), settle('abandon'))).toMatchObject({ state: 'failed', error: failure });
  });
});

describe('evolve', () => {
  it('counts every event', () => {
    expect(after(requested(), event({ type: 'admitted' })).version).toBe(2);
  });

  it('follows a step from pending to done, with its findings and report', () => {
    const begun = after(
      planned(),
      event({ type: 'step-started', step: 'failover.fence', irreversible: false }, undefined, 1),
    );
    expect(begun.steps[1]).toEqual({ id: 'failover.fence', state: 'running', startedAt: at(1) });
    const report = { kind: 'outage', milliseconds: 5, lastContact: null, firstWrite: at(1), timeline: 2 } as const;
    const finished = event(
      { type: 'step-finished', step: 'failover.fence', unchanged: false, findings: [], report },
      undefined,
      2,
    );
    const run = after(begun, finished);
    expect(run.steps[1]).toMatchObject({ state: 'done', startedAt: at(1), finishedAt: at(2), unchanged: false });
    expect(run.reports).toEqual([report]);
  });

  it('a new plan keeps what was done, except what it found undone', () => {
    const done = ['failover.evidence', 'failover.fence'].map((step) =>
      event({ type: 'step-finished', step, unchanged: false, findings: [] }),
    );
    const replan = (check: 'done' | 'needed'): Run => {
      const steps = STEPS.map((step) => (step.id === 'failover.fence' ? plannedStep(step.id, { check }) : step));
      return after(after(planned(), ...done), event({ type: 'planned', plan: plan(steps), planHash: 'h' }));
    };
    expect(replan('done').steps.map(({ state }) => state)).toEqual(['done', 'done', 'pending']);
    expect(replan('needed').steps.map(({ state }) => state)).toEqual(['done', 'pending', 'pending']);
  });

  it('is total: whatever is decided can be applied, and a final run takes nothing more', () => {
    for (const state of ['succeeded', 'failed', 'cancelled'] as const) {
      const run = evolve(planned(), event({ type: 'finished', state }));
      expect(isFinal(run.state)).toBe(true);
      for (const next of [stop(), granted(), settle('retry'), event({ type: 'admitted' })])
        expect(refusalOf(decide(run, next))).toBe('run.wrong-state');
    }
  });
});
