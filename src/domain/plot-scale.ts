import type { PlotPoint } from './plot.ts';

/** A point where something was measured. */
export interface Measured {
  readonly x: number;
  readonly y: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** What people read off a clock. */
const TIME_STEPS = [
  MINUTE / 12,
  MINUTE / 6,
  MINUTE / 2,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
] as const;
const MOST_TIME_TICKS = 6;

/** Four to six marks from 0 to at least the greatest value, in steps of 1, 2 or 5 of a unit of 1024. */
export function byteTicks(greatest: number): readonly number[] {
  let unit = 1;
  while (unit * 1024 <= greatest) unit *= 1024;
  const rough = Math.max(1, greatest / unit / 4);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = unit * power * ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10);
  const count = Math.max(1, Math.ceil(greatest / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** Round moments between the two, at most six. */
export function timeTicks(from: number, to: number): readonly number[] {
  const step =
    TIME_STEPS.find((size) => (to - from) / size <= MOST_TIME_TICKS) ?? Math.ceil((to - from) / MOST_TIME_TICKS);
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, index) => first + index * step);
}

/** The stretches that were measured without a gap. */
export function segmentsOf(points: readonly PlotPoint[], gapMs: number): readonly (readonly Measured[])[] {
  const segments: Measured[][] = [];
  let before: number | undefined;
  for (const { x, y } of points) {
    if (y === null) {
      before = undefined;
      continue;
    }
    if (before === undefined || x - before > gapMs) segments.push([]);
    segments.at(-1)?.push({ x, y });
    before = x;
  }
  return segments;
}

/** At most so many points: of each stretch of time the greatest, because peaks are what people look for. The ends stay. */
export function decimated(segment: readonly Measured[], most: number): readonly Measured[] {
  const [first] = segment;
  const last = segment.at(-1);
  if (!first || !last || segment.length <= most) return segment;
  const width = (last.x - first.x) / most;
  const kept = new Map<number, Measured>();
  for (const point of segment) {
    const bucket = Math.floor((point.x - first.x) / width);
    const best = kept.get(bucket);
    if (!best || point.y > best.y) kept.set(bucket, point);
  }
  return [first, ...[...kept.values()].filter((point) => point !== first && point !== last), last];
}
