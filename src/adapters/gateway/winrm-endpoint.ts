import { readFile } from 'node:fs/promises';
import { OpsError } from '../../domain/errors.ts';
import type { SecretRef } from '../../domain/formats.ts';
import type { WinrmSettings } from '../../domain/host-settings.ts';
import type { Secrets } from '../../domain/ports.ts';
import type { Credentials, Endpoint, Trust } from '../winrm/endpoint.ts';

/** Where the WinRM service of a host is, how it is checked and how we log in; fetches secrets and certificates. */
export async function endpointOf(host: string, settings: WinrmSettings, secrets: Secrets): Promise<Endpoint> {
  const { port, user } = settings;
  if (settings.kind === 'winrm-http') {
    const password = await secrets.get(settings.password);
    return { scheme: 'http', host, port, login: { kind: 'ntlm', user, password } };
  }
  return { scheme: 'https', host, port, trust: await trustOf(settings), login: await credentialsOf(settings, secrets) };
}

type TlsSettings = Extract<WinrmSettings, { kind: 'winrm' }>;

async function trustOf({ ca, fingerprint = '' }: TlsSettings): Promise<Trust> {
  return ca === undefined ? { kind: 'pin', sha256: fingerprint } : { kind: 'ca', pem: await pemFile(ca) };
}

async function credentialsOf(settings: TlsSettings, secrets: Secrets): Promise<Credentials> {
  const { auth, user, password, clientCert = '', clientKey } = settings;
  const secret = await secrets.get(needed(auth === 'certificate' ? clientKey : password));
  if (auth === 'certificate') return { kind: auth, certificate: await pemFile(clientCert), key: secret };
  return { kind: auth, user, password: secret };
}

/** What the inventory's schema has made sure of. */
function needed(ref: SecretRef | undefined): SecretRef {
  if (ref === undefined) throw new OpsError('config.secret-missing', { ref: '', detail: '' });
  return ref;
}

async function pemFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new OpsError('config.secret-missing', { ref: `file:${path}`, detail: String(error) }, error);
  }
}
