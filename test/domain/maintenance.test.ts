import { describe, expect, it } from 'vitest';
import type { Cluster, Inventory } from '../../src/domain/inventory.ts';
import { freezeAt, inMaintenance, isExpected, reasonMissing } from '../../src/domain/maintenance.ts';

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

describe('a freeze', () => {
  const days = { from: '2026-12-23', to: '2026-12-26', reason: 'Christmas' };
  const hours = { from: '2026-12-30 18:00', to: '2026-12-31 06:00', reason: 'year-end settlement' };
  const at = (now: string): string | undefined => freezeAt([days, hours], 'Europe/Warsaw', new Date(now))?.reason;

  it.each([
    ['not the evening before', '2026-12-22T22:59:00Z', undefined],
    ['from midnight on the wall', '2026-12-22T23:00:00Z', 'Christmas'],
    ['through its last day', '2026-12-26T22:59:00Z', 'Christmas'],
    ['no longer', '2026-12-26T23:00:00Z', undefined],
    ['from its minute', '2026-12-30T17:00:00Z', 'year-end settlement'],
    ['until its minute', '2026-12-31T05:00:00Z', undefined],
  ])('holds %s', (_what, now, reason) => {
    expect(at(now)).toBe(reason);
  });

  const windows = [{ days: ['wed' as const], from: '10:00', to: '12:00' }];
  const site = { timeZone: 'UTC', freezes: [days] };
  const inventory = { sites: { clinic: site } } as unknown as Inventory;
  const cluster = { id: 'demo', site: 'clinic', maintenance: windows } as unknown as Cluster;
  const needs = (now: string, over: object = {}, options: object = {}) =>
    reasonMissing(inventory, { ...cluster, ...over }, { ...options }, new Date(now))?.params['kind'];

  it('asks for a reason also inside a window, and closes the window', () => {
    expect(needs('2026-12-23T11:00:00Z')).toBe('freeze');
    expect(isExpected(inventory, cluster, new Date('2026-12-23T11:00:00Z'))).toBe(false);
    expect(isExpected(inventory, cluster, new Date('2026-12-16T11:00:00Z'))).toBe(true);
  });

  it('and closed windows ask for one; a window that is open, or none at all, does not', () => {
    expect(needs('2026-12-16T13:00:00Z')).toBe('window');
    expect(needs('2026-12-16T11:00:00Z')).toBeUndefined();
    expect(needs('2026-12-16T13:00:00Z', { maintenance: [] })).toBeUndefined();
  });

  it('is answered by words, not by blanks', () => {
    expect(needs('2026-12-23T13:00:00Z', {}, { reason: '  ' })).toBe('freeze');
    expect(needs('2026-12-23T13:00:00Z', {}, { reason: 'disk is failing' })).toBeUndefined();
  });
});
