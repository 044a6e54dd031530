import type { ErrorRef } from '../../domain/errors.ts';
import { OpsError } from '../../domain/errors.ts';
import { isExpected } from '../../domain/maintenance.ts';
import type { Step } from '../../domain/step.ts';
import type { Assessed } from './assess.ts';
import { patience, persist } from './assess.ts';
import { endOf } from './failure.ts';
import { checkApproval, evidenceIsStale, openGate } from './gates.ts';
import { Leave, leaveIfAborted, RunFailure } from './leave.ts';
import type { Course, Seen } from './next-action.ts';
import { courseOf, nextAction } from './next-action.ts';
import { makePlan } from './plan.ts';
import { awaitEndState, carryOut, finish, lookAt } from './run-step.ts';
import type { Session } from './session.ts';
import { reached, record, redactError } from './session.ts';
import { endingOf, stopRun } from './stop.ts';
import { undo } from './undo.ts';

/** What a turn asks for next: another turn, a plan before that, or nothing more under this claim. */
type Turn = 'again' | 'plan' | 'over';

/** Takes turns with the run until it waits, is over, or has to be left. Throws {@link Leave}. */
export async function drive(session: Session): Promise<void> {
  let turn: Turn = 'again';
  while (turn !== 'over') {
    try {
      leaveIfAborted(session.questions);
      if (turn === 'plan') await plan(session);
      turn = turn === 'plan' ? 'again' : await takeTurn(session);
    } catch (error) {
      if (error instanceof Leave && error.why === 'stopped') return await stop(session);
      if (error instanceof Leave) throw error;
      await fail(session, error);
      turn = 'over';
    }
  }
}

function seenBy({ deps, cluster, planned, approvalCheckedAt }: Session): Seen {
  const maintenance = isExpected(deps.inventory, cluster, deps.now());
  return { planned, approvalChecked: approvalCheckedAt !== undefined, maintenance };
}

async function takeTurn(session: Session): Promise<Turn> {
  const action = nextAction(session.run, session.runbook, seenBy(session));
  switch (action.do) {
    case 'leave':
      return 'over';
    case 'stop':
      throw new Leave('stopped');
    case 'undo':
      return await goBack(session);
    case 'plan':
      return 'plan';
    case 'check-approval':
      return await holdToApproval(session);
    case 'assess':
      return await blaming(action.step, () => takeStep(session, action.step, action.resumed));
    case 'finish':
      await record(session, { type: 'finished', state: 'succeeded' });
      await reached(session, 'finished');
      return 'over';
  }
}

/** Puts the step's name on whatever keeps it from going on. */
async function blaming(step: Step, act: () => Promise<Turn>): Promise<Turn> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Leave) throw error;
    throw failureOf(error, step.id);
  }
}

function failureOf(thrown: unknown, step?: string): RunFailure {
  const failure = thrown instanceof RunFailure ? thrown : new RunFailure(asOpsError(thrown));
  const blamed = failure.step ?? step;
  return new RunFailure(failure.error, {
    unknown: failure.unknown,
    cause: failure.cause,
    ...(blamed && { step: blamed }),
  });
}

function asOpsError(thrown: unknown): OpsError {
  if (thrown instanceof OpsError) return thrown;
  return new OpsError('internal.bug', { detail: thrown instanceof Error ? thrown.message : String(thrown) }, thrown);
}

async function takeStep(session: Session, step: Step, resumed: boolean): Promise<Turn> {
  const assessed = await lookAt(session, step, resumed);
  const course = courseOf(session.run, session.runbook, step, assessed, seenBy(session));
  if (course.do === 'apply' && step.effect === 'irreversible' && evidenceIsStale(session))
    return await holdToApproval(session);
  return await follow(session, step, assessed, course, resumed);
}

async function follow(
  session: Session,
  step: Step,
  assessed: Assessed,
  course: Course,
  resumed: boolean,
): Promise<Turn> {
  switch (course.do) {
    case 'plan':
      return 'plan';
    case 'fail':
      throw new RunFailure(course.error);
    case 'drift':
      return await drift(session, course.reasons);
    case 'gate':
      await openGate(session, step, course.kind);
      return 'again';
    case 'done':
      await finish(session, step, assessed, !resumed);
      return 'again';
    case 'settle':
      await awaitEndState(session, step, assessed);
      return 'again';
    case 'apply':
      await carryOut(session, step, assessed);
      return 'again';
  }
}

/** Makes the plan on the current state. One that is blocked at once is recorded, too: it shows what stands in the way. */
async function plan(session: Session): Promise<void> {
  session.asker.forget();
  const made = await persist(session, undefined, patience(session), () => makePlan(session));
  if (made.hash !== session.run.planHash)
    await record(session, { type: 'planned', plan: made.plan, planHash: made.hash });
  session.planned = true;
  await reached(session, 'planned');
  if (made.blocked) throw new RunFailure(made.blocked.error, { step: made.blocked.step });
}

async function holdToApproval(session: Session): Promise<Turn> {
  session.asker.forget();
  const reasons = await checkApproval(session);
  await reached(session, 'approval-checked');
  if (reasons.length > 0) return await drift(session, reasons);
  session.approvalCheckedAt = session.deps.now();
  return 'again';
}

/** Back to the gate: the plan is made anew, and nothing happens before that is approved. Past the point of no return, a person. */
async function drift(session: Session, reasons: readonly ErrorRef[]): Promise<Turn> {
  if (session.run.pastPointOfNoReturn) throw new RunFailure(reasons[0] ?? { code: 'run.drifted', params: {} });
  await undo(session);
  await record(session, { type: 'drifted', reasons });
  session.approvalCheckedAt = undefined;
  return 'plan';
}

/** Goes on with what an earlier worker began to put back: the run ends with the error it had then, or is planned anew. */
async function goBack(session: Session): Promise<Turn> {
  const { error } = session.run;
  await undo(session);
  if (!error) return 'plan';
  await record(session, { type: 'finished', state: 'failed', error });
  await reached(session, 'finished');
  return 'over';
}

async function stop(session: Session): Promise<void> {
  const ending = await endingOf(session);
  try {
    await stopRun(ending);
  } catch (error) {
    if (error instanceof Leave) throw error;
    await fail(ending, error);
  } finally {
    session.run = ending.run;
  }
}

/** How the run ends, after what it did was put back; undefined when that failed, and a person has it now. */
async function endingWith(
  session: Session,
  error: ErrorRef,
  unknown: boolean,
): Promise<ReturnType<typeof endOf> | undefined> {
  const end = endOf(session.run, unknown);
  if (end !== 'failed') return end;
  try {
    await undo(session, error);
    return end;
  } catch (failure) {
    if (failure instanceof Leave) throw failure;
    const told = redactError(session.redactor, failureOf(failure).error);
    session.deps.log.error({ run: session.run.id, code: told.code, params: told.params }, 'not put back');
    await record(session, { type: 'attention', error: told });
    await reached(session, 'finished');
    return undefined;
  }
}

/** Ends the run, or hands it to a person. */
async function fail(session: Session, thrown: unknown): Promise<void> {
  const failure = failureOf(thrown);
  const { deps, run, redactor } = session;
  const { step, unknown } = failure;
  const error = redactError(redactor, failure.error);
  deps.log.error({ run: run.id, step, code: error.code, params: error.params }, 'run cannot go on');
  if (error.code === 'internal.bug' && thrown instanceof Error)
    deps.log.error({ run: run.id, stack: redactor.text(thrown.stack ?? '') }, 'this is a bug');
  if (step !== undefined && !unknown) await record(session, { type: 'step-failed', step, error });
  const end = await endingWith(session, error, unknown);
  if (!end) return;
  await record(session, end === 'attention' ? { type: end, error } : { type: 'finished', state: end, error });
  await reached(session, 'finished', step);
}
