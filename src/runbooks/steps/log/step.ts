import { z } from 'zod';
import type { Ask, Attempt, StepInput } from '../../../domain/step.ts';
import { attempt, defineStep } from '../../../domain/step.ts';
import { type LogTail, logArgs, logTail } from '../../facts/log.ts';
import { type PostgresServer, postgresServer, serverArgs } from '../../facts/postgres.ts';
import { readLog } from '../../postgres/log/read.ts';
import { judgeLog, type LogVerdict } from '../../postgres/log/verdict.ts';
import { isStandby } from '../evidence/weigh.ts';
import { logReport } from './report.ts';

/** How much of the log is fetched at most. */
const MAX_BYTES = 512 * 1024;

/** What can be asked of a log. */
export const logOptions = z.strictObject({
  /** Whose log, by the role of the host. */
  host: z.enum(['primary', 'standby']).default('standby'),
  /** Lines of the excerpt at most. */
  lines: z.int().min(5).max(200).default(30),
  /** Judge from the server's newest start on; otherwise everything that was fetched. */
  sinceStart: z.boolean().default(true),
});

interface Log {
  readonly tail: LogTail | undefined;
  readonly server: Attempt<PostgresServer>;
}

/**
 * The end of a server's log with a verdict: fetched as bytes, each line decoded by itself, English and Polish alike. Lines
 * from before the server's start count only when asked for: a copied server carries its primary's old log. M17; H30, H43, H44.
 */
export const logsRead = defineStep<Log>({
  id: 'logs.read',
  manual: ['M17'],
  effect: 'read',
  gather,
  check({ tail }, input) {
    if (tail) return 'done';
    const { dataDir, logDir } = input.cluster;
    const looked = [...new Set([logDir, 'pg_log', 'log'])].join(', ');
    const params = { host: hostOf(input).id, fact: 'log.tail', detail: `${dataDir}: ${looked}` };
    return { blocked: { code: 'fact.unreadable', params } };
  },
  report: (log, input) => log.tail && logReport(hostOf(input).id, log.tail.file, judge(log.tail, log, input)),
});

async function gather(ask: Ask, input: StepInput): Promise<Log> {
  const { id } = hostOf(input);
  const [tail, server] = await Promise.all([
    ask.fact(id, logTail, logArgs(input.cluster, MAX_BYTES)),
    attempt(ask.fact(id, postgresServer, serverArgs(input.cluster))),
  ]);
  return { tail, server };
}

function hostOf(input: Pick<StepInput, 'options' | 'primary' | 'standby'>): StepInput['primary'] {
  return logOptions.parse(input.options).host === 'primary' ? input.primary : input.standby;
}

function judge(tail: LogTail, { server }: Log, { options }: StepInput): LogVerdict {
  const { host, lines, sinceStart } = logOptions.parse(options);
  const log = readLog(tail.bytes, tail.file);
  const role = server.ok && server.value.control ? (isStandby(server.value) ? 'standby' : 'primary') : host;
  const whole = judgeLog(log, { role, anchor: 'all', excerptLines: lines });
  if (!sinceStart) return whole;
  const since = judgeLog(log, { role, anchor: 'newest', excerptLines: lines });
  // A server that has run for long wrote its start into an older file: then all we have is from after it.
  return since.excerpt.length === 0 ? whole : since;
}
