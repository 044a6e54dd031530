import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { PlannedChange, PlannedStep } from '../../../src/domain/plan.ts';
import { planHash } from '../../../src/domain/plan.ts';
import type { Run } from '../../../src/domain/run.ts';
import type { Runbook } from '../../../src/domain/runbook.ts';
import type { Check, Effect, Step } from '../../../src/domain/step.ts';
import { afterError, endOf } from '../../../src/jobs/engine/failure.ts';
import { courseOf, isFatalBlock, nextAction } from '../../../src/jobs/engine/next-action.ts';
import {
  ANNA,
  after,
  event,
  gate,
  granted,
  plan,
  planned,
  plannedStep,
  ready,
  STEPS,
  waiting,
} from '../../domain/runs.ts';

const step = (id: string, effect: Effect): Step => ({
  id: `toy.${id}`,
  manual: [],
  effect,
  assess: () => Promise.reject(new Error('not asked here')),
});

const runbook = (...steps: readonly Step[]): Runbook => ({ id: 'setup', options: z.object({}), steps });

const FAILOVER = runbook(
  { ...step('evidence', 'read'), id: 'failover.evidence' },
  { ...step('fence', 'disruptive'), id: 'failover.fence' },
  { ...step('promote', 'irreversible'), id: 'failover.promote' },
);
const [EVIDENCE_STEP, FENCE] = FAILOVER.steps as readonly [Step, Step, Step];
const FRESH = { planned: true, approvalChecked: false, maintenance: false };
const LATER = { ...FRESH, planned: false };
const CHANGE: PlannedChange = { host: 'one', kind: 'exec', text: 'systemctl stop postgresql' };

const done = (run: Run, ...ids: readonly string[]): Run =>
  after(run, ...ids.map((id) => event({ type: 'step-finished', step: id, unchanged: false, findings: [] })));

describe('what comes next', () => {
  it.each([
    ['nothing for a run that waits', waiting(), { do: 'leave' }],
    ['the plan, when there is none', ready(), { do: 'plan' }],
    ['Stop before everything else', after(ready(), event({ type: 'stop-asked' }, ANNA)), { do: 'stop' }],
    [
      'to put back what an earlier worker began to, before anything else is done',
      after(planned(), event({ type: 'undo-started' })),
      { do: 'undo' },
    ],
    [
      'the first step that is not done',
      done(planned(), 'failover.evidence'),
      { do: 'assess', step: FENCE, resumed: false },
    ],
    [
      'the step a crashed worker had begun, as one that was begun',
      after(
        done(planned(), 'failover.evidence'),
        event({ type: 'step-started', step: 'failover.fence', irreversible: false }),
      ),
      { do: 'assess', step: FENCE, resumed: true },
    ],
    ['the end, when all is done', done(planned(), ...STEPS.map(({ id }) => id)), { do: 'finish' }],
    ['the check of an approval, before anything rests on it', after(waiting(), granted()), { do: 'check-approval' }],
  ])('is %s', (_what, run, action) => {
    expect(nextAction(run, FAILOVER, LATER)).toEqual(action);
  });

  it('an approval is checked once under a claim', () => {
    const action = nextAction(after(waiting(), granted()), FAILOVER, { ...LATER, approvalChecked: true });
    expect(action).toEqual({ do: 'assess', step: EVIDENCE_STEP, resumed: false });
  });
});

const approved = (changes: readonly PlannedChange[]): Run => {
  const steps = STEPS.map((one) => (one.id === 'failover.fence' ? { ...one, changes } : one));
  const made = plan(steps);
  const open = after(planned(steps), event({ type: 'gate-opened', gate: gate({ planHash: planHash(made) }) }));
  return after(open, granted());
};

describe('what an assessment leads to', () => {
  const course = (run: Run, of: Step, check: Check, changes: readonly PlannedChange[] = [CHANGE], seen = FRESH) =>
    courseOf(run, FAILOVER, of, { assessment: { check }, planned: changes }, seen);

  it('a step that is done is done', () => {
    expect(course(planned(), FENCE, 'done', [])).toEqual({ do: 'done' });
  });

  it('a block fails, an attestation asks, once', () => {
    const error = { code: 'primary.alive', params: {} } as const;
    expect(course(planned(), FENCE, { blocked: error })).toEqual({ do: 'fail', error });
    expect(course(planned(), FENCE, { attest: true })).toEqual({ do: 'gate', kind: 'attest' });
    const attested: Run = { ...planned(), attested: [FENCE.id] };
    expect(course(attested, FENCE, { attest: true })).toMatchObject({ do: 'fail', error: { code: 'internal.bug' } });
  });

  it('a reading step that is not there yet waits, without any gate; one that would change something is a bug', () => {
    expect(course(planned(), EVIDENCE_STEP, 'needed', [])).toEqual({ do: 'settle' });
    expect(course(planned(), EVIDENCE_STEP, 'needed')).toMatchObject({ do: 'fail', error: { code: 'internal.bug' } });
  });

  it('the first change of an irreversible runbook waits for an approval, though it could itself be undone (ADR 5)', () => {
    expect(course(planned(), FENCE, 'needed')).toEqual({ do: 'gate', kind: 'approve' });
  });

  it('nobody is asked about a plan made under an earlier claim', () => {
    expect(course(planned(), FENCE, 'needed', [CHANGE], LATER)).toEqual({ do: 'plan' });
  });

  it('a confirmation is no approval', () => {
    const run: Run = { ...planned(), granted: gate({ kind: 'confirm' }) };
    expect(course(run, FENCE, 'needed')).toEqual({ do: 'gate', kind: 'approve' });
  });

  it('approved changes are applied', () => {
    expect(course(approved([CHANGE]), FENCE, 'needed')).toEqual({ do: 'apply' });
  });

  it.each([
    ['another command', [{ ...CHANGE, text: 'systemctl stop sshd' }], [CHANGE]],
    ['the same command elsewhere', [{ ...CHANGE, host: 'two' }], [CHANGE]],
    ['another content', [{ ...CHANGE, contentHash: 'b' }], [{ ...CHANGE, contentHash: 'a' }]],
    ['one command more', [CHANGE, CHANGE], [CHANGE]],
    ['one command less', [CHANGE], [CHANGE, CHANGE]],
    ['a change where none was planned', [CHANGE], []],
  ])('%s is not what was approved', (_what, now, then) => {
    expect(course(approved(then), FENCE, 'needed', now)).toMatchObject({
      do: 'drift',
      reasons: [{ code: 'run.drifted', params: { what: 'failover.fence' } }],
    });
  });
});

const setupRun = (check: PlannedStep['check'], confirmed: boolean): Run => {
  const steps = [
    plannedStep('toy.look', { effect: 'read', check: 'done' }),
    plannedStep('toy.write'),
    plannedStep('toy.restart', { effect: 'disruptive', check }),
  ];
  return { ...planned(steps, 'setup'), ...(confirmed && { granted: gate({ kind: 'confirm' }) }) };
};

describe('the confirmation of a disruption', () => {
  const write = step('write', 'reversible');
  const restart = step('restart', 'disruptive');
  const book = runbook(step('look', 'read'), write, restart);
  const course = (of: Step, check: PlannedStep['check'], confirmed: boolean) =>
    courseOf(setupRun(check, confirmed), book, of, { assessment: { check: 'needed' }, planned: [CHANGE] }, FRESH).do;

  it('is asked before the first change, when a restart is ahead', () => {
    expect(course(write, 'needed', false)).toBe('gate');
    expect(course(write, 'needed', true)).toBe('apply');
  });

  it('is asked, too, when it cannot be told yet whether a restart is ahead', () => {
    expect(course(write, { blocked: { code: 'fact.unreadable', params: {} } }, false)).toBe('gate');
  });

  it('is not asked in a maintenance window; an approval is', () => {
    const seen = { ...FRESH, maintenance: true };
    const concluded = { assessment: { check: 'needed' }, planned: [CHANGE] } as const;
    expect(courseOf(setupRun('needed', false), book, restart, concluded, seen).do).toBe('apply');
    expect(courseOf(planned(), FAILOVER, FENCE, concluded, seen)).toEqual({ do: 'gate', kind: 'approve' });
  });

  it('is not asked when none is', () => {
    expect(course(write, 'done', false)).toBe('apply');
  });

  it('is asked of nobody where a server only is kept down that has lost its role', () => {
    const of = step('fence', 'disruptive');
    const assessed = { assessment: { check: 'needed' as const }, planned: [CHANGE] };
    const course = (book: Runbook) => courseOf(setupRun('needed', false), book, of, assessed, FRESH).do;
    expect([course(runbook(of)), course({ ...runbook(of), unattended: true })]).toEqual(['gate', 'apply']);
  });

  it('is asked anew for a restart that the confirmed plan did not have', () => {
    expect(course(restart, 'done', true)).toBe('gate');
    expect(course(restart, 'needed', true)).toBe('apply');
  });
});

const earlier = (effect: Effect, check: Check) => ({ effect, check });

describe('a block while planning', () => {
  it.each([
    ['at the very beginning', [], true],
    ['behind steps that are done', [earlier('reversible', 'done'), earlier('disruptive', 'done')], true],
    ['behind reading steps, whatever they say', [earlier('read', 'needed'), earlier('read', { attest: true })], true],
    ['behind a step that will change something', [earlier('reversible', 'needed')], false],
    [
      'behind a step that is blocked behind such a step',
      [earlier('reversible', 'needed'), earlier('disruptive', 'done')],
      false,
    ],
  ] as const)('%s: fatal %o', (_where, steps, fatal) => {
    expect(isFatalBlock(steps)).toBe(fatal);
  });
});

describe('a change that failed', () => {
  it.each([
    ['host.unreachable', { look: true, repeat: true, unknown: false }],
    ['host.busy', { look: true, repeat: true, unknown: false }],
    ['exec.outcome-unknown', { look: true, repeat: true, unknown: true }],
    ['file.changed', { look: true, repeat: true, unknown: false }],
    ['job.vanished', { look: true, repeat: true, unknown: true }],
    ['exec.failed', { look: true, repeat: false, unknown: false }],
    ['exec.timeout', { look: true, repeat: false, unknown: false }],
    ['file.write-failed', { look: true, repeat: false, unknown: false }],
    ['job.failed', { look: false, repeat: false, unknown: false }],
    ['host.key-changed', { look: false, repeat: false, unknown: false }],
    ['pg-hba.rejected', { look: false, repeat: false, unknown: false }],
  ] as const)('by %s: %o', (code, then) => {
    expect(afterError(code)).toEqual(then);
  });

  it('keeps the run for a person when its outcome is unknown, or past the point of no return', () => {
    const ends = [false, true].flatMap((past) =>
      [false, true].map((unknown) => endOf({ pastPointOfNoReturn: past }, unknown)),
    );
    expect(ends).toEqual(['failed', 'attention', 'attention', 'attention']);
  });
});
