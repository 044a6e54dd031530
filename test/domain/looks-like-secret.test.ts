import { describe, expect, it } from 'vitest';
import { hideSecretForms, looksLikeSecret } from '../../src/domain/looks-like-secret.ts';

const SECRETS: readonly string[] = [
  'setup demo password=hunter2',
  'setup demo --password hunter2',
  'setup demo —password hunter2',
  'reject k7m29qtx hasło: tajne123',
  'HASLO=tajne123',
  'pass: abc123',
  '"password": "hunter2"',
  'PGPASSWORD=hunter2 psql',
  'db_password = hunter2',
  'postgres://zapas:hunter2@10.0.0.1/mmedica',
  'see redis://:hunter2@host:6379/0',
  "alter user zapas password 'x y'",
  "host=a password='hun ter2' user=b",
  '-----BEGIN OPENSSH PRIVATE KEY----- b3Blb',
  'SCRAM-SHA-256$4096:abc==$x:y',
  'md5c4ca4238a0b923820dcc509a6f75849b',
  `xoxb-${'1'.repeat(12)}-abcdef`,
  `xapp-1-${'A'.repeat(12)}`,
  `ghp_${'a'.repeat(36)}`,
  'AKIAIOSFODNN7EXAMPLE',
  `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${'s'.repeat(20)}`,
  `MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.${'Z'.repeat(30)}`,
  'token=abc123',
  'pass\u200bword=hunter2',
  'password\u00a0= hunter2',
  'ｐａｓｓｗｏｒｄ=hunter2',
];

const HARMLESS: readonly string[] = [
  '',
  'status demo',
  'failover przychodnia-12',
  'approve k7m29qtx demo the standby is ready',
  'reject k7m29qtx the password was changed yesterday',
  'reject k7m29qtx najpierw zmieńcie hasło',
  'secret file:/etc/zapas/backup-password',
  'secret --ref file:/etc/zapas/backup-password',
  'token: file:/run/secrets/token',
  'logs demo --lines 40 --since-start',
  'link ABCDE-23456',
  'bypass=yes1',
  'plan 7b9340e6 of run k7m29qtx',
  'http://10.0.0.1:8080/runs/k7m29qtx',
  'a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6',
];

/** As it is seen. */
const seen = (text: string): string => text.replaceAll(/\p{Cf}/gu, '').normalize('NFKC');

describe('text that looks like a secret', () => {
  it.each(SECRETS)('%s', (text) => {
    expect(looksLikeSecret(text)).toBe(true);
  });
  it.each(HARMLESS)('but not: %s', (text) => {
    expect(looksLikeSecret(text)).toBe(false);
  });
  it.each(SECRETS)('is hidden: %s', (text) => {
    expect(looksLikeSecret(hideSecretForms(seen(`so: ${text}`)))).toBe(false);
  });
  it.each(HARMLESS)('but stays as it is: %s', (text) => {
    expect(hideSecretForms(text)).toBe(text);
  });
  it('is looked for without going on for ever', () => {
    const before = performance.now();
    for (const part of ['password ', 'a://', '-----BEGIN ', 'eyJ', '--', ' ']) looksLikeSecret(part.repeat(5_000));
    expect(performance.now() - before).toBeLessThan(20_000);
  });
});
