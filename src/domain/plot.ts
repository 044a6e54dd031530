import { byteTicks, decimated, segmentsOf, timeTicks } from './plot-scale.ts';

/** One moment (milliseconds since 1970) and what was measured then; null where nothing was. */
export interface PlotPoint {
  readonly x: number;
  readonly y: number | null;
}

export interface PlotSeries {
  readonly label: string;
  /** Oldest first. */
  readonly points: readonly PlotPoint[];
}

/** A plot of bytes over time. All words come from the caller, in the reader's language. */
export interface Plot {
  readonly title: string;
  /** At most two. */
  readonly series: readonly PlotSeries[];
  readonly from: number;
  readonly to: number;
  /** Where two points are further apart than that, nothing was measured between them: the line is broken there. */
  readonly gapMs: number;
  /** A line that is to be reached, such as the size of the whole. */
  readonly goal?: { readonly label: string; readonly y: number };
  readonly bytes: (bytes: number) => string;
  readonly clock: (at: number) => string;
}

const WIDTH = 960;
const HEIGHT = 540;
const LEFT = 118;
const RIGHT = WIDTH - 28;
const TOP = 112;
const BOTTOM = HEIGHT - 58;
/** Told apart by people who do not see every colour, too. */
const COLOURS = ['#0b5cad', '#c2410c'] as const;
const INK = '#1f2937';
const FAINT = '#6b7280';
const GRID = '#e5e7eb';

/** The plot as SVG on a light ground, readable on a phone. Pure: the same plot gives the same text. */
export function plotSvg(plot: Plot): string {
  const values = plot.series.flatMap(({ points }) => points.flatMap(({ y }) => (y === null ? [] : [y])));
  const ticks = byteTicks(Math.max(0, ...values, plot.goal?.y ?? 0));
  const scale: Scale = {
    x: (at) => LEFT + ((at - plot.from) / Math.max(1, plot.to - plot.from)) * (RIGHT - LEFT),
    y: (value) => BOTTOM - (value / (ticks.at(-1) ?? 1)) * (BOTTOM - TOP),
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="Lato, sans-serif">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text({ x: 28, y: 46, size: 28, colour: INK }, plot.title),
    ...legend(plot),
    ...ticks.flatMap((value) => horizontal(scale.y(value), plot.bytes(value))),
    ...timeTicks(plot.from, plot.to).flatMap((at) => vertical(scale.x(at), plot.clock(at))),
    ...goal(plot, scale),
    ...plot.series.flatMap((series, index) => curve(series, plot, scale, COLOURS[index % COLOURS.length] ?? INK)),
    '</svg>',
  ].join('\n');
}

interface Scale {
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
}

interface Ink {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly colour: string;
  readonly anchor?: 'middle' | 'end';
}

function text({ x, y, size, colour, anchor }: Ink, words: string): string {
  const where = `x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${colour}"`;
  return `<text ${where}${anchor ? ` text-anchor="${anchor}"` : ''}>${escaped(words)}</text>`;
}

function legend({ series, goal: aim }: Plot): readonly string[] {
  let x = 28;
  const parts = series.flatMap(({ label }, index) => {
    const mark = `<rect x="${x}" y="72" width="26" height="6" rx="3" fill="${COLOURS[index % COLOURS.length]}"/>`;
    const words = text({ x: x + 36, y: 82, size: 22, colour: INK }, label);
    x += 36 + label.length * 12 + 34;
    return [mark, words];
  });
  return aim ? [...parts, text({ x, y: 82, size: 22, colour: FAINT }, `- -  ${aim.label}`)] : parts;
}

function horizontal(y: number, label: string): readonly string[] {
  return [
    `<line x1="${LEFT}" y1="${round(y)}" x2="${RIGHT}" y2="${round(y)}" stroke="${GRID}" stroke-width="2"/>`,
    text({ x: LEFT - 14, y: y + 8, size: 22, colour: FAINT, anchor: 'end' }, label),
  ];
}

function vertical(x: number, label: string): readonly string[] {
  return [
    `<line x1="${round(x)}" y1="${BOTTOM}" x2="${round(x)}" y2="${BOTTOM + 8}" stroke="${FAINT}" stroke-width="2"/>`,
    text({ x, y: BOTTOM + 38, size: 22, colour: FAINT, anchor: 'middle' }, label),
  ];
}

function goal({ goal: aim }: Plot, { y }: Scale): readonly string[] {
  if (!aim) return [];
  const at = round(y(aim.y));
  return [
    `<line x1="${LEFT}" y1="${at}" x2="${RIGHT}" y2="${at}" stroke="${FAINT}" stroke-width="3" stroke-dasharray="10 8"/>`,
  ];
}

/** A line for each stretch that was measured, over a faint area; a single point as a dot. */
function curve({ points }: PlotSeries, { gapMs }: Plot, { x, y }: Scale, colour: string): readonly string[] {
  return segmentsOf(points, gapMs).flatMap((segment) => {
    const [first] = segment;
    const last = segment.at(-1);
    if (!first || !last) return [];
    const dot = `<circle cx="${round(x(last.x))}" cy="${round(y(last.y))}" r="5" fill="${colour}"/>`;
    if (segment.length === 1) return [dot];
    const line = decimated(segment, RIGHT - LEFT)
      .map((point) => `${round(x(point.x))},${round(y(point.y))}`)
      .join(' ');
    const ground = `${round(x(first.x))},${BOTTOM} ${line} ${round(x(last.x))},${BOTTOM}`;
    return [
      `<polygon points="${ground}" fill="${colour}" fill-opacity="0.08"/>`,
      `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="4" stroke-linejoin="round" stroke-linecap="round"/>`,
    ];
  });
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Names come from data. Control characters are none that XML allows. */
function escaped(words: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return words.replaceAll(/\p{Cc}/gu, ' ').replaceAll(/[&<>"]/g, (letter) => entities[letter] ?? '');
}
