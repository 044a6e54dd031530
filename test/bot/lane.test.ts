import { describe, expect, it } from 'vitest';
import type { Due, Lane, Pace } from '../../src/bot/lane.ts';
import { createLane } from '../../src/bot/lane.ts';

const PACE: Pace = { editMs: 2_000, oldAfterMs: 3_000_000, perMinute: 40 };
const SLOW = 60_000;

const edit = (over: Partial<Due> = {}): Due => ({ priority: 'progress', bornAt: 0, ...over });

/** Takes everything that may be written now, and says that it was. */
function writeAll(lane: Lane, now: number): readonly string[] {
  const written: string[] = [];
  for (let next = lane.take(now); next && 'key' in next; next = lane.take(now)) {
    written.push(next.key);
    lane.done(next.key, now);
  }
  return written;
}

describe('a lane', () => {
  it('writes the most urgent first, and of those what has waited longest', () => {
    const lane = createLane({ ...PACE, perMinute: Number.POSITIVE_INFINITY });
    const order = ['log', 'progress', 'result', 'final', 'approval'] as const;
    for (const [index, priority] of order.entries()) {
      lane.want(`${priority} late`, edit({ priority }), 100 + index);
      lane.want(`${priority} early`, edit({ priority }), index);
    }
    const written = writeAll(lane, 5_000);
    expect(written.map((key) => key.split(' ')[0])).toEqual(order.toReversed().flatMap((one) => [one, one]));
    expect(written).toContain('approval late');
  });

  it('has one write of a message under way, and one more when it was wanted meanwhile', () => {
    const lane = createLane(PACE);
    lane.want('m', edit(), 5_000);
    expect(lane.take(5_000)).toEqual({ key: 'm' });
    lane.want('m', edit(), 5_100);
    expect(lane.take(5_100)).toBeUndefined();
    lane.done('m', 5_500);
    expect(lane.take(5_500)).toEqual({ at: 7_500 });
    expect(lane.take(7_500)).toEqual({ key: 'm' });
    lane.done('m', 7_600);
    expect(lane.idle()).toBe(true);
  });

  it('publishes at once, and edits at the pace of the platform', () => {
    const lane = createLane(PACE);
    lane.want('m', edit({ bornAt: undefined, priority: 'result' }), 0);
    expect(writeAll(lane, 0)).toEqual(['m']);
    lane.want('m', edit({ priority: 'result' }), 10);
    expect(lane.take(10)).toEqual({ at: 2_000 });
  });

  it('edits an old message once a minute, but its end at once', () => {
    const lane = createLane(PACE);
    const late = 3_600_000;
    lane.want('m', edit(), late);
    expect(writeAll(lane, late)).toEqual(['m']);
    lane.want('m', edit(), late + 1_000);
    expect(lane.take(late + 1_000)).toEqual({ at: late + SLOW });
    lane.want('m', edit({ priority: 'final' }), late + 3_000);
    expect(writeAll(lane, late + 3_000)).toEqual(['m']);
  });

  it('never edits more in any minute than the account may, keeps a fifth for outcomes, and lets what is new through', () => {
    const lane = createLane(PACE);
    const writes: number[] = [];
    for (let now = 0; now < 300_000; now += 250) {
      for (let message = 0; message < 50; message += 1) lane.want(`m${message}`, edit(), now);
      writes.push(...writeAll(lane, now).map(() => now));
      expect(writes.filter((at) => at > now - 60_000).length).toBeLessThanOrEqual(32);
    }
    expect(writes.length).toBeGreaterThan(140);
    const results = Array.from({ length: 20 }, (_, index) => `result ${index}`);
    for (const key of results) lane.want(key, edit({ priority: 'result' }), 300_000);
    lane.want('new', edit({ priority: 'result', bornAt: undefined }), 300_000);
    const [first, ...outcomes] = writeAll(lane, 300_000);
    expect(first).toBe('new');
    expect(outcomes.length).toBeGreaterThanOrEqual(8);
    expect(writes.filter((at) => at > 240_000).length + outcomes.length).toBeLessThanOrEqual(40);
  });

  it('keeps one write for every run under way, as far as half of all goes', () => {
    const lane = createLane(PACE);
    lane.expect(20);
    for (let now = 0; now < 120_000; now += 100) {
      for (let message = 0; message < 20; message += 1) lane.want(`m${message}`, edit(), now);
      writeAll(lane, now);
    }
    for (let message = 0; message < 20; message += 1) lane.want(`m${message}`, edit({ priority: 'final' }), 120_000);
    expect(writeAll(lane, 122_000)).toHaveLength(20);
  });

  it('lets nobody starve: everybody who waits for progress gets some', () => {
    const lane = createLane(PACE);
    const written = new Map<string, number>();
    for (let now = 0; now < 300_000; now += 200) {
      for (let message = 0; message < 20; message += 1) lane.want(`m${message}`, edit(), now);
      for (const key of writeAll(lane, now)) written.set(key, (written.get(key) ?? 0) + 1);
    }
    const counts = [...written.values()];
    expect(written.size).toBe(20);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it('edits nothing while the platform wants no edits, then the most urgent; what is new goes on meanwhile', () => {
    const lane = createLane(PACE);
    lane.want('m', edit(), 5_000);
    lane.take(5_000);
    lane.failed('m', 5_000, 30_000);
    lane.want('m', edit(), 5_000);
    lane.want('approval', edit({ priority: 'approval' }), 6_000);
    lane.want('new', edit({ priority: 'result', bornAt: undefined }), 6_000);
    expect(lane.take(6_000)).toEqual({ key: 'new' });
    expect(lane.take(6_000)).toEqual({ at: 35_000 });
    expect(lane.take(35_000)).toEqual({ key: 'approval' });
  });

  it('posts nothing while the platform wants nothing new; what stands there is edited meanwhile', () => {
    const lane = createLane(PACE);
    lane.want('new', edit({ priority: 'result', bornAt: undefined }), 5_000);
    lane.take(5_000);
    lane.failed('new', 5_000, 30_000);
    lane.want('new', edit({ priority: 'result', bornAt: undefined }), 5_000);
    lane.want('m', edit({ priority: 'final' }), 6_000);
    expect(lane.take(6_000)).toEqual({ key: 'm' });
    expect(lane.take(6_000)).toEqual({ at: 35_000 });
  });

  it('tries a message that fails ever more rarely, and lets the others pass it', () => {
    const lane = createLane(PACE);
    const tries: number[] = [];
    for (let now = 10_000; now < 600_000; now += 500) {
      lane.want('poison', edit({ priority: 'result' }), now);
      lane.want('good', edit(), now);
      for (let next = lane.take(now); next && 'key' in next; next = lane.take(now)) {
        if (next.key === 'good') lane.done('good', now);
        else {
          tries.push(now);
          lane.failed('poison', now);
          lane.want('poison', edit({ priority: 'result' }), now);
        }
      }
    }
    const waits = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
    expect(waits.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(60_000);
  });

  it('takes failures of everything as an outage', () => {
    const lane = createLane(PACE);
    for (const key of ['a', 'b', 'c', 'd']) lane.want(key, edit({ priority: 'result' }), 10_000);
    for (let count = 0; count < 3; count += 1) {
      const next = lane.take(10_000);
      if (next && 'key' in next) lane.failed(next.key, 10_000);
    }
    expect(lane.take(10_000)).toEqual({ at: 11_000 });
  });
});
