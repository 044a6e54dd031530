import type { Tone } from '../../../domain/card.ts';
import type { Verdict } from '../../../domain/step.ts';

/** Each state has a sign of its own, so that nothing depends on the colour at the container's edge. */
export const TONE_SIGNS: Readonly<Record<Tone, string>> = {
  info: 'ℹ️',
  progress: '▶️',
  question: '❓',
  success: '✅',
  warning: '⚠️',
  failure: '❌',
  stopped: '⏹️',
};

/** RGB. */
export const TONE_COLOURS: Readonly<Record<Tone, number>> = {
  info: 0x5b_7d_b1,
  progress: 0x34_98_db,
  question: 0xf1_c4_0f,
  success: 0x2e_cc_71,
  warning: 0xe6_7e_22,
  failure: 0xe7_4c_3c,
  stopped: 0x95_a5_a6,
};

export const VERDICT_SIGNS: Readonly<Record<Verdict, string>> = {
  ok: '✅',
  warning: '⚠️',
  failed: '❌',
  unknown: '❔',
};

export const STEP_SIGNS: Readonly<Record<'pending' | 'running' | 'waiting' | 'done' | 'unchanged' | 'failed', string>> =
  { pending: '▫️', running: '▶️', waiting: '❓', done: '✅', unchanged: '☑️', failed: '❌' };

export const SIGHTING_SIGNS: Readonly<Record<'alive' | 'dead' | 'silent' | 'host', string>> = {
  alive: '❗',
  dead: '✖️',
  silent: '…',
  host: '●',
};

const BAR_CELLS = 20;

/** A bar and its percentage. */
export function bar(fraction: number): string {
  const sound = Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0;
  const full = Math.round(sound * BAR_CELLS);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${Math.floor(sound * 100)} %`;
}
