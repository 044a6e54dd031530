import { defineStep } from '../../../domain/step.ts';
import { incrementalJobs } from '../../facts/backups.ts';
import { finding } from '../findings.ts';
import { askPrimary } from '../pair.ts';

interface Facts {
  readonly summarizeWal: boolean;
  readonly jobs: readonly string[];
}

/** The vendor does not support incremental backup together with replication: WAL summaries and backup jobs are named. M05, H48. */
export const preflightIncrementalBackup = defineStep<Facts>({
  id: 'preflight.incremental-backup',
  manual: ['M05'],
  effect: 'read',
  async gather(ask, input) {
    const [primary, jobs] = await Promise.all([
      askPrimary(ask, input),
      ask.fact(input.primary.id, incrementalJobs, {}),
    ]);
    return { summarizeWal: primary.live.settings.summarize_wal === 'on', jobs };
  },
  check: () => 'done',
  findings({ summarizeWal, jobs }, { primary }) {
    const params = { summarizeWal: summarizeWal ? 'on' : 'off', jobs: jobs.length, paths: jobs.join(', ') };
    return [finding('incremental-backup', summarizeWal || jobs.length > 0 ? 'warning' : 'ok', params, primary.id)];
  },
});
