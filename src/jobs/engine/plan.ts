import type { ErrorRef } from '../../domain/errors.ts';
import { errorRef } from '../../domain/errors.ts';
import type { Plan, PlannedStep } from '../../domain/plan.ts';
import { planHash } from '../../domain/plan.ts';
import type { Step } from '../../domain/step.ts';
import type { Assessed } from './assess.ts';
import { assess } from './assess.ts';
import { Leave } from './leave.ts';
import { isFatalBlock } from './next-action.ts';
import type { Session } from './session.ts';
import { redactError, redactFindings } from './session.ts';
import { noteSighting } from './sighting.ts';

/** A plan, and why it cannot be begun, if so. */
export interface Planned {
  readonly plan: Plan;
  readonly hash: string;
  readonly blocked?: { readonly step: string; readonly error: ErrorRef };
}

/**
 * Assesses every step on the current state and makes the plan of it. Nothing is changed. Throws the first step's error when a
 * question could not be answered, unless a step before it already blocks the run.
 *
 * The steps are assessed side by side: the answers are shared, and many small questions over a slow link cost one round trip
 * instead of many.
 */
export async function makePlan(session: Session): Promise<Planned> {
  const { run, runbook, roles, cluster } = session;
  const outcomes = await assessAll(runbook.steps, (step) => assess(session, step));
  const steps: PlannedStep[] = [];
  let blocked: Planned['blocked'];
  for (const [index, step] of runbook.steps.entries()) {
    const outcome = outcomes[index];
    if (outcome instanceof Error && !blocked) throw outcome;
    const planned = planStep(session, step, outcome);
    if (!blocked && isBlocked(planned) && isFatalBlock(steps))
      blocked = { step: step.id, error: planned.check.blocked };
    steps.push(planned);
  }
  const evidence = outcomes
    .flatMap((outcome) => (isAssessed(outcome) ? (outcome.assessment.evidence ?? []) : []))
    .at(0);
  if (evidence) await noteSighting(session, { evidence });
  const preview = runbook.preview && !blocked ? await makePreview(session) : undefined;
  const plan: Plan = {
    v: 1,
    runbook: runbook.id,
    cluster: cluster.id,
    ...roles,
    options: run.options,
    steps,
    ...(evidence && { evidence: session.redactor.deep(evidence) }),
    ...(preview && { preview }),
  };
  return { plan, hash: planHash(plan), ...(blocked && { blocked }) };
}

/** What the previewed runbook would do beside our own steps, with its default options; a question without an answer blocks its step only. */
async function makePreview(session: Session): Promise<readonly PlannedStep[]> {
  if (!session.runbook.preview) return [];
  const { steps: all, options } = session.deps.runbook(session.runbook.preview);
  const steps = all.filter(({ id }) => !session.runbook.steps.some((own) => own.id === id));
  const defaults = options.parse({});
  const outcomes = await assessAll(steps, (step) => assess(session, step, defaults));
  return steps.map((step, index) => planStep(session, step, outcomes[index]));
}

type Outcome = Assessed | Error;

async function assessAll(steps: readonly Step[], one: (step: Step) => Promise<Assessed>): Promise<readonly Outcome[]> {
  const settled = await Promise.allSettled(steps.map(one));
  return settled.map((result) => {
    if (result.status === 'fulfilled') return result.value;
    const reason: unknown = result.reason;
    if (reason instanceof Leave) throw reason;
    return reason instanceof Error ? reason : new Error(String(reason));
  });
}

function isAssessed(outcome: Outcome | undefined): outcome is Assessed {
  return outcome !== undefined && !(outcome instanceof Error);
}

function isBlocked(step: PlannedStep): step is PlannedStep & { readonly check: { readonly blocked: ErrorRef } } {
  return typeof step.check === 'object' && 'blocked' in step.check;
}

function planStep(session: Session, { id, manual, effect }: Step, outcome: Outcome | undefined): PlannedStep {
  const { redactor } = session;
  if (!isAssessed(outcome)) {
    const check = { blocked: redactError(redactor, errorRef(outcome)) };
    return { id, manual, effect, check, changes: [], findings: [] };
  }
  const { assessment, planned } = outcome;
  const { check } = assessment;
  return {
    id,
    manual,
    effect,
    check: typeof check === 'object' && 'blocked' in check ? { blocked: redactError(redactor, check.blocked) } : check,
    changes: planned,
    findings: redactFindings(redactor, assessment.findings),
  };
}
