import { afterEach, describe, expect, it, vi } from 'vitest';
import { holdLease, moment } from '../../../src/jobs/engine/lease.ts';
import { Leave } from '../../../src/jobs/engine/leave.ts';

const TTL = 1_000;

afterEach(() => {
  vi.useRealTimers();
});

function setUp(renew: () => Promise<{ held: boolean; stopAsked: boolean }>) {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date', 'performance'] });
  return holdLease(moment(), TTL, renew);
}

describe('a lease', () => {
  it('lasts as long as it is renewed', async () => {
    const lease = setUp(() => Promise.resolve({ held: true, stopAsked: false }));
    await vi.advanceTimersByTimeAsync(10 * TTL);
    expect(() => lease.check()).not.toThrow();
    expect(lease.halt.aborted).toBe(false);
    lease.end();
  });

  it('is over as soon as the store says so', async () => {
    const lease = setUp(() => Promise.resolve({ held: false, stopAsked: false }));
    await vi.advanceTimersByTimeAsync(TTL / 4);
    expect(lease.lost.aborted).toBe(true);
    expect(lease.halt.reason).toMatchObject({ why: 'lost-lease' });
    lease.end();
  });

  it('outlasts a store that is away for less than its length, not for more', async () => {
    const lease = setUp(() => Promise.reject(new Error('away')));
    await vi.advanceTimersByTimeAsync(TTL * 0.9);
    expect(() => lease.check()).not.toThrow();
    await vi.advanceTimersByTimeAsync(TTL * 0.2);
    expect(() => lease.check()).toThrow(Leave);
    lease.end();
  });

  it('counts from when the renewal was asked, not from when the answer came', async () => {
    const asked: ((value: { held: boolean; stopAsked: boolean }) => void)[] = [];
    const lease = setUp(() => new Promise((resolve) => asked.push(resolve)));
    await vi.advanceTimersByTimeAsync(TTL / 4);
    await vi.advanceTimersByTimeAsync(TTL * 0.7);
    asked[0]?.({ held: true, stopAsked: false });
    await vi.advanceTimersByTimeAsync(TTL * 0.2);
    expect(() => lease.check()).not.toThrow();
    lease.end();
    vi.setSystemTime(Date.now() + TTL * 0.2);
    expect(() => lease.check()).toThrow(Leave);
  });

  it('is over for a worker that was frozen and thawed, before any heartbeat', () => {
    const lease = setUp(() => Promise.resolve({ held: true, stopAsked: false }));
    vi.setSystemTime(Date.now() + TTL);
    expect(() => lease.check()).toThrow(Leave);
    lease.end();
  });

  it('brings the news that somebody stopped the run; the right to end its work stays', async () => {
    const lease = setUp(() => Promise.resolve({ held: true, stopAsked: true }));
    await vi.advanceTimersByTimeAsync(TTL / 4);
    expect(lease.halt.reason).toMatchObject({ why: 'stopped' });
    expect(lease.lost.aborted).toBe(false);
    expect(() => lease.check()).not.toThrow();
    lease.end();
  });
});
