import type { Ask, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { type LogTail, logArgs, logTail } from '../../facts/log.ts';
import { readLog } from '../../postgres/log/read.ts';
import { judgeLog, type LogVerdict } from '../../postgres/log/verdict.ts';
import { logReport } from '../log/report.ts';

interface Judged {
  readonly verdict: LogVerdict;
  /** The server's start is in what was read; without it the server has run for long, and there is nothing to wait for. */
  readonly fromStart: boolean;
}

/**
 * The standby's pg_log since this start has no errors about the replication; in English, Polish or both at once. Streaming itself
 * was proven by state before: a log alone is no proof. M17, H30.
 */
export const setupLog = defineStep<LogTail | undefined>({
  id: 'setup.log',
  manual: ['M17'],
  effect: 'read',
  gather: (ask: Ask, { cluster, standby }: StepInput) => ask.fact(standby.id, logTail, logArgs(cluster)),
  check(tail, { standby }): Check {
    if (!tail) return 'needed';
    const { verdict, fromStart } = judge(tail);
    if (verdict.verdict === 'failed') {
      const { id = '', line = '' } = verdict.findings.find(({ resolved }) => !resolved) ?? {};
      return { blocked: { code: 'log.errors-found', params: { host: standby.id, file: tail.file, id, line } } };
    }
    return verdict.verdict === 'inconclusive' && fromStart ? 'needed' : 'done';
  },
  report: (tail, { standby }) => tail && logReport(standby.id, tail.file, judge(tail).verdict),
});

function judge(tail: LogTail): Judged {
  const log = readLog(tail.bytes, tail.file);
  const newest = judgeLog(log, { role: 'standby', anchor: 'newest' });
  if (newest.excerpt.length > 0) return { verdict: newest, fromStart: true };
  return { verdict: judgeLog(log, { role: 'standby', anchor: 'all' }), fromStart: false };
}
