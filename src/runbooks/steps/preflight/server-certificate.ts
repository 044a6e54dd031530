import type { ErrorRef } from '../../../domain/errors.ts';
import type { Attempt, Finding, StepInput } from '../../../domain/step.ts';
import { attempt, defineStep } from '../../../domain/step.ts';
import { type Identity, identity } from '../../facts/certificates.ts';
import { type Configuration, configuration } from '../../facts/database.ts';
import { finding } from '../findings.ts';
import { askPrimary } from '../pair.ts';
import { expiry } from './certificates.ts';

interface Facts {
  readonly now: number;
  readonly settings: Configuration['settings'];
  /** The files the server's settings name, as the service's account sees them on each host. */
  readonly primary: Attempt<Identity>;
  readonly standby: Attempt<Identity>;
}

/**
 * The primary speaks TLS and knows the root that signed the client certificates, and the standby has server files of its own
 * at the same paths: with the copied configuration it would not start without them. Files inside the data directory come
 * with the copy. M11, H30.
 */
export const preflightServerCertificate = defineStep<Facts>({
  id: 'preflight.server-certificate',
  manual: ['M11'],
  effect: 'read',
  async gather(ask, input) {
    const { cluster, primary, standby } = input;
    const { server } = await askPrimary(ask, input);
    const { settings } = await ask.fact(primary.id, configuration, { server });
    const args = {
      root: inDataDirectory(settings.ssl_ca_file.value, cluster.dataDir),
      cert: inDataDirectory(settings.ssl_cert_file.value, cluster.dataDir),
      key: inDataDirectory(settings.ssl_key_file.value, cluster.dataDir),
      account: cluster.serviceAccount,
    };
    const [one, two] = await Promise.all([
      attempt(ask.fact(primary.id, identity, args)),
      attempt(ask.fact(standby.id, identity, args)),
    ]);
    return { now: ask.now().getTime(), settings, primary: one, standby: two };
  },
  check(facts, input) {
    const problem = problemOf(facts, input);
    return problem ? { blocked: problem } : 'done';
  },
  findings(facts, input) {
    const { ssl_cert_file: cert } = facts.settings;
    const problem = problemOf(facts, input);
    const { host = input.primary.id, path = cert.value, detail = 'none' } = problem?.params ?? {};
    const params = { path: String(path), problem: String(detail) };
    const files = finding('certificate.files', problem ? 'failed' : 'ok', params, String(host));
    return [
      files,
      ...expiryOf(facts.primary, input.primary.id, facts),
      ...expiryOf(facts.standby, input.standby.id, facts),
    ];
  },
});

function expiryOf(found: Attempt<Identity>, host: string, { settings, now }: Facts): readonly Finding[] {
  return found.ok ? expiry(settings.ssl_cert_file.value, found.value.cert, host, now) : [];
}

function problemOf({ settings, standby }: Facts, input: StepInput): ErrorRef | undefined {
  if (settings.ssl.value !== 'on') return missing(input.primary.id, settings.ssl_cert_file.value, 'sslOff');
  if (settings.ssl_ca_file.value === '') return missing(input.primary.id, 'ssl_ca_file', 'noRoot');
  // Without an account on the standby there is nothing to look with yet; its server would say so when it starts.
  if (!standby.ok) return undefined;
  const { root, cert, key } = standby.value;
  const lacking = [
    [settings.ssl_ca_file.value, root.readable, 'unreadable'],
    [settings.ssl_cert_file.value, cert.readable, 'unreadable'],
    [settings.ssl_key_file.value, key.readable, 'unreadable'],
    [settings.ssl_key_file.value, key.permissionsOk, 'permissions'],
  ] as const;
  const [found] = lacking.filter(([path, fine]) => path.startsWith('/') && !fine);
  return found ? missing(input.standby.id, found[0], found[2]) : undefined;
}

function missing(host: string, path: string, detail: string): ErrorRef {
  return { code: 'certificate.missing', params: { host, path, detail } };
}

function inDataDirectory(path: string, dataDir: string): string {
  return path.startsWith('/') || path === '' ? path : `${dataDir}/${path}`;
}
