import type { ChecklistItem } from '../../domain/card.ts';
import type { Run } from '../../domain/run.ts';
import type { Finding, Verdict } from '../../domain/step.ts';
import type { CardContext } from './context.ts';

/** From worst to best. */
const WORST_FIRST: readonly Verdict[] = ['failed', 'warning', 'unknown', 'ok'];

/** A finding in the reader's words; what to do next only where something is to be done. */
export function checklistItem({ t }: Pick<CardContext, 't'>, { id, verdict, host, params }: Finding): ChecklistItem {
  const shown = { ...params, verdict, ...(host !== undefined && { host }) };
  return {
    verdict,
    title: t.sayIf(`finding.${id}.title`, shown, id),
    ...(host !== undefined && { host }),
    detail: t.sayIf(`finding.${id}.detail`, shown, ''),
    ...(verdict !== 'ok' && { next: t.sayIf(`finding.${id}.next`, shown, '') }),
  };
}

/** All findings of the run, in the order of its steps; those of a step that was never reached come from the plan. */
export function findingsOf(run: Run): readonly Finding[] {
  return (run.plan?.steps ?? []).flatMap(({ id, findings }) => {
    const found = run.steps.find((step) => step.id === id)?.findings;
    return found && found.length > 0 ? found : findings;
  });
}

/** The worst verdict among them; `ok` when there are none. */
export function worstOf(findings: readonly Pick<Finding, 'verdict'>[]): Verdict {
  return WORST_FIRST.find((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? 'ok';
}

/** How many of each verdict. */
export function countVerdicts(findings: readonly Finding[]): Record<Verdict, number> {
  const counts: Record<Verdict, number> = { ok: 0, warning: 0, failed: 0, unknown: 0 };
  for (const { verdict } of findings) counts[verdict] += 1;
  return counts;
}

/** Worst first, otherwise as they came. */
export function worstFirst<Item extends Pick<Finding, 'verdict'>>(items: readonly Item[]): readonly Item[] {
  return items.toSorted((one, other) => WORST_FIRST.indexOf(one.verdict) - WORST_FIRST.indexOf(other.verdict));
}
