import type { CommandLine } from '../../domain/command.ts';
import type { RedirectOf } from '../../domain/redirect.ts';

const FORMAT = ['-XAw', '-P', 'footer=off'];

type Console = Pick<RedirectOf<'pgbouncer'>, 'socketDir' | 'port' | 'account'>;

/**
 * Says these commands to PgBouncer's console: through its socket and as the account it runs as, it asks for no password. Ends when a
 * command takes longer than `seconds`; what it began goes on. Source: pgbouncer.ini(5), `admin_users`.
 */
export function pgbouncerSaid(
  { socketDir, port, account }: Console,
  commands: readonly string[],
  seconds = 10,
): CommandLine {
  const way = ['-h', socketDir, '-p', String(port)];
  const words = commands.flatMap((one) => ['-c', one]);
  return {
    argv: ['timeout', String(seconds), 'psql', ...FORMAT, ...way, '-U', 'pgbouncer', '-d', 'pgbouncer', ...words],
    env: { LC_ALL: 'C', PGCONNECT_TIMEOUT: '5' },
    as: account,
    timeoutMs: (seconds + 10) * 1_000,
  };
}
