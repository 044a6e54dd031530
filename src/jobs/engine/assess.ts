import type { PlannedChange } from '../../domain/plan.ts';
import { sha256 } from '../../domain/plan.ts';
import type { HostGateway } from '../../domain/ports.ts';
import type { Redactor } from '../../domain/redact.ts';
import { createRedactor } from '../../domain/redact.ts';
import type { Run } from '../../domain/run.ts';
import type { Word } from '../../domain/secret.ts';
import type { Assessment, Change, Step, StepInput } from '../../domain/step.ts';
import { isTransient } from './failure.ts';
import { leaveIfAborted, pause } from './leave.ts';
import type { Session } from './session.ts';
import { gatewayOf, stepInput } from './session.ts';

/** A step's conclusion, with its changes as people read them. */
export interface Assessed {
  readonly assessment: Assessment;
  readonly planned: readonly PlannedChange[];
}

/**
 * Assesses a step once, by default with the options of this run. Throws host errors, and a `Leave` when the claim has ended
 * meanwhile.
 */
export async function assess(session: Session, step: Step, options?: StepInput['options']): Promise<Assessed> {
  // Of its own, so that the same step gives the same text whatever other secrets this worker happens to know.
  const own = createRedactor();
  try {
    const ask = session.asker.forStep(step.id, [session.redactor, own]);
    const assessment = await step.assess(ask, stepInput(session, options));
    const planned = assessment.changes.map((change) => renderChange(change, gatewayOf(session, change.host), own));
    return { assessment, planned };
  } finally {
    // An aborted question can look like a silent host; what was concluded from it counts for nothing.
    leaveIfAborted(session.questions);
  }
}

/** Repeats a question that failed because a host did not answer, after each of the delays; shows whom the step waits for. */
export async function persist<Value>(
  session: Session,
  step: string | undefined,
  delays: Iterable<number>,
  question: () => Promise<Value>,
): Promise<Value> {
  for (const delay of delays) {
    try {
      return await question();
    } catch (error) {
      if (!isTransient(error)) throw error;
      session.deps.log.warn({ run: session.run.id, step, code: error.code, delay }, 'no answer; asking again');
      const { host } = error.params;
      if (step !== undefined && typeof host === 'string') await showWaiting(session, step, host);
      await pause(delay, session.questions);
      session.asker.forget();
    }
  }
  return await question();
}

async function showWaiting({ deps, run, fence }: Session, step: string, waitsFor: string): Promise<void> {
  const progress = { step, done: 0, total: 0, unit: 'percent', jobOffset: 0, waitsFor } as const;
  await deps.runs.setProgress(run.id, fence.token, progress).catch(() => undefined);
}

/**
 * How long to wait for a host that does not answer. A run that has changed nothing says so soon; one that is in the middle of
 * its work outlasts a link that is cut for a while.
 */
export function patience({ deps, run }: Session): Iterable<number> {
  return hasBegun(run)
    ? delaysFor(deps.timing.silenceMs)
    : delaysWithin(deps.timing.retryDelaysMs, deps.timing.soonMs, deps.now);
}

/** Has it changed something, or may it have? */
export function hasBegun(run: Run): boolean {
  return run.steps.some(({ id, state, unchanged }) => {
    const effect = run.plan?.steps.find((step) => step.id === id)?.effect;
    return (
      effect !== 'read' && (state === 'running' || state === 'failed' || (state === 'done' && unchanged === false))
    );
  });
}

/** The delays, until so much time has passed: a host that refuses at once is asked four times, one that swallows questions twice. */
function* delaysWithin(delays: readonly number[], totalMs: number, now: () => Date): Generator<number> {
  const end = now().getTime() + totalMs;
  for (const delay of delays) {
    if (now().getTime() >= end) return;
    yield delay;
  }
}

/** Growing delays that add up to about that long. */
export function* delaysFor(totalMs: number): Generator<number> {
  for (let delay = 1_000, spent = 0; spent < totalMs; delay = Math.min(delay * 2, 15_000)) {
    yield delay;
    spent += delay;
  }
}

function renderChange(change: Change, gateway: HostGateway, redactor: Redactor): PlannedChange {
  const { host, kind } = change;
  if (change.kind === 'write') return { host, kind, text: redactor.text(change.path), ...hashOf(change.content) };
  return { host, kind, text: redactor.text(gateway.render(change.command)), ...hashOf(change.command.stdin) };
}

function hashOf(content: Word | undefined): { readonly contentHash?: string } {
  return typeof content === 'string' ? { contentHash: sha256(content) } : {};
}
