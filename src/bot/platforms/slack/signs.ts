import type { EvidenceBlock, StepItem, Tone } from '../../../domain/card.ts';
import type { Verdict } from '../../../domain/step.ts';

/** Each state has a sign of its own shape, so that nothing depends on colours alone. */
export const TONE_SIGNS: Readonly<Record<Tone, string>> = {
  info: '🔵',
  progress: '⏳',
  question: '🟠',
  success: '✅',
  warning: '⚠️',
  failure: '❌',
  stopped: '⬛',
};

export const VERDICT_SIGNS: Readonly<Record<Verdict, string>> = { ok: '✅', warning: '⚠️', failed: '❌', unknown: '❔' };

type StepState = Extract<StepItem, { kind: 'step' }>['state'];

export const STEP_SIGNS: Readonly<Record<StepState, string>> = {
  pending: '▫️',
  running: '▶️',
  waiting: '🟠',
  done: '✅',
  unchanged: '☑️',
  failed: '❌',
};

type Saw = EvidenceBlock['sightings'][number]['saw'];

export const SIGHTING_SIGNS: Readonly<Record<Saw, string>> = { alive: '❗', dead: '✖️', silent: '🔇', host: '🔹' };
