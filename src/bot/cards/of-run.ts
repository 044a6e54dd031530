import type { Card } from '../../domain/card.ts';
import type { Progress } from '../../domain/ports.ts';
import type { LogReport, StatusReport } from '../../domain/report.ts';
import type { Run } from '../../domain/run.ts';
import { isFinal } from '../../domain/run.ts';
import { checkCard } from './check.ts';
import type { CardContext } from './context.ts';
import { gateCard } from './gates.ts';
import { logCard } from './log.ts';
import { resultCard } from './result.ts';
import { runCard } from './run.ts';
import { statusCard } from './status.ts';

/**
 * Every message there should be about a run now, oldest first: its card (which for a reading runbook becomes the answer itself),
 * the newest gate's, and the result's. Pure: what is on the screens follows from the run alone, whatever was missed meanwhile.
 */
export function cardsOf(context: CardContext, run: Run, progress?: Progress): readonly Card[] {
  const gate = run.gate ? [gateCard(context, run, run.gate)] : [];
  if (!isFinal(run.state)) return [runCard(context, run, progress), ...gate];
  if (run.mutating) return [runCard(context, run), ...gate, resultCard(context, run)];
  return [answerCard(context, run) ?? { ...resultCard(context, run), id: `run:${run.id}` }];
}

/** The answer of a run that was a question; undefined when it found none. */
function answerCard(context: CardContext, run: Run): Card | undefined {
  if (run.runbook === 'check') return run.plan && run.state !== 'cancelled' ? checkCard(context, run) : undefined;
  const status = run.reports.findLast((report): report is StatusReport => report.kind === 'status');
  if (status) return statusCard(context, run, status);
  const log = run.reports.findLast((report): report is LogReport => report.kind === 'log');
  return log && logCard(context, run, log);
}
