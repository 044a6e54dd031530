import type { LogReport } from '../../../domain/report.ts';
import type { LogVerdict } from '../../postgres/log/verdict.ts';

/** A verdict as it goes to people: only findings that still stand, each with its first line. */
export function logReport(host: string, file: string, judged: LogVerdict): LogReport {
  return {
    kind: 'log',
    host,
    file,
    verdict: judged.verdict,
    findings: judged.findings.filter(({ resolved }) => !resolved).map(({ id, mend, line }) => ({ id, mend, line })),
    excerpt: judged.excerpt,
  };
}
