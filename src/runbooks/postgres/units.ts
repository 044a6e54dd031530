import { formatError } from './format-error.ts';

/** Bytes per unit as PostgreSQL spells them (case matters there). */
const MEMORY: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
  '8kB': 8192,
};

/** Milliseconds per unit. */
const TIME: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

export type MemoryUnit = 'B' | 'kB' | 'MB' | 'GB' | 'TB' | '8kB';
export type TimeUnit = 'us' | 'ms' | 's' | 'min' | 'h' | 'd';

/**
 * A memory setting in bytes; `unit` is the setting's own unit (pg_settings.unit), used when the value names none.
 * `-1`, which means "unlimited" or "automatic", stays -1. Throws `postgresql.format`.
 */
export function memoryBytes(value: string, unit: MemoryUnit): number {
  return scaled(value, unit, MEMORY);
}

/** A time setting in milliseconds; otherwise like {@link memoryBytes}. */
export function timeMilliseconds(value: string, unit: TimeUnit): number {
  return scaled(value, unit, TIME);
}

/** A boolean setting in any spelling PostgreSQL takes (unique prefixes of true, false, yes, no, on, off; 1, 0). */
export function booleanSetting(value: string): boolean {
  const text = value.toLowerCase();
  if (/^(?:t|tr|tru|true|y|ye|yes|on|1)$/.test(text)) return true;
  if (/^(?:f|fa|fal|fals|false|n|no|of|off|0)$/.test(text)) return false;
  throw formatError('setting', 'not-boolean');
}

function scaled(value: string, unit: string, table: Readonly<Record<string, number>>): number {
  const match = /^\s*([-+]?(?:0x[0-9a-fA-F]+|\d+(?:\.\d*)?|\.\d+))\s*([A-Za-z]*)\s*$/.exec(value);
  const amount = Number(match?.[1]);
  const factor = table[match?.[2] || unit];
  if (match === null || Number.isNaN(amount) || factor === undefined) throw formatError('setting', 'unit');
  return amount === -1 && match[2] === '' ? -1 : Math.round(amount * factor * 1000) / 1000;
}
