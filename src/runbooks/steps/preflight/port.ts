import { defineStep } from '../../../domain/step.ts';
import { type PortState, portFrom } from '../../facts/network.ts';
import { replicationAddress } from '../../names.ts';
import { finding } from '../findings.ts';

interface Facts {
  readonly state: PortState;
}

/** The standby reaches the primary's port. When it does not, setup opens it: this only says so. M09. */
export const preflightPort = defineStep<Facts>({
  id: 'preflight.port',
  manual: ['M09'],
  effect: 'read',
  async gather(ask, input) {
    const address = replicationAddress(input, input.primary.id);
    return { state: await ask.fact(input.standby.id, portFrom, { address, port: input.cluster.port }) };
  },
  check: () => 'done',
  findings({ state }, input) {
    const params = { address: replicationAddress(input, input.primary.id), port: input.cluster.port, state };
    const verdict = state === 'open' ? 'ok' : state === 'unknown' ? 'unknown' : 'warning';
    return [finding('port.reachable', verdict, params, input.standby.id)];
  },
});
