import type { Plot, PlotPoint } from '../domain/plot.ts';
import { plotSvg } from '../domain/plot.ts';
import { segmentsOf } from '../domain/plot-scale.ts';
import type { Point } from '../domain/watch.ts';
import type { Translator } from '../i18n/translate.ts';

const HOUR_MS = 3_600_000;

/** A picture before it is painted, and what it says to those who do not see it. */
export interface Picture {
  readonly name: string;
  readonly svg: string;
  readonly alt: string;
}

/** What a plot of lag is made of. */
export interface LagPlot {
  readonly cluster: string;
  /** Oldest first. */
  readonly points: readonly Point[];
  readonly now: Date;
  readonly hours: number;
  /** How often the pair is looked at. */
  readonly everyMs: number;
}

interface LagBetween extends Pick<LagPlot, 'cluster' | 'points' | 'everyMs'>, Pick<Plot, 'from' | 'to' | 'title'> {
  /** What it says to those who do not see it. */
  readonly words: 'plot.lag.alt' | 'incident.lag-alt';
}

/** Lag over the last hours. Undefined when nothing was measured in them. */
export function lagPicture(t: Translator, { cluster, points, now, hours, everyMs }: LagPlot): Picture | undefined {
  const to = now.getTime();
  const title = t.say('plot.lag.title', { cluster, hours });
  return lagBetween(t, { cluster, points, from: to - hours * HOUR_MS, to, everyMs, title, words: 'plot.lag.alt' });
}

/** Lag from one moment to another (milliseconds since 1970). Undefined when nothing was measured between them. */
export function lagBetween(t: Translator, plotted: LagBetween): Picture | undefined {
  const { cluster, points, from, to, everyMs, title, words } = plotted;
  const series = (pick: (point: Point) => number | null): readonly PlotPoint[] =>
    points.map((point) => ({ x: Date.parse(point.at), y: pick(point) })).filter(({ x }) => x >= from && x <= to);
  const replay = series(({ replayBytes }) => replayBytes);
  const receive = series(({ receiveBytes }) => receiveBytes);
  const values = replay.flatMap(({ y }) => (y === null ? [] : [y]));
  if (values.length === 0) return undefined;
  const gapMs = everyMs * 3;
  const plot: Plot = {
    title,
    series: [
      { label: t.say('plot.lag.replay'), points: replay },
      { label: t.say('plot.lag.receive'), points: receive },
    ],
    ...frame(t, from, to, gapMs),
  };
  const alt = t.say(words, {
    cluster,
    from: shortClock(t, from),
    to: shortClock(t, to),
    now: t.bytes(values.at(-1) ?? 0),
    most: t.bytes(Math.max(...values)),
    gaps: segmentsOf(replay, gapMs).length - 1,
  });
  return { name: `lag-${cluster}.png`, svg: plotSvg(plot), alt };
}

/** What a plot of a base backup is made of: how much had been copied at which moment (milliseconds since 1970). */
export interface BackupPlot {
  readonly cluster: string;
  readonly totalBytes: number;
  readonly progress: readonly { readonly at: number; readonly bytes: number }[];
}

/** The progress of a base backup. Undefined while there is none. */
export function backupPicture(t: Translator, { cluster, totalBytes, progress }: BackupPlot): Picture | undefined {
  const [first] = progress;
  const last = progress.at(-1);
  if (!first || !last || last.at === first.at) return undefined;
  const elapsed = last.at - first.at;
  const points = progress.map(({ at, bytes }) => ({ x: at, y: bytes }));
  const plot: Plot = {
    title: t.say('plot.backup.title', { cluster }),
    series: [{ label: t.say('plot.backup.done'), points }],
    goal: { label: t.bytes(totalBytes), y: totalBytes },
    ...frame(t, first.at, last.at, Number.POSITIVE_INFINITY),
  };
  const alt = t.say('plot.backup.alt', {
    cluster,
    done: t.bytes(last.bytes),
    total: t.bytes(totalBytes),
    for: t.duration(elapsed),
    rate: t.bytes(((last.bytes - first.bytes) / elapsed) * 1_000),
  });
  return { name: `backup-${cluster}.png`, svg: plotSvg(plot), alt };
}

function frame(t: Translator, from: number, to: number, gapMs: number): Omit<Plot, 'title' | 'series' | 'goal'> {
  const short = to - from < 10 * 60_000;
  const clock = (at: number): string => (short ? t.clock(new Date(at).toISOString()) : shortClock(t, at));
  return { from, to, gapMs, bytes: (bytes) => t.bytes(bytes), clock };
}

/** Hours and minutes. */
function shortClock(t: Translator, at: number): string {
  return t.clock(new Date(at).toISOString()).slice(0, 5);
}
