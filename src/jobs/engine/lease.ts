import { OpsError } from '../../domain/errors.ts';
import { Leave, leaveIfAborted } from './leave.ts';

/** A point in time that neither a stepped wall clock nor a suspended machine can make younger than it is. */
export interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

export function moment(): Moment {
  return { wall: Date.now(), monotonic: performance.now() };
}

/** Milliseconds since then, by the less favourable of the two clocks. */
function elapsed(since: Moment): number {
  const now = moment();
  return Math.max(now.wall - since.wall, now.monotonic - since.monotonic);
}

/** Our right to a run, kept alive by a heartbeat. */
export interface Lease {
  /** Aborted with a {@link Leave} when the lease is lost. */
  readonly lost: AbortSignal;
  /** Aborted with a {@link Leave} when the lease is lost or somebody stopped the run. */
  readonly halt: AbortSignal;
  /**
   * Throws {@link Leave} unless the lease holds by the local clock, counted from before the last successful renewal was
   * asked. Called right before every act that cannot be repeated: it stops a worker that was frozen and thawed.
   */
  check(): void;
  /** Ends the heartbeat. */
  end(): void;
}

/**
 * Keeps a claim alive by renewing it four times per `ttlMs`. A store that does not answer is no loss by itself: the lease then
 * runs out by the clock.
 */
export function holdLease(
  claimedAt: Moment,
  ttlMs: number,
  renew: () => Promise<{ readonly held: boolean; readonly stopAsked: boolean }>,
): Lease {
  const lost = new AbortController();
  const stopped = new AbortController();
  let confirmed = claimedAt;
  let renewing = false;

  const lose = (cause: unknown): void => lost.abort(new Leave('lost-lease', cause));
  const beat = async (): Promise<void> => {
    if (elapsed(confirmed) >= ttlMs) lose(new OpsError('run.lost-lease'));
    if (renewing || lost.signal.aborted) return;
    renewing = true;
    const asked = moment();
    try {
      const { held, stopAsked } = await renew();
      if (!held) lose(new OpsError('run.lost-lease'));
      confirmed = asked;
      if (stopAsked) stopped.abort(new Leave('stopped'));
    } catch {
      // The store is away; the clock decides how long we may go on without it.
    } finally {
      renewing = false;
    }
  };
  const timer = setInterval(() => void beat(), ttlMs / 4);
  return {
    lost: lost.signal,
    halt: AbortSignal.any([lost.signal, stopped.signal]),
    check() {
      if (elapsed(confirmed) >= ttlMs) lose(new OpsError('run.lost-lease'));
      leaveIfAborted(lost.signal);
    },
    end: () => clearInterval(timer),
  };
}
