import { describe, expect, it, vi } from 'vitest';
import { createSummarySource } from '../../src/bot/summary-source.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { Sample } from '../../src/domain/watch.ts';
import { sample } from '../domain/watches.ts';
import { alertsOf } from './alarms.ts';
import { people } from './people.ts';

/** The clinic is in Warsaw, so its morning is an hour after that of UTC; the other site has a channel of its own far away. */
function inventory(): Inventory {
  const known = people();
  const [clinic, other] = ['clinic', 'other'].map((id) => known.sites[id]);
  if (!clinic || !other) throw new Error('no site');
  const [pair] = Object.values(clinic.clusters);
  const far = { ...other, language: 'en' as const, timeZone: 'America/New_York', channels: { discord: '333' } };
  return {
    ...known,
    sites: { clinic, other: { ...far, clusters: pair ? { far: pair } : {} } },
    platforms: {
      discord: {
        token: 'env:DISCORD',
        application: '1'.repeat(17),
        guild: '2'.repeat(17),
        channels: { ops: '111', approvals: '222' },
      },
    },
  };
}

function sourceAt(at: string, samples: readonly Sample[] = []) {
  return createSummarySource({
    inventory,
    watch: {
      latest: () => Promise.resolve(samples),
      openAlerts: () => Promise.resolve(samples.flatMap((one) => alertsOf(one))),
    },
    now: () => new Date(at),
    onMissing: (key) => {
      throw new Error(`${key} lacks a value`);
    },
    prefix: '/zapas',
  });
}

async function toldAt(at: string): Promise<readonly string[]> {
  const heard: string[] = [];
  const stop = await sourceAt(at).watch((subject) => heard.push(subject));
  await stop();
  return heard;
}

describe('the summary of the morning', () => {
  it.each([
    ['2026-11-22T05:59:00Z', []],
    ['2026-11-22T06:00:00Z', ['summary:2026-11-22']],
    ['2026-11-22T07:59:00Z', ['summary:2026-11-22']],
    ['2026-11-22T08:00:00Z', []],
    ['2026-11-22T12:00:00Z', ['summary:2026-11-22']],
    ['2026-11-22T15:00:00Z', []],
  ])('is due at seven by the clock on a site’s wall: %s', async (at, expected) => {
    expect(await toldAt(at)).toEqual(expected);
  });

  it('is told to each channel about its own sites only, in their language', async () => {
    const down = sample({ parameters: ['max_connections'], replay: 'paused', at: '2026-11-22T06:29:00.000Z' });
    const morning = await sourceAt('2026-11-22T06:30:00Z', [down]).draw('summary:2026-11-22', []);
    expect(morning?.over).toBe(true);
    expect(morning?.messages.map(({ place, card }) => [place.channel, card.id, card.tone])).toEqual([
      ['111', 'summary:2026-11-22', 'warning'],
    ]);
    expect(JSON.stringify(morning)).toContain('parametr jest za niski');
    expect(JSON.stringify(morning)).not.toContain('far');
    const far = await sourceAt('2026-11-22T12:30:00Z', [{ ...down, cluster: 'far' }]).draw('summary:2026-11-22', []);
    expect(far?.messages.map(({ place }) => place.channel)).toEqual(['333']);
    expect(JSON.stringify(far)).toContain('a parameter is too low');
  });

  it('is called for once a day, though it is looked every minute', async () => {
    vi.useFakeTimers({ now: new Date('2026-11-22T06:30:00Z') });
    try {
      const heard: string[] = [];
      const stop = await sourceAt('2026-11-22T06:30:00Z').watch((subject) => heard.push(subject));
      await vi.advanceTimersByTimeAsync(10 * 60_000);
      await stop();
      expect(heard).toEqual(['summary:2026-11-22']);
    } finally {
      vi.useRealTimers();
    }
  });
});
