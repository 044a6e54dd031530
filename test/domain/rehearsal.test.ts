import { describe, expect, it } from 'vitest';
import { rehearsalAge } from '../../src/domain/rehearsal.ts';

const NOON = '2026-11-22T12:00:00.000Z';

describe('what the last rehearsal is worth', () => {
  it.each([
    ['there was none', null, 'never', 0],
    ['this morning', '2026-11-22T07:00:00.000Z', 'fresh', 0],
    ['ninety days ago', '2026-08-24T12:00:00.000Z', 'fresh', 90],
    ['a day more', '2026-08-23T12:00:00.000Z', 'stale', 91],
    ['by a clock that runs ahead', '2026-11-22T12:00:01.000Z', 'fresh', 0],
  ])('%s', (_, at, state, days) => {
    expect(rehearsalAge(at === null ? null : { at }, NOON)).toEqual({ state, days });
  });
});
