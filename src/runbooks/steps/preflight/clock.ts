import type { Finding } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { osClock } from '../../facts/os.ts';
import { finding } from '../findings.ts';

/** Seconds a host's clock may be away from the worker's before times in logs and certificates become doubtful. */
const TOLERATED_SECONDS = 5;

/** Seconds by which each host is ahead of the worker (negative: behind), beyond what the question itself took. */
interface Facts {
  readonly primary: number;
  readonly standby: number;
}

/** The clocks of both servers against the worker's. Certificates and the reading of logs rest on them. */
export const preflightClock = defineStep<Facts>({
  id: 'preflight.clock',
  manual: [],
  effect: 'read',
  async gather(ask, { primary, standby }) {
    const skewOf = async (host: string): Promise<number> => {
      const before = ask.now();
      const { epochSeconds } = await ask.fact(host, osClock, { askedAt: before.toISOString() });
      const [earliest, latest] = [Math.floor(before.getTime() / 1000), Math.floor(ask.now().getTime() / 1000)];
      if (epochSeconds < earliest) return epochSeconds - earliest;
      return Math.max(0, epochSeconds - latest);
    };
    const [one, two] = await Promise.all([skewOf(primary.id), skewOf(standby.id)]);
    return { primary: one, standby: two };
  },
  check: () => 'done',
  findings(facts, { primary, standby }) {
    return [judge(primary.id, facts.primary), judge(standby.id, facts.standby)];
  },
});

function judge(host: string, seconds: number): Finding {
  const ahead = Math.abs(seconds);
  const fine = ahead <= TOLERATED_SECONDS;
  return finding('clock.skew', fine ? 'ok' : 'warning', { seconds: fine ? 0 : ahead }, host);
}
