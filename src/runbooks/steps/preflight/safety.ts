import { defineStep } from '../../../domain/step.ts';
import { finding } from '../findings.ts';
import { askPrimary, type Primary } from '../pair.ts';

interface Facts {
  readonly primary: Primary;
}

/** Will the old primary be able to follow its successor without a new copy? Needs data checksums or wal_log_hints. H3. */
export const preflightRewind = defineStep<Facts>({
  id: 'preflight.rewind',
  manual: [],
  effect: 'read',
  gather: async (ask, input) => ({ primary: await askPrimary(ask, input) }),
  check: () => 'done',
  findings({ primary }, input) {
    const { data_checksums: checksums = 'off', wal_log_hints: hints = 'off' } = primary.live.settings;
    const possible = checksums === 'on' || hints === 'on';
    return [finding('rewind-possible', possible ? 'ok' : 'warning', { checksums, hints }, input.primary.id)];
  },
});

/** Two servers that archive WAL to one place stop each other: archiving on the primary is named. H8. */
export const preflightArchiving = defineStep<Facts>({
  id: 'preflight.archiving',
  manual: [],
  effect: 'read',
  gather: async (ask, input) => ({ primary: await askPrimary(ask, input) }),
  check: () => 'done',
  findings({ primary }, input) {
    const mode = primary.live.settings.archive_mode ?? 'off';
    return [finding('archiving', mode === 'off' ? 'ok' : 'warning', { mode }, input.primary.id)];
  },
});
