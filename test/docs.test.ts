import { describe, expect, it } from 'vitest';
import type { ManualRow } from '../src/domain/step.ts';
import { MANUAL } from '../src/runbooks/manual.ts';
import { stepsFor } from '../tools/docs/manual-coverage.ts';

describe("the vendor's manual", () => {
  const rows = Object.keys(MANUAL) as ManualRow[];

  it('is listed from M01 to M25', () => {
    expect(rows).toEqual(Array.from({ length: 25 }, (_, index) => `M${String(index + 1).padStart(2, '0')}`));
  });

  it.each(rows.filter((row) => MANUAL[row]?.elsewhere === undefined))('%s is realised by a step', (row) => {
    expect(stepsFor(row)).not.toEqual([]);
  });

  it('says in words why a row without a step needs none', () => {
    const without = rows.filter((row) => stepsFor(row).length === 0);
    expect(without.every((row) => (MANUAL[row]?.elsewhere ?? '').length > 20)).toBe(true);
  });
});
