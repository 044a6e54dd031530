import { text } from '../../domain/command.ts';
import type { Fact } from '../../domain/step.ts';
import { powershell } from './powershell.ts';
import { type NoArgs, script } from './shell.ts';

const TASKS = `
$folder = [IO.Path]::Combine([Environment]::SystemDirectory, 'Tasks')
if (-not [IO.Directory]::Exists($folder)) { Leave exit 0 }
$found = 0
foreach ($file in [IO.Directory]::EnumerateFiles($folder, '*', [IO.SearchOption]::AllDirectories)) {
  try { $text = [IO.File]::ReadAllText($file) } catch { continue }
  if ($text -match 'pg_basebackup.*(--incremental|\\s-i\\s)|pg_combinebackup') { Line $file; $found++ }
  if ($found -eq 10) { break }
}`;

/**
 * Files of cron, of systemd and of Windows' task scheduler that start an incremental backup of PostgreSQL (M05, H48): at most ten paths.
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
    windows: () => powershell(TASKS, []),
  },
  parse: (result) =>
    text(result.stdout)
      .split('\n')
      .filter((path) => path !== ''),
};
