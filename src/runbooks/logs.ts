import type { Runbook } from '../domain/runbook.ts';
import { logOptions, logsRead } from './steps/log/step.ts';

/** The end of one server's pg_log with a verdict; changes nothing. */
export const logs: Runbook = {
  id: 'logs',
  options: logOptions,
  steps: [logsRead],
};
