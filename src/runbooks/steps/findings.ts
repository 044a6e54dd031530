import type { FindingId } from '../../domain/findings.ts';
import type { Finding, Verdict } from '../../domain/step.ts';

/** One line of a checklist. */
export function finding(id: FindingId, verdict: Verdict, params: Finding['params'] = {}, host?: string): Finding {
  return { id, verdict, params, ...(host !== undefined && { host }) };
}
