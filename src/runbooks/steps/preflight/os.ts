import { defineStep } from '../../../domain/step.ts';
import { type OsRelease, osRelease } from '../../facts/os.ts';
import { finding } from '../findings.ts';

interface Facts {
  readonly primary: OsRelease;
  readonly standby: OsRelease;
}

/**
 * Both servers run the same system, Linux or Windows, of the same distribution or edition, architecture and version. A copy of the files runs on no other
 * architecture; another version may sort text otherwise and so make indexes wrong. M02, M03.
 */
export const preflightOs = defineStep<Facts>({
  id: 'preflight.os',
  manual: ['M02', 'M03'],
  effect: 'read',
  async gather(ask, { primary, standby }) {
    const [one, two] = await Promise.all([ask.fact(primary.id, osRelease, {}), ask.fact(standby.id, osRelease, {})]);
    return { primary: one, standby: two };
  },
  check({ primary, standby }) {
    if (sameType(primary, standby)) return 'done';
    return {
      blocked: { code: 'os.mismatch', params: { primary: typeOf(primary), standby: typeOf(standby) } },
    };
  },
  findings({ primary, standby }) {
    const versions = { primary: primary.name, standby: standby.name };
    return [
      finding('os.type', sameType(primary, standby) ? 'ok' : 'failed', {
        primary: typeOf(primary),
        standby: typeOf(standby),
      }),
      finding('os.version', primary.version === standby.version ? 'ok' : 'failed', versions),
    ];
  },
});

function sameType(primary: OsRelease, standby: OsRelease): boolean {
  return typeOf(primary) === typeOf(standby);
}

function typeOf({ kernel, distribution, machine }: OsRelease): string {
  return [kernel, distribution, machine].filter((word) => word !== '').join(' ');
}
