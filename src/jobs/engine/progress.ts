import type { Progress } from '../../domain/ports.ts';
import type { JobChange } from '../../domain/step.ts';
import { addSample, etaSeconds, NO_SAMPLES, parseProgress } from '../../runbooks/postgres/progress.ts';

/** How much of a job's newest output is searched for progress, in characters. */
const WINDOW = 4_096;
const PERCENT = /(\d{1,3})(?:\.\d+)?\s?%/g;

/** Where a job is, read from its output. */
export type Measure = Pick<Progress, 'done' | 'total' | 'unit' | 'etaSeconds'>;

export interface ProgressMeter {
  /** More output; `at` is milliseconds of any clock. The measure, when there is one. */
  read(output: string, at: number): Measure | undefined;
}

/** A meter for that kind of output; without a kind it never measures anything. */
export function createMeter(kind: JobChange['progress']): ProgressMeter {
  let recent = '';
  let samples = NO_SAMPLES;
  let measure: Measure | undefined;

  return {
    read(output, at) {
      recent = (recent + output).slice(-WINDOW);
      // The last line may still be growing: its numbers are not all there.
      const complete = recent.slice(0, Math.max(recent.lastIndexOf('\n'), recent.lastIndexOf('\r')) + 1);
      if (kind === 'percent') measure = percentIn(complete) ?? measure;
      if (kind === 'basebackup') {
        const found = parseProgress(complete);
        if (found) {
          samples = addSample(samples, { at, bytes: found.done });
          const total = Math.max(found.total, found.done);
          const eta = etaSeconds(samples, total);
          measure = { done: found.done, total, unit: 'bytes', ...(eta !== undefined && { etaSeconds: eta }) };
        }
      }
      return measure;
    },
  };
}

function percentIn(output: string): Measure | undefined {
  const last = [...output.matchAll(PERCENT)].at(-1)?.[1];
  return last === undefined ? undefined : { done: Math.min(Number(last), 100), total: 100, unit: 'percent' };
}
