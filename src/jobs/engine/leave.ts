import type { ErrorRef } from '../../domain/errors.ts';
import { OpsError } from '../../domain/errors.ts';

/** Why a worker lets go of a run that is not at its end. */
export type LeaveReason = 'lost-lease' | 'stopped' | 'shutdown' | 'store';

/** Ends an advance early; no failure of the run. Used as the reason of abort signals, too. */
export class Leave extends Error {
  readonly why: LeaveReason;

  constructor(why: LeaveReason, cause?: unknown) {
    super(why, cause === undefined ? undefined : { cause });
    this.name = 'Leave';
    this.why = why;
  }
}

/** A run that cannot go on. With `unknown` it cannot be told what became of its last change. */
export class RunFailure extends Error {
  readonly error: ErrorRef;
  readonly unknown: boolean;
  /** The step that is to blame, when it is not the one the run has come to. */
  readonly step: string | undefined;

  constructor(
    thrown: OpsError | ErrorRef,
    { unknown = false, step, cause = thrown }: { unknown?: boolean; step?: string; cause?: unknown } = {},
  ) {
    super(thrown.code, { cause });
    this.name = 'RunFailure';
    this.error = thrown instanceof OpsError ? thrown.ref() : thrown;
    this.unknown = unknown;
    this.step = step;
  }
}

/** Throws the {@link Leave} behind the signal, if it was aborted. */
export function leaveIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw signal.reason instanceof Leave ? signal.reason : new Leave('shutdown');
}

/** Waits; an abort ends the wait by throwing its {@link Leave}. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  leaveIfAborted(signal);
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
  leaveIfAborted(signal);
}
