import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import type { Plot } from '../../src/domain/plot.ts';
import { plotSvg } from '../../src/domain/plot.ts';
import { byteTicks, decimated, segmentsOf, timeTicks } from '../../src/domain/plot-scale.ts';

const MEGABYTE = 1024 ** 2;
const HOUR = 3_600_000;

const plot = (over: Partial<Plot> = {}): Plot => ({
  title: 'Lag',
  series: [{ label: 'to replay', points: [0, 1, 2, 3].map((hour) => ({ x: hour * HOUR, y: hour * MEGABYTE })) }],
  from: 0,
  to: 3 * HOUR,
  gapMs: 2 * HOUR,
  bytes: (bytes) => `${bytes / MEGABYTE} MB`,
  clock: (at) => `${at / HOUR} h`,
  ...over,
});

describe('the marks of the axes', () => {
  it.each([
    [0, [0, 1]],
    [3, [0, 1, 2, 3]],
    [900, [0, 250, 500, 750, 1_000]],
    [83 * MEGABYTE, [0, 25, 50, 75, 100].map((value) => value * MEGABYTE)],
    [1_000 * MEGABYTE, [0, 250, 500, 750, 1_000].map((value) => value * MEGABYTE)],
  ])('of %d bytes are round numbers of their unit', (greatest, ticks) => {
    expect(byteTicks(greatest)).toEqual(ticks);
  });

  it('reach the greatest value, and are few, whatever it is', () => {
    for (let greatest = 1; greatest < 2 ** 50; greatest = Math.ceil(greatest * 1.37)) {
      const ticks = byteTicks(greatest);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(greatest);
      expect(ticks.length).toBeLessThanOrEqual(6);
    }
  });

  it('of time are round moments within it, at most seven', () => {
    for (const length of [60_000, 10 * 60_000, HOUR, 6 * HOUR, 24 * HOUR, 7 * 24 * HOUR, 40 * 24 * HOUR]) {
      const [from, to] = [1_234_567, 1_234_567 + length];
      const ticks = timeTicks(from, to);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThanOrEqual(7);
      expect(ticks.every((at) => at >= from && at <= to)).toBe(true);
    }
  });
});

describe('a line', () => {
  it('is broken where nothing was measured', () => {
    const points = [0, 1, 2, 6, 7].map((x) => ({ x, y: x }));
    const holed = points.map((point) => (point.x === 7 ? { ...point, y: null } : point));
    expect(segmentsOf(points, 2).map((one) => one.map(({ x }) => x))).toEqual([
      [0, 1, 2],
      [6, 7],
    ]);
    expect(segmentsOf(holed, 2).map((one) => one.map(({ x }) => x))).toEqual([[0, 1, 2], [6]]);
    const svg = plotSvg(plot({ gapMs: HOUR / 2 }));
    expect(svg).not.toContain('<polyline');
    expect(svg.match(/<circle/g)).toHaveLength(4);
  });

  it('keeps its peaks and its ends when there are more points than the picture is wide', () => {
    const many = Array.from({ length: 10_000 }, (_, x) => ({ x, y: x === 4_321 ? 99 : 1 }));
    const few = decimated(many, 800);
    expect(few.length).toBeLessThanOrEqual(803);
    expect(few.some(({ y }) => y === 99)).toBe(true);
    expect([few[0]?.x, few.at(-1)?.x]).toEqual([0, 9_999]);
    expect(few.every(({ x }, index) => index === 0 || x > (few[index - 1]?.x ?? 0))).toBe(true);
  });
});

describe('the picture', () => {
  it('is well-formed whatever the names are', () => {
    const svg = plotSvg(plot({ title: `<script>&"'\u0007\u202e</svg>`, series: [{ label: 'a<b', points: [] }] }));
    expect(new XMLParser().parse(svg)).toHaveProperty('svg');
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u0007');
  });

  it('stays within its frame', () => {
    const svg = plotSvg(plot({ goal: { label: '4 MB', y: 4 * MEGABYTE } }));
    const numbers = [...svg.matchAll(/ (?:x|y|x1|x2|y1|y2|cx|cy)="(-?[\d.]+)"/g)].map((match) => Number(match[1]));
    expect(numbers.length).toBeGreaterThan(20);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThanOrEqual(960);
  });
});
