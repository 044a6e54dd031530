import { z } from 'zod';
import { absolutePath, accountName, hostName, id, port, secretRef } from './formats.ts';

const sshSettings = z.strictObject({
  kind: z.literal('ssh'),
  port: port.default(22),
  user: accountName,
  /** Pinned public host keys, as in known_hosts: `ssh-ed25519 AAAA…`. A different key is refused. */
  hostKeys: z.array(z.string().regex(/^(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/=]+/)).min(1),
  privateKey: secretRef.optional(),
  passphrase: secretRef.optional(),
  password: secretRef.optional(),
  agent: z.boolean().default(false),
  /** Id of the host of this inventory to jump through. */
  jump: id.optional(),
});
export type SshSettings = z.infer<typeof sshSettings>;

const winrmLogin = { user: accountName, password: secretRef.optional() };

/** WinRM over TLS. The host's certificate is always checked: by its authority or by its own fingerprint. */
const winrmSettings = z
  .strictObject({
    kind: z.literal('winrm'),
    port: port.default(5986),
    ...winrmLogin,
    auth: z.enum(['ntlm', 'basic', 'certificate']).default('ntlm'),
    /** File with the certificates of the authorities to believe, PEM. */
    ca: absolutePath.optional(),
    /** SHA-256 of the host's own certificate, in place of an authority. */
    fingerprint: z
      .string()
      .regex(/^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$/, 'SHA-256: 64 hexadecimal digits')
      .optional(),
    /** For `certificate`: the login's own certificate, a PEM file, and its key. */
    clientCert: absolutePath.optional(),
    clientKey: secretRef.optional(),
  })
  .refine(({ ca, fingerprint }) => (ca === undefined) !== (fingerprint === undefined), {
    message: 'either ca or fingerprint, to check the host by',
    path: ['ca'],
  })
  .refine(({ auth, password }) => auth === 'certificate' || password !== undefined, {
    message: 'auth ntlm and basic need a password',
    path: ['password'],
  })
  .refine(({ auth, clientCert, clientKey }) => auth !== 'certificate' || (clientCert && clientKey), {
    message: 'auth certificate needs clientCert and clientKey',
    path: ['clientCert'],
  });

/** WinRM without TLS: NTLM alone, whose keys seal every message. */
const winrmHttpSettings = z.strictObject({
  kind: z.literal('winrm-http'),
  port: port.default(5985),
  user: accountName,
  password: secretRef,
});
export type WinrmSettings = z.infer<typeof winrmSettings> | z.infer<typeof winrmHttpSettings>;

const linuxHost = z.strictObject({
  address: hostName,
  os: z.literal('linux'),
  transport: z.discriminatedUnion('kind', [sshSettings]),
  /** How the host's administrator rights are reached from the login account. */
  become: z.enum(['none', 'sudo']).default('sudo'),
  /** Zapas' own directory on the host: fencing tokens, detached jobs, files moved aside. */
  stateDir: absolutePath.default('/var/lib/zapas'),
});

const windowsHost = z.strictObject({
  address: hostName,
  os: z.literal('windows'),
  /** `ssh` is OpenSSH for Windows. */
  transport: z.discriminatedUnion('kind', [winrmSettings, winrmHttpSettings, sshSettings]),
  /** The login account is an administrator. */
  become: z.literal('none').default('none'),
  stateDir: z
    .string()
    .regex(/^[A-Za-z]:\\[^\0\r\n"]*[^\0\r\n"\\]$/, 'an absolute path with backslashes')
    .default('C:\\ProgramData\\zapas'),
});

/** A machine Zapas logs in to. */
export const hostSchema = z.discriminatedUnion('os', [linuxHost, windowsHost]);
