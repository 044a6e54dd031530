import { defineStep } from '../../../domain/step.ts';
import { type Binaries, binaries } from '../../facts/binaries.ts';
import { finding } from '../findings.ts';
import { askPrimary } from '../pair.ts';

interface Facts {
  readonly primary: string;
  readonly standby: Binaries;
}

/** Both servers have PostgreSQL 17 of the same minor version; the standby's programs may still have to be fetched. M06, H40. */
export const preflightVersions = defineStep<Facts>({
  id: 'preflight.versions',
  manual: ['M06'],
  effect: 'read',
  async gather(ask, input) {
    const [{ live }, standby] = await Promise.all([
      askPrimary(ask, input),
      ask.fact(input.standby.id, binaries, { binDir: input.cluster.binDir }),
    ]);
    return { primary: live.version, standby };
  },
  check({ standby: { absent, version, major, missing } }, { cluster, standby }) {
    const host = standby.id;
    if (absent && cluster.archive) return 'done';
    if (missing.length > 0) {
      const params = { host, path: cluster.binDir, programs: absent ? 'postgres' : missing.join(', ') };
      return { blocked: { code: 'binaries.missing', params } };
    }
    return major === 17 ? 'done' : { blocked: { code: 'version.unsupported', params: { host, version } } };
  },
  findings({ primary, standby: { version, major, absent } }, { standby }) {
    const params = { primary, standby: version };
    if (absent) return [finding('version.minor', 'unknown', params, standby.id)];
    const verdict = major !== 17 ? 'failed' : version === primary ? 'ok' : 'warning';
    return [finding('version.minor', verdict, params, standby.id)];
  },
});
