import { describe, expect, it } from 'vitest';
import { canonicalJson, planHash } from '../../src/domain/plan.ts';
import { EVIDENCE, plan, plannedStep, STEPS } from './runs.ts';

describe('the hash of a plan', () => {
  it('does not depend on the order of keys, nor on members that are undefined', () => {
    expect(canonicalJson({ b: 1, a: { d: [2, { f: 1, e: 2 }], c: undefined } })).toBe(
      '{"a":{"d":[2,{"e":2,"f":1}]},"b":1}',
    );
    const { v, steps, ...rest } = plan(STEPS);
    expect(planHash({ ...rest, steps, v })).toBe(planHash(plan(STEPS)));
  });

  it('survives a round trip through JSON, as the store makes one', () => {
    expect(planHash(JSON.parse(JSON.stringify(plan(STEPS))))).toBe(planHash(plan(STEPS)));
  });

  it.each([
    ['the order of the steps', plan([...STEPS].reverse())],
    ['a host', plan(STEPS, { standby: 'three' })],
    ['an option', plan(STEPS, { options: { method: 'manual' } })],
    ['the evidence', plan(STEPS, { evidence: { ...EVIDENCE, timeline: 2 } })],
    ['a command', plan([plannedStep('a.b', { changes: [{ host: 'one', kind: 'exec', text: 'rm x' }] }), ...STEPS])],
    ['a verdict', plan(STEPS.map((step) => ({ ...step, check: 'done' }) as const))],
  ])('changes with %s', (_what, other) => {
    expect(planHash(other)).not.toBe(planHash(plan(STEPS)));
  });
});
