/** Where pg_basebackup is. Sizes are bytes; `total` is the server's estimate and may be too low (H33). */
export interface BackupProgress {
  readonly done: number;
  readonly total: number;
  /** 0 to 100, as printed: may stand at 100 while data still comes. */
  readonly percent: number;
  readonly tablespaces: { readonly done: number; readonly total: number };
}

/** One measurement by the caller's clock. */
export interface Sample {
  /** Milliseconds, any epoch. */
  readonly at: number;
  readonly bytes: number;
}

/** What the estimator remembers; opaque, serialisable, begins as {@link NO_SAMPLES}. */
export interface EtaState {
  readonly samples: readonly Sample[];
}

export const NO_SAMPLES: EtaState = { samples: [] };

/** How far back the rate looks: long enough to ride over a checkpoint's stall, short enough to follow a throttle. */
const WINDOW_MS = 60_000;
const MAX_SAMPLES = 120;
const PROGRESS_LINE = /^\s*(\d+)\/(\d+) kB \((\d+)%\), (\d+)\/(\d+)/;

/**
 * The newest complete progress line in a piece of pg_basebackup's stderr, or `undefined`. Lines end in newline or carriage
 * return; the words after the numbers are translated, so only numbers are read (H33, H45).
 */
export function parseProgress(output: string): BackupProgress | undefined {
  const lines = output.split(/[\r\n]+/);
  for (const line of lines.reverse()) {
    const match = PROGRESS_LINE.exec(line);
    if (match === null) continue;
    const [done = 0, total = 0, percent = 0, spacesDone = 0, spacesTotal = 0] = match.slice(1).map(Number);
    const tablespaces = { done: spacesDone, total: spacesTotal };
    return { done: done * 1024, total: total * 1024, percent: Math.min(percent, 100), tablespaces };
  }
  return undefined;
}

/** Folds one sample in. A sample that goes back in time or in bytes (a clone started anew) makes a fresh start. */
export function addSample(state: EtaState, sample: Sample): EtaState {
  const last = state.samples.at(-1);
  if (last !== undefined && (sample.at < last.at || sample.bytes < last.bytes)) return { samples: [sample] };
  const recent = state.samples.filter(({ at }) => at >= sample.at - WINDOW_MS);
  return { samples: [...recent, sample].slice(-MAX_SAMPLES) };
}

/** Bytes per second over the window; `undefined` until there are two moments. */
export function rate(state: EtaState): number | undefined {
  const first = state.samples[0];
  const last = state.samples.at(-1);
  if (first === undefined || last === undefined || last.at <= first.at) return undefined;
  return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
}

/** Seconds until `total` bytes, rounded up; `undefined` when nothing moved in the window. 0 when it is reached. */
export function etaSeconds(state: EtaState, total: number): number | undefined {
  const last = state.samples.at(-1);
  if (last !== undefined && last.bytes >= total) return 0;
  const speed = rate(state);
  if (last === undefined || speed === undefined || speed <= 0) return undefined;
  return Math.ceil((total - last.bytes) / speed);
}
