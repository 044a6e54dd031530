import type { ErrorRef } from '../../domain/errors.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Step } from '../../domain/step.ts';
import { applyChange } from './apply-change.ts';
import type { Assessed } from './assess.ts';
import { assess, delaysFor, hasBegun, persist } from './assess.ts';
import { barrier } from './barrier.ts';
import { pause, RunFailure } from './leave.ts';
import type { Session } from './session.ts';
import { reached, record } from './session.ts';

/** How often a step that puts something back is tried, at most. */
const MAX_TRIES = 3;

/**
 * Puts back what the run has done, where its runbook says how; only before the point of no return, and only when something was
 * begun. That it has begun is written down first, so another worker goes on with it. `error` is what the run will end with.
 * Throws {@link RunFailure} (unknown) when it cannot be proven that all is as it was.
 */
export async function undo(session: Session, error?: ErrorRef): Promise<void> {
  const { run, runbook } = session;
  const steps = runbook.putBack ?? [];
  if (steps.length === 0 || run.pastPointOfNoReturn || !(run.undoing || hasBegun(run))) return;
  if (!run.undoing) await record(session, { type: 'undo-started', ...(error && { error }) });
  await reached(session, 'undo-started');
  const changed: string[] = [];
  for (const step of steps) if (await putBack(session, step)) changed.push(step.id);
  session.asker.forget();
  session.planned = false;
  session.approvalCheckedAt = undefined;
  await record(session, { type: 'undone', steps: changed });
}

/** Carries one such step out; false when there was nothing to do. */
async function putBack(session: Session, step: Step): Promise<boolean> {
  try {
    const first = await look(session, step, []);
    const hosts = first.assessment.changes.map(({ host }) => host);
    // Behind the barrier nothing of what is put back can still be under way.
    let seen = hosts.length > 0 ? await look(session, step, hosts) : first;
    if (seen.assessment.verified) return false;
    const { check } = seen.assessment;
    if (typeof check === 'object' && 'blocked' in check) throw new RunFailure(check.blocked);
    for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
      await applyAll(session, step, seen, attempt === MAX_TRIES);
      seen = await settled(session, step);
      if (seen.assessment.verified) return true;
    }
    throw new OpsError('verify.failed', { step: step.id });
  } catch (error) {
    throw notPutBack(error, step);
  }
}

async function look(session: Session, step: Step, hosts: readonly string[]): Promise<Assessed> {
  session.asker.forget();
  return await persist(session, step.id, delaysFor(session.deps.timing.silenceMs), async () => {
    await barrier(session, hosts);
    return await assess(session, step);
  });
}

/** A change that fails is tried again with all others: each of them may be repeated. */
async function applyAll(session: Session, step: Step, { assessment }: Assessed, last: boolean): Promise<void> {
  try {
    for (const change of assessment.changes) await applyChange(session, step, change);
  } catch (error) {
    if (!(error instanceof OpsError) || last) throw error;
    session.deps.log.warn({ run: session.run.id, step: step.id, code: error.code }, 'putting back failed; again');
    await pause(session.deps.timing.retryDelaysMs[0] ?? 0, session.questions);
  }
}

async function settled(session: Session, step: Step): Promise<Assessed> {
  let seen = await look(session, step, []);
  for (const delay of session.deps.timing.settleDelaysMs) {
    if (seen.assessment.verified) return seen;
    await pause(delay, session.questions);
    seen = await look(session, step, []);
  }
  return seen;
}

function notPutBack(thrown: unknown, step: Step): unknown {
  const cause = thrown instanceof RunFailure ? thrown.error : thrown instanceof OpsError ? thrown.ref() : undefined;
  if (!cause) return thrown;
  const host = typeof cause.params['host'] === 'string' ? { host: cause.params['host'] } : {};
  const params = { step: step.id, code: cause.code, ...host };
  return new RunFailure({ code: 'run.not-put-back', params }, { unknown: true, cause: thrown });
}
