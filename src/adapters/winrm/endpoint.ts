import type { Secret } from '../../domain/secret.ts';

/** How the certificate of a host is checked; there is no way not to check it. */
export type Trust =
  /** Certificates of the authorities to believe, PEM. The host's name is checked too. */
  | { readonly kind: 'ca'; readonly pem: string }
  /** SHA-256 of the host's own certificate, hexadecimal with or without colons. Name and dates do not matter then. */
  | { readonly kind: 'pin'; readonly sha256: string };

/** How we log in. */
export type Credentials =
  | { readonly kind: 'ntlm'; readonly user: string; readonly password: Secret }
  | { readonly kind: 'basic'; readonly user: string; readonly password: Secret }
  | { readonly kind: 'certificate'; readonly certificate: string; readonly key: Secret };

/**
 * Where a WinRM service is and how to be let in. Plain HTTP has no other login than NTLM, whose keys seal every message;
 * the type says so, because there must be no setting that turns it off.
 */
export type Endpoint =
  | {
      readonly scheme: 'https';
      readonly host: string;
      readonly port: number;
      readonly trust: Trust;
      readonly login: Credentials;
    }
  | {
      readonly scheme: 'http';
      readonly host: string;
      readonly port: number;
      readonly login: Extract<Credentials, { kind: 'ntlm' }>;
    };

/** The account's parts as Windows wants them: `DOMAIN\user`, `user@domain` (whole, without domain), `.\user`, `user`. */
export function splitAccount(name: string): { readonly domain: string; readonly user: string } {
  const at = name.indexOf('\\');
  if (at < 0) return { domain: '', user: name };
  const domain = name.slice(0, at);
  return { domain: domain === '.' ? '' : domain, user: name.slice(at + 1) };
}

/** `host:port`, with brackets around an IPv6 address. */
export function authority({ host, port }: Pick<Endpoint, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
