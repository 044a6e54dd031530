import type { Attempt, Change, Check } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { startServiceAndWait } from '../../acts/service-start.ts';
import type { PostgresServer } from '../../facts/postgres.ts';
import { type ServiceUnit, serviceUnit } from '../../facts/service.ts';
import { askStandby } from '../pair.ts';

interface Facts {
  readonly server: Attempt<PostgresServer>;
  readonly unit: ServiceUnit;
}

/** The standby is started as a service (or by pg_ctl where no service manager is) and takes read-only connections. M16, H27, H28. */
export const setupStart = defineStep<Facts>({
  id: 'setup.start',
  manual: ['M08', 'M16'],
  effect: 'reversible',
  async gather(ask, input) {
    const [server, unit] = await Promise.all([
      askStandby(ask, input),
      ask.fact(input.standby.id, serviceUnit, { service: input.cluster.service }),
    ]);
    return { server, unit };
  },
  check({ server }, { standby }): Check {
    if (!server.ok) return 'needed';
    const { live, state, control } = server.value;
    if (live?.inRecovery === false)
      return {
        blocked: { code: 'standby.already-promoted', params: { host: standby.id, timeline: control?.timeline ?? 0 } },
      };
    return live?.inRecovery || state === 'hot-standby-off' ? 'done' : 'needed';
  },
  apply: ({ unit }, { cluster, standby }): readonly Change[] => [startServiceAndWait(standby, cluster, unit)],
});
