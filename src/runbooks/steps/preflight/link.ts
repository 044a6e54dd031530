import { attempt, defineStep } from '../../../domain/step.ts';
import { type Link, link } from '../../facts/network.ts';
import { replicationAddress } from '../../names.ts';
import { finding } from '../findings.ts';

/** M04: 1 Gb/s. A measurement is good to about a tenth. */
const WANTED_MBITS = 1000;
const ENOUGH_MBITS = 900;

interface Facts {
  readonly link: Link | undefined;
}

/** The line from the standby to the primary is measured against the recommended 1 Gb/s. It never stops anything. M04. */
export const preflightLink = defineStep<Facts>({
  id: 'preflight.link',
  manual: ['M04'],
  effect: 'read',
  async gather(ask, input) {
    const address = replicationAddress(input, input.primary.id);
    const asked = await attempt(ask.fact(input.standby.id, link, { address }));
    return { link: asked.ok ? asked.value : undefined };
  },
  check: () => 'done',
  findings({ link }, { standby }) {
    const { measuredMbits = 0, cardMbits = 0 } = link ?? {};
    const params = { measured: measuredMbits, card: cardMbits, wanted: WANTED_MBITS };
    if (measuredMbits > 0)
      return [finding('link.speed', measuredMbits >= ENOUGH_MBITS ? 'ok' : 'warning', params, standby.id)];
    // The card alone proves that the line is too slow, never that it is fast enough.
    const slowCard = cardMbits > 0 && cardMbits < WANTED_MBITS;
    return [finding('link.speed', slowCard ? 'warning' : 'unknown', params, standby.id)];
  },
});
