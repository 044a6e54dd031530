import type { ErrorRef } from '../../../domain/errors.ts';
import type { Finding, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { type Certificate, type Identity, identity } from '../../facts/certificates.ts';
import { finding } from '../findings.ts';

const DAY_MS = 86_400_000;
const WARN_DAYS = 30;

interface Facts {
  readonly now: number;
  readonly primary: Identity;
  readonly standby: Identity;
}

/**
 * The client certificate, its key and the root are there, readable by the service's account, belong together and have not
 * expired. The standby needs them now; the primary needs them when it follows its successor, so there it is a warning. M11, M14.
 */
export const preflightCertificates = defineStep<Facts>({
  id: 'preflight.certificates',
  manual: ['M11', 'M14'],
  effect: 'read',
  async gather(ask, { cluster, primary, standby }) {
    const { root, clientCert, clientKey } = cluster.certificates;
    const args = { root, cert: clientCert, key: clientKey, account: cluster.serviceAccount };
    const [one, two] = await Promise.all([ask.fact(primary.id, identity, args), ask.fact(standby.id, identity, args)]);
    return { now: ask.now().getTime(), primary: one, standby: two };
  },
  check(facts, input) {
    const problem = problemOf(facts.standby, input, facts.now);
    return problem ? { blocked: problem } : 'done';
  },
  findings(facts, input) {
    return [
      ...judge(facts.primary, input, input.primary.id, facts.now, 'warning'),
      ...judge(facts.standby, input, input.standby.id, facts.now, 'failed'),
    ];
  },
});

/** The first thing that keeps these files from being used; undefined when nothing does. */
function problemOf(found: Identity, { cluster, standby }: StepInput, now: number): ErrorRef | undefined {
  const { root, clientCert, clientKey } = cluster.certificates;
  const missing = (path: string, detail: string): ErrorRef => ({
    code: 'certificate.missing',
    params: { host: standby.id, path, detail },
  });
  if (!found.root.expires) return missing(root, 'unreadable');
  if (!found.cert.expires) return missing(clientCert, 'unreadable');
  if (!found.key.readable) return missing(clientKey, 'unreadable');
  if (!found.key.permissionsOk) return missing(clientKey, 'permissions');
  if (found.key.matches === false) return missing(clientKey, 'otherKey');
  if (found.chainOk === false) return missing(clientCert, 'otherRoot');
  const expired = [
    [root, found.root],
    [clientCert, found.cert],
  ] as const;
  for (const [path, { expires = '' }] of expired) {
    if (daysLeft(expires, now) < 0)
      return { code: 'certificate.expired', params: { host: standby.id, path, expired: expires.slice(0, 10) } };
  }
  return undefined;
}

function judge(
  found: Identity,
  input: StepInput,
  host: string,
  now: number,
  grave: 'warning' | 'failed',
): readonly Finding[] {
  const { root, clientCert } = input.cluster.certificates;
  const problem = problemOf(found, { ...input, standby: { ...input.standby, id: host } }, now);
  const unusable = problem?.code === 'certificate.missing' ? problem.params : undefined;
  const files = finding(
    'certificate.files',
    unusable ? grave : 'ok',
    { path: String(unusable?.['path'] ?? clientCert), problem: String(unusable?.['detail'] ?? 'none') },
    host,
  );
  return [files, ...expiry(root, found.root, host, now), ...expiry(clientCert, found.cert, host, now)];
}

/** How long the certificate is still good; nothing when it cannot be read, which is said elsewhere. */
export function expiry(path: string, { expires }: Certificate, host: string, now: number): readonly Finding[] {
  if (expires === undefined) return [];
  const days = daysLeft(expires, now);
  const verdict = days < 0 ? 'failed' : days < WARN_DAYS ? 'warning' : 'ok';
  return [finding('certificate.expiry', verdict, { path, days: Math.abs(days), until: expires.slice(0, 10) }, host)];
}

/** Whole days until then; negative when it is over. */
function daysLeft(expires: string, now: number): number {
  return Math.floor((Date.parse(expires) - now) / DAY_MS);
}
