import { describe, expect, it } from 'vitest';
import { inMaintenance } from '../../src/domain/maintenance.ts';

describe('a maintenance window', () => {
  // 2026-11-22 is a Sunday; Warsaw is one hour ahead of UTC in winter, two in summer.
  it.each([
    ['begins at its first minute', '2026-11-22T21:00:00Z', true],
    ['not a minute before', '2026-11-22T20:59:59Z', false],
    ['lasts into the next day', '2026-11-23T02:59:00Z', true],
    ['ends at its last minute', '2026-11-23T03:00:00Z', false],
    ['does not begin on the day it ends', '2026-11-23T21:30:00Z', false],
    ['goes by the clock on the wall, in summer too', '2026-07-05T20:30:00Z', true],
  ])('on Sundays from 22:00 to 04:00 %s', (_what, now, inside) => {
    const windows = [{ days: ['sun' as const], from: '22:00', to: '04:00' }];
    expect(inMaintenance(windows, 'Europe/Warsaw', new Date(now))).toBe(inside);
  });

  it('within one day has both its ends there', () => {
    const windows = [{ days: ['mon' as const, 'tue' as const], from: '12:00', to: '13:30' }];
    const at = (time: string): boolean => inMaintenance(windows, 'UTC', new Date(`2026-11-24T${time}:00Z`));
    expect(['11:59', '12:00', '13:29', '13:30'].map(at)).toEqual([false, true, true, false]);
  });

  it('that nobody set is never open', () => {
    expect(inMaintenance([], 'UTC', new Date())).toBe(false);
  });
});
