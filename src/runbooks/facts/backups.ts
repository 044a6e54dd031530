import { text } from '../../domain/command.ts';
import type { Fact } from '../../domain/step.ts';
import { type NoArgs, script } from './shell.ts';

/**
 * Files of cron and systemd that start an incremental backup of PostgreSQL (M05, H48): at most ten paths.
 * Source: PostgreSQL's manual, pg_basebackup `--incremental` and pg_combinebackup.
 */
export const incrementalJobs: Fact<NoArgs, readonly string[]> = {
  id: 'backups.incremental-jobs',
  read: {
    posix: () =>
      script(
        `
grep -rlsE '(pg_basebackup.*(--incremental|[[:space:]]-i[[:space:]]))|pg_combinebackup' \
  /etc/crontab /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly \
  /var/spool/cron /etc/systemd/system | sort | head -n 10`,
        [],
      ),
  },
  parse: (result) =>
    text(result.stdout)
      .split('\n')
      .filter((path) => path !== ''),
};
