import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/domain/step.ts';
import { RUNBOOKS } from '../../src/runbooks/registry.ts';
import { assess, type CaseKind, casesOf, kindOf, notApplicable, showChange, stepsWithCases } from './step-cases.ts';

const STEPS = new Map(
  RUNBOOKS.flatMap(({ steps, putBack = [] }) => [...steps, ...putBack].map((step): [string, Step] => [step.id, step])),
);

describe.each([...STEPS.values()])('$id', (step) => {
  const cases = casesOf(step.id);

  it.each([...cases])('%s', async (_name, one) => {
    const assessment = await assess(step, one);
    const { check, changes = [], verified = check === 'done', findings, evidence, report, unproven } = one.expect;
    expect({
      check: assessment.check,
      changes: assessment.changes.map(showChange),
      verified: assessment.verified,
      findings: assessment.findings,
      evidence: assessment.evidence,
      report: assessment.report,
      unproven: assessment.unproven,
    }).toEqual({
      check,
      changes,
      verified,
      findings: findings ?? assessment.findings,
      evidence: evidence ?? assessment.evidence,
      report: report ?? assessment.report,
      unproven: unproven ?? assessment.unproven,
    });
  });

  it('is described by a case of every kind', () => {
    const known = new Set([...cases.values()].map(kindOf));
    const wanted: readonly CaseKind[] = step.effect === 'read' ? ['done', 'blocked'] : ['done', 'needed', 'blocked'];
    const excused = notApplicable(step.id);
    expect(wanted.filter((kind) => !known.has(kind) && !excused[kind])).toEqual([]);
    expect(Object.keys(excused).filter((kind) => known.has(kind as CaseKind))).toEqual([]);
  });
});

describe('the cases', () => {
  it('belong to steps that exist', () => {
    expect(stepsWithCases().filter((id) => !STEPS.has(id))).toEqual([]);
  });
});
