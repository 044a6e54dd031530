import { describe, expect, it } from 'vitest';
import { createTurnstile } from '../../src/bot/turnstile.ts';

describe('a turnstile', () => {
  it('lets so many go on at once, the others in the order in which they came, also past one that failed', async () => {
    const turn = createTurnstile(2);
    const begun: number[] = [];
    const ends: ((fail: boolean) => void)[] = [];
    const acts = Array.from({ length: 5 }, (_, index) =>
      turn(async () => {
        begun.push(index);
        await new Promise<void>((resolve, reject) => {
          ends[index] = (fail) => (fail ? reject(new Error(`${index}`)) : resolve());
        });
      }),
    );
    const done = Promise.allSettled(acts);
    const order: number[][] = [];
    for (let index = 0; index < 5; index += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      order.push([...begun]);
      ends[index]?.(index === 1);
    }
    expect(order).toEqual([
      [0, 1],
      [0, 1, 2],
      [0, 1, 2, 3],
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4],
    ]);
    expect((await done).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
  });
});
