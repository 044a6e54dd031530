import { loadavg } from 'node:os';

/** How often everything is measured. */
export const ROUNDS = 5;

/** The middle one of an odd number of values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Prints a row of figures with their median, and how busy this machine is: a figure without its load says little. */
export function show(what: string, values: readonly number[], unit: string): void {
  const rounded = values.map((value) => Math.round(value * 100) / 100);
  console.log(
    `${what}: ${rounded.join(', ')} ${unit}; median ${median(rounded)} ${unit} (load ${loadavg()[0]?.toFixed(1)})`,
  );
}
