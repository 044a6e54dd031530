import { OpsError } from '../../domain/errors.ts';

/**
 * A text of PostgreSQL that cannot be read, or a value that cannot be written into one safely (`postgresql.format`).
 *
 * `what` names the format (`postgresql.conf`, `pg_hba.conf`, `conninfo` …), `problem` is a kebab-case token, `line` is
 * 1-based and 0 where the text has no lines. The offending text itself is never quoted: it may hold a password.
 */
export function formatError(what: string, problem: string, line = 0): OpsError {
  return new OpsError('postgresql.format', { what, problem, line });
}
