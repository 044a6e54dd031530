import type { Point } from './watch.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Fewer points, or a shorter time, tell nothing of days. */
const LEAST_POINTS = 6;
const LEAST_MS = 30 * 60 * 1000;
/** How much of the movement the line has to explain: a volume that fills and is cleared again does not "fill". */
const LEAST_FIT = 0.7;

/** Days until the host's volume is full if it goes on as it did; undefined when it does not fill, or nobody can tell. */
export function daysUntilFull(history: readonly Point[], host: string): number | undefined {
  const seen = history.flatMap(({ at, free }) => {
    const bytes = free[host];
    return bytes === undefined ? [] : [{ x: Date.parse(at), y: bytes }];
  });
  const first = seen[0];
  const last = seen.at(-1);
  if (!first || !last || seen.length < LEAST_POINTS || last.x - first.x < LEAST_MS) return undefined;
  const { slope, fit } = regression(seen.map(({ x, y }) => ({ x: (x - first.x) / DAY_MS, y })));
  return slope < 0 && fit >= LEAST_FIT ? last.y / -slope : undefined;
}

interface Line {
  readonly slope: number;
  /** The share of the variance that the line explains (r²). */
  readonly fit: number;
}

/** Least squares. */
function regression(points: readonly { readonly x: number; readonly y: number }[]): Line {
  const x = mean(points.map((point) => point.x));
  const y = mean(points.map((point) => point.y));
  const sum = (term: (dx: number, dy: number) => number): number =>
    points.reduce((total, point) => total + term(point.x - x, point.y - y), 0);
  const xx = sum((dx) => dx * dx);
  const yy = sum((_, dy) => dy * dy);
  const xy = sum((dx, dy) => dx * dy);
  return xx === 0 || yy === 0 ? { slope: 0, fit: 0 } : { slope: xy / xx, fit: (xy * xy) / (xx * yy) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
