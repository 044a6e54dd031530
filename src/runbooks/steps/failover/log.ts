import type { Ask, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { type LogTail, logArgs, logTail } from '../../facts/log.ts';
import { identify } from '../../postgres/log/messages.ts';
import { readLog } from '../../postgres/log/read.ts';
import { judgeLog, type LogVerdict } from '../../postgres/log/verdict.ts';
import { logReport } from '../log/report.ts';

/**
 * What the new primary has logged since it was promoted (or, the manual's way, started again): it selected a new timeline, takes
 * connections, and nothing went wrong on the way. M23; H1: the manual's way selects no timeline.
 */
export const failoverLog = defineStep<LogTail | undefined>({
  id: 'failover.log',
  manual: ['M23'],
  effect: 'read',
  gather: (ask: Ask, { cluster, standby }) => ask.fact(standby.id, logTail, logArgs(cluster)),
  check(tail, input) {
    const judged = tail && judge(tail, input);
    if (judged?.verdict !== 'failed')
      return judged === undefined || judged.verdict === 'inconclusive' ? 'needed' : 'done';
    const { id = '', line = '' } = judged.findings[0] ?? {};
    return {
      blocked: { code: 'log.errors-found', params: { host: input.standby.id, file: tail?.file ?? '', id, line } },
    };
  },
  report: (tail, input) => tail && logReport(input.standby.id, tail.file, judge(tail, input)),
});

function judge(tail: LogTail, { cluster }: StepInput): LogVerdict {
  const log = readLog(tail.bytes, tail.file);
  if (cluster.failoverMethod === 'manual') return judgeLog(log, { role: 'primary', anchor: 'newest' });
  const promoted = log.entries.findLastIndex((entry) => identify(entry)?.id === 'promote-requested');
  const since = promoted === -1 ? [] : log.entries.slice(promoted);
  const selected = since.some((entry) => identify(entry)?.id === 'timeline-selected');
  const judged = judgeLog({ ...log, entries: since }, { role: 'primary', anchor: 'all' });
  return selected || judged.verdict === 'failed' ? judged : { ...judged, verdict: 'inconclusive' };
}
