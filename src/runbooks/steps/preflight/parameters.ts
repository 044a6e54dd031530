import type { Attempt } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import type { PostgresServer } from '../../facts/postgres.ts';
import { finding } from '../findings.ts';
import { askPrimary, askStandby, type Primary } from '../pair.ts';

const PARAMETERS = [
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
] as const;

interface Facts {
  readonly primary: Primary;
  readonly standby: Attempt<PostgresServer>;
}

/** The five parameters that a standby must have at least as high as its primary; a new copy has the primary's own. H16. */
export const preflightParameters = defineStep<Facts>({
  id: 'preflight.parameters',
  manual: [],
  effect: 'read',
  async gather(ask, input) {
    const [primary, standby] = await Promise.all([askPrimary(ask, input), askStandby(ask, input)]);
    return { primary, standby };
  },
  check: () => 'done',
  findings({ primary, standby }, input) {
    const theirs = standby.ok ? standby.value.live?.settings : undefined;
    const low = PARAMETERS.filter((name) => theirs && Number(theirs[name]) < Number(primary.live.settings[name]));
    return [finding('parameters', low.length === 0 ? 'ok' : 'failed', { names: low.join(', ') }, input.standby.id)];
  },
});
