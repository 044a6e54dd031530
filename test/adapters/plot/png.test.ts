import { describe, expect, it } from 'vitest';
import { plotPng } from '../../../src/adapters/plot/png.ts';
import { backupPicture, lagPicture } from '../../../src/bot/plots.ts';
import { createTranslator } from '../../../src/i18n/translate.ts';

const t = createTranslator('pl', 'Europe/Warsaw');
const now = new Date('2026-11-23T09:17:00Z');
const minutesAgo = (minutes: number): string => new Date(now.getTime() - minutes * 60_000).toISOString();
const point = (minutes: number, replayBytes: number) => ({
  at: minutesAgo(minutes),
  receiveBytes: 0,
  replayBytes,
  replaySeconds: 0,
  free: {},
});
const points = [...[180, 179, 178].map((ago) => point(ago, 5_000_000)), ...[3, 2, 1].map((ago) => point(ago, 120_000))];
const lag = (of = points) => lagPicture(t, { cluster: 'demo', points: of, now, hours: 6, everyMs: 60_000 });

/** Width and height stand at a fixed place of every PNG. */
function sizeOf(png: Uint8Array): readonly [number, number] {
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

describe('a plot', () => {
  it('becomes a PNG of the size a phone shows well, with letters in it', () => {
    const png = plotPng(lag()?.svg ?? '');
    expect([...png.subarray(1, 4)].map((code) => String.fromCodePoint(code)).join('')).toBe('PNG');
    expect(sizeOf(png)).toEqual([960, 540]);
    const wordless = plotPng((lag()?.svg ?? '').replaceAll(/<text.*<\/text>/g, ''));
    expect(png.length).toBeGreaterThan(wordless.length * 1.5);
  });

  it('says in words what it shows', () => {
    expect(lag()?.alt.replaceAll('\u00a0', ' ')).toBe(
      'Opóźnienie demo od 04:17 do 10:17: teraz 117 kB do odtworzenia, najwięcej 4,8 MB; 1 przerwa bez próbek.',
    );
    const progress = [0, 10, 20].map((seconds) => ({ at: seconds * 1_000, bytes: seconds * 1024 ** 2 }));
    expect(
      backupPicture(t, { cluster: 'demo', totalBytes: 100 * 1024 ** 2, progress })?.alt.replaceAll('\u00a0', ' '),
    ).toBe('Kopia bazy demo: 20 MB z 100 MB po 20 s, około 1 MB na sekundę.');
  });

  it('is not drawn of nothing', () => {
    expect(lag([])).toBeUndefined();
    expect(lag([point(700, 1)])).toBeUndefined();
    expect(backupPicture(t, { cluster: 'demo', totalBytes: 1, progress: [{ at: 0, bytes: 0 }] })).toBeUndefined();
  });
});
