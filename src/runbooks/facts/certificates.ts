import { X509Certificate } from 'node:crypto';
import { text } from '../../domain/command.ts';
import type { Fact } from '../../domain/step.ts';
import { powershell } from './powershell.ts';
import { keyValues, script } from './shell.ts';

/** The files of one identity, absolute paths. `key` is looked at, never read. */
export interface CertificateArgs {
  readonly root: string;
  readonly cert: string;
  readonly key: string;
  /** Who has to be able to use them. */
  readonly account: string;
}

/** One certificate file as that account sees it. */
export interface Certificate {
  readonly readable: boolean;
  /** ISO 8601; absent when the file is missing or no certificate. */
  readonly expires?: string;
  /** Common name of the subject. */
  readonly commonName?: string;
}

/** A client's or server's certificate with its root and key. */
export interface Identity {
  readonly root: Certificate;
  readonly cert: Certificate;
  readonly key: {
    readonly readable: boolean;
    /** libpq and the server refuse keys that others may read. */
    readonly permissionsOk: boolean;
    /** Undefined when it cannot be told: no openssl there, or a key with a passphrase. */
    readonly matches?: boolean;
  };
  /** The root (or a certificate in its file) has signed the certificate. Undefined when one of them cannot be read. */
  readonly chainOk?: boolean;
}

/** libpq and the server on Windows ask nobody who else may read a key; that is for the access list (H25). */
const IDENTITY_WINDOWS = `
$root, $cert, $key = $words
if ([IO.File]::Exists($key)) { Line 'key=yes'; Line 'mode=600'; Line 'owner=root' }
Line '==root'
if ([IO.File]::Exists($root)) { Line ([IO.File]::ReadAllText($root)) }
Line '==cert'
if ([IO.File]::Exists($cert)) { Line ([IO.File]::ReadAllText($cert)) }`;

/**
 * Certificates as the account that uses them sees them; expiry and chain are judged here, so the host needs no openssl.
 * M11, M14. Source: PostgreSQL's manual, "SSL Support" (who may own a key, and with which mode).
 */
export const identity: Fact<CertificateArgs, Identity> = {
  id: 'certificates.identity',
  read: {
    posix: ({ root, cert, key, account }) =>
      script(
        `
[ -r "$3" ] && echo key=yes
stat -L -c 'mode=%a
owner=%U' -- "$3" 2>/dev/null
if command -v openssl >/dev/null; then
  a=$(openssl x509 -in "$2" -noout -pubkey 2>/dev/null </dev/null)
  b=$(openssl pkey -in "$3" -pubout -passin pass: 2>/dev/null </dev/null)
  [ -n "$a" ] && [ -n "$b" ] && { [ "$a" = "$b" ] && echo matches=yes || echo matches=no; }
fi
echo ==root; [ -r "$1" ] && cat -- "$1"
echo ==cert; [ -r "$2" ] && cat -- "$2"
exit 0`,
        [root, cert, key],
        { as: account },
      ),
    windows: ({ root, cert, key }) => powershell(IDENTITY_WINDOWS, [root, cert, key]),
  },
  parse(result, { account }) {
    const [head = '', roots = '', certs = ''] = text(result.stdout).split(/^==(?:root|cert)\n/m);
    const fields = keyValues(head);
    const authorities = readPem(roots);
    const [certificate] = readPem(certs);
    const mode = Number.parseInt(fields.get('mode') ?? '777', 8);
    // Owned by the user: nobody else. Owned by root: its group may read.
    const allowed = fields.get('owner') === account ? 0o700 : fields.get('owner') === 'root' ? 0o740 : 0;
    const matches = fields.get('matches');
    return {
      root: describe(roots, authorities[0]),
      cert: describe(certs, certificate),
      key: {
        readable: fields.has('key'),
        permissionsOk: fields.has('mode') && (mode & ~allowed) === 0,
        ...(matches !== undefined && { matches: matches === 'yes' }),
      },
      ...(certificate && authorities.length > 0 && { chainOk: authorities.some((one) => signed(one, certificate)) }),
    };
  },
};

/** The certificates of a PEM text; what is none is left out. */
export function readPem(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

function describe(content: string, certificate: X509Certificate | undefined): Certificate {
  if (!certificate) return { readable: content.trim() !== '' };
  const commonName = /^CN=(.*)$/m.exec(certificate.subject)?.[1];
  return {
    readable: true,
    expires: new Date(certificate.validTo).toISOString(),
    ...(commonName !== undefined && { commonName }),
  };
}

function signed(authority: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}
