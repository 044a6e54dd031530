import { text } from '../../domain/command.ts';
import type { Fact } from '../../domain/step.ts';
import { parseWalFileName } from '../postgres/lsn.ts';
import { onBoth } from './shell.ts';

/** Where a client's connection ends. */
export interface Destination {
  readonly systemIdentifier: string;
  readonly inRecovery: boolean;
  /** Undefined when the recipe does not ask for it: then an old primary and its successor look alike. */
  readonly timeline?: number;
}

/** No client gets through that way. */
interface DeadEnd {
  /** What the command said instead. */
  readonly complaint: string;
}

/**
 * Runs the inventory's own command that connects as the clients do. It prints `system_identifier|pg_is_in_recovery()` and, as a
 * third column, `pg_walfile_name(pg_current_wal_lsn())`; a dead end when it fails or prints something else. M24.
 */
export const destination: Fact<{ readonly argv: readonly [string, ...string[]] }, Destination | DeadEnd> = {
  id: 'redirect.destination',
  read: onBoth(({ argv }) => ({ argv, env: { LC_ALL: 'C' }, timeoutMs: 10_000 })),
  parse(result) {
    const row = /^(\d{10,20})\|(t|f)(?:\|([0-9A-F]{24}))?$/.exec(text(result.stdout).trim());
    if (result.code !== 0 || !row)
      return { complaint: (text(result.stderr).trim() || text(result.stdout).trim()).slice(0, 400) };
    const [, systemIdentifier = '', recovery, file] = row;
    const timeline = file === undefined ? undefined : parseWalFileName(file)?.timeline;
    return { systemIdentifier, inRecovery: recovery === 't', ...(timeline !== undefined && { timeline }) };
  },
};
