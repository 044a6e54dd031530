import type { Tone } from '../../../domain/card.ts';
import type { Verdict } from '../../../domain/step.ts';

/** How words are set apart: by escape sequences on a terminal, not at all elsewhere. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

type Paint = keyof Style;

const CODES: Readonly<Record<Paint, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

function paint(name: Paint): (text: string) => string {
  const [on, off] = CODES[name];
  return (text) => (text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`);
}

function plain(text: string): string {
  return text;
}

export const COLOURED: Style = {
  bold: paint('bold'),
  dim: paint('dim'),
  red: paint('red'),
  green: paint('green'),
  yellow: paint('yellow'),
  cyan: paint('cyan'),
};

export const PLAIN: Style = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain };

interface Sign {
  readonly sign: string;
  readonly paint: Paint;
}

/** Each state has a sign of its own, so that nothing depends on colours alone. */
export const TONE_SIGNS: Readonly<Record<Tone, Sign>> = {
  info: { sign: '●', paint: 'cyan' },
  progress: { sign: '▶', paint: 'cyan' },
  question: { sign: '?', paint: 'yellow' },
  success: { sign: '✔', paint: 'green' },
  warning: { sign: '!', paint: 'yellow' },
  failure: { sign: '✘', paint: 'red' },
  stopped: { sign: '■', paint: 'dim' },
};

export const VERDICT_SIGNS: Readonly<Record<Verdict, Sign>> = {
  ok: { sign: '✔', paint: 'green' },
  warning: { sign: '!', paint: 'yellow' },
  failed: { sign: '✘', paint: 'red' },
  unknown: { sign: '?', paint: 'yellow' },
};

export const STEP_SIGNS: Readonly<Record<'pending' | 'running' | 'waiting' | 'done' | 'unchanged' | 'failed', Sign>> = {
  pending: { sign: '·', paint: 'dim' },
  running: { sign: '▶', paint: 'cyan' },
  waiting: { sign: '?', paint: 'yellow' },
  done: { sign: '✔', paint: 'green' },
  unchanged: { sign: '✔', paint: 'dim' },
  failed: { sign: '✘', paint: 'red' },
};

export const SIGHTING_SIGNS: Readonly<Record<'alive' | 'dead' | 'silent' | 'host', Sign>> = {
  alive: { sign: '!', paint: 'red' },
  dead: { sign: '✘', paint: 'dim' },
  silent: { sign: '…', paint: 'dim' },
  host: { sign: '●', paint: 'dim' },
};

/** The sign in its colour. */
export function signed(style: Style, { sign, paint: name }: Sign): string {
  return style[name](sign);
}
