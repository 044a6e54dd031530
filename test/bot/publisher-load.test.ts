import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Layout } from '../../src/bot/layout.ts';
import type { Place } from '../../src/bot/platform.ts';
import { createScreenDeliveries } from '../../src/bot/platforms/terminal/deliveries.ts';
import { createPublisher } from '../../src/bot/publisher.ts';
import type { Card } from '../../src/domain/card.ts';
import type { WallPlatform } from '../fakes/chat-platform.ts';
import { createWall } from '../fakes/chat-platform.ts';

const RUNS = Array.from({ length: 20 }, (_, index) => `r${index}`);
const PLACES: readonly Place[] = [
  { platform: 'slack', channel: 'OPS' },
  { platform: 'discord', channel: 'OPS' },
];

/** The run's own card, and at its end the result beside it. */
function layoutOf(run: string, rev: number, over: boolean): Layout {
  const card = (id: string): Card => ({
    id,
    rev,
    tone: over ? 'success' : 'progress',
    title: `${rev}`,
    blocks: [],
    buttons: [],
    fallback: '',
  });
  const own = PLACES.map(
    (place) => ({ place, card: card(`run:${run}`), priority: over ? 'final' : 'progress' }) as const,
  );
  const result = PLACES.map((place) => ({ place, card: card(`result:${run}`), priority: 'result' }) as const);
  return { messages: over ? [...own, ...result] : own, over };
}

/** 20 runs that change five times a second for two minutes and end at one moment; gives how late each end was on the screens. */
async function play(walls: readonly WallPlatform[], each: (second: number) => void): Promise<readonly number[]> {
  let [rev, over] = [0, false];
  const publisher = createPublisher({
    platforms: walls,
    deliveries: createScreenDeliveries(),
    draw: (run) => Promise.resolve(layoutOf(run, rev, over)),
    warn: () => undefined,
  });
  const tell = (): void => {
    rev += 1;
    for (const run of RUNS) publisher.changed(run);
  };
  for (let second = 0; second < 120; second += 1) {
    each(second);
    for (let time = 0; time < 5; time += 1) {
      tell();
      await vi.advanceTimersByTimeAsync(200);
    }
  }
  over = true;
  tell();
  const endedAt = Date.now();
  const late = new Map<string, number>();
  for (let second = 120; second < 400; second += 1) {
    each(second);
    for (let step = 0; step < 10; step += 1) {
      await vi.advanceTimersByTimeAsync(100);
      for (const wall of walls)
        for (const run of RUNS) {
          const key = `${wall.id} ${run}`;
          const ended = [`run:${run}`, `result:${run}`].some((id) => wall.find(id)?.card.tone === 'success');
          if (ended && !late.has(key)) late.set(key, Date.now() - endedAt);
        }
    }
  }
  const stopped = publisher.stop();
  await vi.advanceTimersByTimeAsync(4_000);
  await stopped;
  return [...late.values()];
}

/** Both platforms with their real allowances; a call takes a while. */
const walls = (): readonly WallPlatform[] => [
  createWall('slack', { perMinute: 40 }, 150),
  createWall('discord', { perMinute: 60 }, 150),
];
const expectAll = (all: readonly WallPlatform[]): void => {
  for (const wall of all)
    for (const run of RUNS) {
      expect(wall.find(`run:${run}`)?.card.tone).toBe('success');
      expect(wall.find(`result:${run}`)?.card.tone).toBe('success');
    }
  expect(all.flatMap(({ violations }) => violations)).toEqual([]);
};

describe('twenty runs, each changing five times a second for two minutes and all ending at one moment', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('stay within every platform’s allowance, and show every end within three seconds', async () => {
    const all = walls();
    const late = await play(all, () => undefined);
    expectAll(all);
    expect(late).toHaveLength(2 * RUNS.length);
    expect(Math.max(...late)).toBeLessThanOrEqual(3_000);
    // 24,000 changes.
    for (const { calls } of all) expect(calls.length).toBeLessThan(250);
  });

  it('lose nothing when everything is refused half of the time', async () => {
    const all = walls();
    const late = await play(all, (second) => {
      if (second % 10 === 0) for (const wall of all) wall.rateLimit(5_000);
    });
    expectAll(all);
    // What ends within a refusal waits for its end.
    expect(Math.max(...late)).toBeLessThanOrEqual(8_000);
  });
});
