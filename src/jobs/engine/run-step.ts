import { OpsError } from '../../domain/errors.ts';
import type { Step } from '../../domain/step.ts';
import { applyChange } from './apply-change.ts';
import type { Assessed } from './assess.ts';
import { assess, patience, persist } from './assess.ts';
import { barrier, plannedHosts } from './barrier.ts';
import { afterError, MAX_APPLICATIONS } from './failure.ts';
import { pause, RunFailure } from './leave.ts';
import { leftThePlan } from './next-action.ts';
import type { Session } from './session.ts';
import { gatewayOf, reached, record, stored } from './session.ts';
import { noteSighting } from './sighting.ts';

/**
 * Assesses the step the run has come to. One that was begun before is looked at only after everything an earlier worker may
 * have left running has ended; its own check then tells whether it still has to be done.
 */
export async function lookAt(session: Session, step: Step, resumed: boolean): Promise<Assessed> {
  if (!resumed || step.effect === 'read')
    return (
      (await seenAhead(session, step)) ??
      (await persist(session, step.id, patience(session), () => assess(session, step)))
    );
  const planned = plannedHosts(session, step.id);
  const first = await lookAgain(session, step, planned, true);
  // What was blocked in the plan had no hosts there.
  const others = first.assessment.changes.map(({ host }) => host).filter((host) => !planned.includes(host));
  const seen = others.length > 0 ? await lookAgain(session, step, others, true) : first;
  // Irreversible work may be done a moment after its command: what says "needed" now is asked until it stays so.
  return step.effect === 'irreversible' ? await settle(session, step, seen, isNoLongerNeeded) : seen;
}

/** Puts the next step's questions beside those of this one: nothing that changes a host comes in between. */
function askAhead(session: Session, step: Step): void {
  const { steps } = session.runbook;
  const next = steps[steps.indexOf(step) + 1];
  if (!next) return;
  session.asker.ahead = next.id;
  void assess(session, next).catch(() => undefined);
}

/** What was asked ahead, when it lets the run go on. What speaks against that is asked again: it may be over by now. */
async function seenAhead(session: Session, step: Step): Promise<Assessed | undefined> {
  if (session.asker.ahead !== step.id) return undefined;
  try {
    const seen = await assess(session, step);
    if (seen.assessment.check === 'done' || seen.assessment.check === 'needed') return seen;
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
  }
  session.asker.forget();
  return undefined;
}

/** Looks at hosts in the middle of a step, behind a barrier on those named. With `unknown`, silence leaves the outcome unknown. */
async function lookAgain(session: Session, step: Step, hosts: readonly string[], unknown: boolean): Promise<Assessed> {
  session.asker.forget();
  try {
    return await persist(session, step.id, patience(session), async () => {
      await barrier(session, hosts);
      askAhead(session, step);
      return await assess(session, step);
    });
  } catch (error) {
    throw error instanceof OpsError ? new RunFailure(error, { unknown }) : error;
  }
}

/** Asks until the answer will do, or the delays are over; returns the last one. */
async function settle(
  session: Session,
  step: Step,
  first: Assessed,
  willDo: (seen: Assessed) => boolean,
  delays: Iterable<number> = session.deps.timing.settleDelaysMs,
): Promise<Assessed> {
  let seen = first;
  for (const delay of delays) {
    if (willDo(seen)) return seen;
    await pause(delay, session.questions);
    seen = await lookAgain(session, step, [], true);
  }
  return seen;
}

/** Waits until the step's end state holds, for as long as that may take. */
function settled(session: Session, step: Step, first: Assessed): Promise<Assessed> {
  return settle(session, step, first, isVerified, lasting(session.deps.timing.settleDelaysMs, step.settlesWithinMs));
}

/** The delays, the last of them repeated until that much time is spent. */
function* lasting(delays: readonly number[], totalMs = 0): Generator<number> {
  let left = totalMs;
  for (const delay of delays) {
    yield delay;
    left -= delay;
  }
  for (const delay = delays.at(-1) ?? left; left > 0; left -= delay) yield delay;
}

function isNoLongerNeeded({ assessment }: Assessed): boolean {
  return assessment.check !== 'needed';
}

function isVerified({ assessment }: Assessed): boolean {
  return assessment.verified;
}

/** Good enough after a failure: nobody can say that the change was in vain. */
function isAchieved({ assessment }: Assessed): boolean {
  return assessment.verified || assessment.check === 'done';
}

/** Marks the step begun, applies its changes, proves its end state and finishes it. Throws {@link RunFailure}. */
export async function carryOut(session: Session, step: Step, assessed: Assessed): Promise<void> {
  await begin(session, step);
  let next = assessed;
  for (let application = 1; ; application += 1) {
    const failure = await applyAll(session, step, next);
    session.asker.forget();
    session.planned = false;
    if (!failure) {
      return await conclude(
        session,
        step,
        await settled(session, step, await lookAgain(session, step, [], true)),
        false,
      );
    }
    next = await afterFailure(session, step, next, failure, application);
    if (isAchieved(next)) return await finish(session, step, next, false);
  }
}

/** Waits for the end state of a step that has nothing to change, and finishes it. Throws {@link RunFailure}. */
export async function awaitEndState(session: Session, step: Step, assessed: Assessed): Promise<void> {
  await begin(session, step);
  await conclude(session, step, await settled(session, step, assessed), true);
}

async function begin(session: Session, step: Step): Promise<void> {
  if (session.run.steps.some(({ id, state }) => id === step.id && state === 'running')) return;
  await record(session, { type: 'step-started', step: step.id, irreversible: step.effect === 'irreversible' });
  await reached(session, 'step-started', step.id);
}

/** Applies the changes in order, up to the first that fails. */
async function applyAll(session: Session, step: Step, { assessment }: Assessed): Promise<OpsError | undefined> {
  for (const [index, change] of assessment.changes.entries()) {
    await reached(session, 'change-started', step.id, index);
    try {
      await applyChange(session, step, change);
    } catch (error) {
      if (error instanceof OpsError) return error;
      throw error;
    }
    await reached(session, 'change-applied', step.id, index);
  }
  return undefined;
}

/** What is left to do after a change failed. Throws {@link RunFailure} when that is nothing. */
async function afterFailure(
  session: Session,
  step: Step,
  tried: Assessed,
  failure: OpsError,
  application: number,
): Promise<Assessed> {
  const { look, repeat, unknown } = afterError(failure.code);
  if (!look) throw new RunFailure(failure);
  session.deps.log.warn({ run: session.run.id, step: step.id, code: failure.code }, 'change failed; looking again');
  // A change that never reached its host left nothing there to wait for.
  const started = failure.retry !== 'safe';
  if (!started) await pause(session.deps.timing.retryDelaysMs[application - 1] ?? 0, session.questions);
  const hosts = started ? tried.assessment.changes.map(({ host }) => host) : [];
  const first = await lookAgain(session, step, hosts, started);
  const seen = step.effect === 'irreversible' ? await settle(session, step, first, isAchieved) : first;
  if (isAchieved(seen)) return seen;
  if (seen.assessment.check !== 'needed') throw new RunFailure(failure, { unknown });
  if (!repeat || application >= MAX_APPLICATIONS)
    throw new RunFailure(failure, { unknown: failure.code === 'job.vanished' });
  const [drift] = leftThePlan(session.run, step, seen.planned);
  if (drift) throw new RunFailure(drift);
  return seen;
}

async function conclude(session: Session, step: Step, seen: Assessed, unchanged: boolean): Promise<void> {
  if (seen.assessment.verified) return await finish(session, step, seen, unchanged);
  const { check, unproven = { code: 'verify.failed', params: { step: step.id } } } = seen.assessment;
  throw new RunFailure(typeof check === 'object' && 'blocked' in check ? check.blocked : unproven);
}

/** Records what goes with the step's completion, then the completion, and clears away its jobs. */
export async function finish(session: Session, step: Step, seen: Assessed, unchanged: boolean): Promise<void> {
  const { deps, run, runbook, roles } = session;
  const { findings, report } = seen.assessment;
  await noteSighting(session, seen.assessment);
  if (runbook.swapsRolesAfter === step.id) {
    // Before the completion: a crash in between repeats this, a crash the other way round would lose it.
    const swapped = { primary: roles.standby, standby: roles.primary };
    await stored(() => deps.clusters.setRoles(run.cluster, swapped, run.id));
    await reached(session, 'roles-set', step.id);
  }
  await record(session, { type: 'step-finished', step: step.id, unchanged, findings, ...(report && { report }) });
  await reached(session, 'step-finished', step.id);
  for (const [id, host] of session.jobs)
    await gatewayOf(session, host)
      .removeJob(id, session.acts)
      .catch(() => undefined);
  session.jobs.clear();
}
