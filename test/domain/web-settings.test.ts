import { describe, expect, it } from 'vitest';
import { inventorySchema } from '../../src/domain/inventory.ts';

const accepts = (publicUrl: string): boolean =>
  inventorySchema.safeParse({ platforms: { web: { publicUrl } }, sites: {}, hosts: {}, people: {} }).success;

describe('the public address of the web server', () => {
  it.each([
    'https://zapas.example.com',
    'https://zapas.example.com:8443/',
    'http://localhost:8080',
    'http://127.0.0.1:8080/',
    'http://[::1]:8080',
  ])('may be %s', (url) => expect(accepts(url)).toBe(true));
  it.each([
    'http://zapas.example.com',
    'http://10.0.0.7:8080',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'ftp://x',
    'zapas',
  ])('is never %s: secrets would cross the wire in clear', (url) => expect(accepts(url)).toBe(false));
});
