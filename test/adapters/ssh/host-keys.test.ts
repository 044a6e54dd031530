import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fingerprint, isPinned, parseHostKey, signatureAlgorithms } from '../../../src/adapters/ssh/host-keys.ts';

const dir = mkdtempSync(join(tmpdir(), 'zapas-keys-'));
afterAll(() => rmSync(dir, { recursive: true }));

function makeKey(type: string): { readonly line: string; readonly listed: string } {
  spawnSync('ssh-keygen', ['-q', '-N', '', '-t', type, '-f', join(dir, type)]);
  const listed = spawnSync('ssh-keygen', ['-l', '-f', join(dir, `${type}.pub`)]);
  return { line: readFileSync(join(dir, `${type}.pub`), 'utf8'), listed: String(listed.stdout) };
}

describe('a pinned host key', () => {
  it.each(['ed25519', 'rsa', 'ecdsa'])('of type %s has the fingerprint that ssh-keygen prints', (type) => {
    const { line, listed } = makeKey(type);
    expect(listed).toContain(` ${fingerprint(parseHostKey(line).blob)} `);
  });

  const { line } = makeKey('ed25519');
  const [type = '', base64 = ''] = line.split(' ');

  it.each([
    ['with a comment', `${type} ${base64} root@primary`],
    ['without', `${type} ${base64}`],
    ['with blanks around it', `  ${type}   ${base64}\n`],
  ])('is read %s', (_, written) => {
    expect(parseHostKey(written).blob.equals(parseHostKey(line).blob)).toBe(true);
  });

  it.each([
    ['cut short', `${type} ${base64.slice(0, -8)}`],
    ['of another type than it says', `ssh-rsa ${base64}`],
    ['that is no base64', `${type} not*base64`],
    ['that is missing', type],
    ['with something behind it', `${type} ${base64}AAAA`],
  ])('one %s is an error of the inventory, not a changed host', (_, written) => {
    expect(() => parseHostKey(written)).toThrow('config.invalid');
  });

  it('is compared byte by byte', () => {
    const key = parseHostKey(line);
    const other = Buffer.from(key.blob);
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
    expect([isPinned([key], key.blob), isPinned([key], other), isPinned([], key.blob)]).toEqual([true, false, false]);
  });

  it('asks for its own algorithms, an RSA key never for SHA-1', () => {
    const keys = ['ed25519', 'rsa', 'ecdsa'].map((name) => parseHostKey(makeKey(name).line));
    expect(signatureAlgorithms(keys)).toEqual(['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256', 'ecdsa-sha2-nistp256']);
  });
});
