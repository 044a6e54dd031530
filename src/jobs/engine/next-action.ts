import type { ErrorRef } from '../../domain/errors.ts';
import type { PlannedChange, PlannedStep } from '../../domain/plan.ts';
import { canonicalJson } from '../../domain/plan.ts';
import type { GateKind, Run } from '../../domain/run.ts';
import type { Runbook } from '../../domain/runbook.ts';
import type { Assessment, Check, Effect, Step } from '../../domain/step.ts';

/** What this claim has already done. */
export interface Seen {
  /** The plan was made under this claim, on the state as it still is. */
  readonly planned: boolean;
  /** The approval was checked under this claim. */
  readonly approvalChecked: boolean;
  /** The site expects disruptions now: nobody has to confirm them. */
  readonly maintenance: boolean;
}

/** What comes next for a run. */
export type Action =
  | { readonly do: 'leave' | 'stop' | 'undo' | 'plan' | 'check-approval' | 'finish' }
  | {
      readonly do: 'assess';
      readonly step: Step;
      /** It was begun before; something an earlier worker started may still be under way. */
      readonly resumed: boolean;
    };

/** Decides what comes next. Pure; everything the engine does to a run begins here. */
export function nextAction(run: Run, runbook: Runbook, seen: Seen): Action {
  if (run.state !== 'ready') return { do: 'leave' };
  if (run.stopAsked && !run.pastPointOfNoReturn) return { do: 'stop' };
  if (run.undoing) return { do: 'undo' };
  if (!run.plan) return { do: 'plan' };
  const step = runbook.steps.find(({ id }) => progressOf(run, id)?.state !== 'done');
  if (!step) return { do: 'finish' };
  if (run.granted?.kind === 'approve' && !seen.approvalChecked) return { do: 'check-approval' };
  const state = progressOf(run, step.id)?.state;
  return { do: 'assess', step, resumed: state === 'running' || state === 'failed' };
}

function progressOf(run: Run, step: string): Run['steps'][number] | undefined {
  return run.steps.find(({ id }) => id === step);
}

/** What an assessment leads to. `settle`: nothing to change, but the end state has to come. */
export type Course =
  | { readonly do: 'done' | 'apply' | 'settle' | 'plan' }
  | { readonly do: 'fail'; readonly error: ErrorRef }
  | { readonly do: 'gate'; readonly kind: GateKind }
  | { readonly do: 'drift'; readonly reasons: readonly ErrorRef[] };

/** A step's conclusion, with its changes as the plan shows them. */
export interface Concluded {
  readonly assessment: Pick<Assessment, 'check'>;
  readonly planned: readonly PlannedChange[];
}

/**
 * Decides what to do with a step that was just assessed.
 *
 * Nothing is changed before the gate: a runbook with an irreversible step waits for an approval before its first needed step
 * that is more than a read, also when that step by itself could be undone. Asking needs a plan of now, so that people decide
 * on what is, not on what was.
 */
export function courseOf(run: Run, runbook: Runbook, step: Step, concluded: Concluded, seen: Seen): Course {
  const { check } = concluded.assessment;
  const changes = concluded.planned;
  if (check === 'done') return { do: 'done' };
  if (check !== 'needed') return notNeeded(run, step, check);
  if (step.effect === 'read') return readCourse(step, changes);
  const gate = missingGate(run, runbook, step, seen);
  if (gate) return seen.planned ? { do: 'gate', kind: gate } : { do: 'plan' };
  const reasons = leftThePlan(run, step, changes);
  if (reasons.length > 0) return { do: 'drift', reasons };
  return { do: changes.length > 0 ? 'apply' : 'settle' };
}

function notNeeded(run: Run, step: Step, check: Exclude<Check, string>): Course {
  if ('blocked' in check) return { do: 'fail', error: check.blocked };
  if (!run.attested.includes(step.id)) return { do: 'gate', kind: 'attest' };
  return {
    do: 'fail',
    error: { code: 'internal.bug', params: { detail: `${step.id} does not take its attestation` } },
  };
}

function readCourse(step: Step, changes: readonly PlannedChange[]): Course {
  if (changes.length === 0) return { do: 'settle' };
  return { do: 'fail', error: { code: 'internal.bug', params: { detail: `read step ${step.id} wants to change` } } };
}

/** The decision that is still to be had before this step may change anything. */
function missingGate(run: Run, runbook: Runbook, step: Step, seen: Seen): 'approve' | 'confirm' | undefined {
  if (runbook.steps.some(({ effect }) => effect === 'irreversible'))
    return run.granted?.kind === 'approve' ? undefined : 'approve';
  if (seen.maintenance || runbook.unattended) return undefined;
  const granted = run.granted !== undefined;
  // The confirmed plan said that this step had nothing to do: nobody has agreed to it.
  if (step.effect === 'disruptive')
    return granted && plannedStep(run, step.id)?.check !== 'done' ? undefined : 'confirm';
  return granted || !disruptionAhead(run) ? undefined : 'confirm';
}

/** Is there a disruptive step left that is needed, or of which it cannot be told yet? */
function disruptionAhead(run: Run): boolean {
  const left = (run.plan?.steps ?? []).filter(({ id }) => progressOf(run, id)?.state !== 'done');
  return left.some(({ effect, check }) => effect === 'disruptive' && check !== 'done');
}

/** Where the changes are not those that were approved; empty when they are, or when nobody had to approve them. */
export function leftThePlan(run: Run, step: Step, changes: readonly PlannedChange[]): readonly ErrorRef[] {
  if (run.granted?.kind !== 'approve') return [];
  const approved = plannedStep(run, step.id)?.changes ?? [];
  if (canonicalJson(approved) === canonicalJson(changes)) return [];
  const at = changes.findIndex((change, index) => canonicalJson(change) !== canonicalJson(approved[index] ?? null));
  const index = at === -1 ? changes.length : at;
  const params = { what: step.id, approved: inWords(approved[index]), now: inWords(changes[index]) };
  return [{ code: 'run.drifted', params }];
}

function inWords(change: PlannedChange | undefined): string {
  return change ? `${change.host}: ${change.text}` : '-';
}

function plannedStep(run: Run, id: string): PlannedStep | undefined {
  return run.plan?.steps.find((step) => step.id === id);
}

/**
 * Is a step that says `blocked` while the plan is made a reason not to begin at all?
 *
 * Only when nothing before it is going to change anything: every earlier step is done or merely reads. A block behind a needed
 * step may exist only because that step has not run yet (no standby to look at before there is a standby); it is judged when
 * the run gets there. An attestation before it is no such change: nobody should attest for a run that cannot go on.
 */
export function isFatalBlock(earlier: readonly { readonly effect: Effect; readonly check: Check }[]): boolean {
  return earlier.every(({ effect, check }) => effect === 'read' || check === 'done');
}
