import type { ErrorCode } from '../../domain/errors.ts';
import { ERRORS, OpsError } from '../../domain/errors.ts';
import type { Run } from '../../domain/run.ts';

/** How often the changes of one step are applied under one claim, at most. */
export const MAX_APPLICATIONS = 3;

/** What a failed change leads to, before anything else is known. */
export interface AfterError {
  /** Look at the host again; the step may be done all the same. */
  readonly look: boolean;
  /** If it then still is needed, apply it again. */
  readonly repeat: boolean;
  /** Until the host was looked at, it cannot be told whether the change happened. */
  readonly unknown: boolean;
}

const LOOK_AND_REPEAT: readonly ErrorCode[] = ['exec.outcome-unknown', 'file.changed', 'job.vanished'];
const UNKNOWN: readonly ErrorCode[] = ['exec.outcome-unknown', 'job.vanished'];

/**
 * Decides by the registry's retry class: `never` fails, `safe` started nothing and is repeated, `after-verify` looks first. Of
 * the last, only a lost link and a file that changed under the plan are repeated: a command that said no would say no again.
 * A job that vanished is looked after too: the step's own check says whether it can go on from what is there.
 */
export function afterError(code: ErrorCode): AfterError {
  const { retry } = ERRORS[code];
  const repeat = retry === 'safe' || LOOK_AND_REPEAT.includes(code);
  return { look: repeat || retry === 'after-verify', repeat, unknown: UNKNOWN.includes(code) };
}

/**
 * How a run ends that cannot go on. Past the point of no return, and when an outcome is unknown, it keeps the cluster and waits
 * for a person: a retry goes on from the very step. Otherwise it is over: steps are idempotent, so it can be asked for again.
 */
export function endOf(run: Pick<Run, 'pastPointOfNoReturn'>, unknown: boolean): 'attention' | 'failed' {
  return run.pastPointOfNoReturn || unknown ? 'attention' : 'failed';
}

/** May a question that failed like this be put again at once? */
export function isTransient(error: unknown): error is OpsError {
  return error instanceof OpsError && (error.retry === 'safe' || error.code === 'exec.outcome-unknown');
}
