import { z } from 'zod';

/** How the strings and numbers of an inventory are written. */
export const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes, at most 40');
export const absolutePath = z.string().regex(/^(\/|[A-Za-z]:[\\/])[^\0\r\n]*$/, 'an absolute path');
export const accountName = z
  .string()
  .regex(/^[^\0\r\n\s,"']{1,63}$/, 'an account name without blanks, commas or quotes');
export const hostName = z.string().regex(/^[A-Za-z0-9_.:%-]{1,253}$/, 'a host name or an IP address');
export const port = z.int().min(1).max(65_535);
export const listenAddress = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9_.-]+):\d{1,5}$/, 'address:port, such as 127.0.0.1:8080');

/** A secret is named, never written down: `env:NAME` or `file:/path`. */
export const secretRef = z
  .string()
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/, 'env:NAME or file:/path; the secret itself never stands here');
export type SecretRef = z.infer<typeof secretRef>;
