import type { Check } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { registerService, type Services, serviceProblem, serviceStands } from '../../acts/service-register.ts';
import { osAccount } from '../../facts/os.ts';
import { serviceUnit } from '../../facts/service.ts';

/**
 * The service exists on the standby and starts when the host boots. Linux: the primary's unit when it names the same directories,
 * else one of our own; without systemd there is nothing to install, the server is started directly, as the manual allows. Windows:
 * registered by pg_ctl, with the account of the primary's service. M07, M08, H25, H26.
 */
export const setupService = defineStep<Services>({
  id: 'setup.service',
  manual: ['M07', 'M08'],
  effect: 'reversible',
  async gather(ask, { cluster, primary, standby }) {
    const args = { service: cluster.service };
    const [one, two, account] = await Promise.all([
      ask.fact(primary.id, serviceUnit, args),
      ask.fact(standby.id, serviceUnit, args),
      ask.fact(standby.id, osAccount, { account: cluster.serviceAccount }),
    ]);
    return { primary: one, standby: two, group: account.group };
  },
  check(services, { cluster, standby }): Check {
    const problem = serviceProblem(standby, services, cluster);
    if (problem) return { blocked: problem };
    return serviceStands(standby, services, cluster) ? 'done' : 'needed';
  },
  apply: (services, { cluster, standby }) => registerService(standby, services, cluster),
});
