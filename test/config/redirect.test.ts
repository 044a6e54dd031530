import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { redirectProblems } from '../../src/config/redirect-references.ts';
import { inventorySchema } from '../../src/domain/inventory.ts';
import { redirectHosts, redirectSchema } from '../../src/domain/redirect.ts';

const GUIDES = join(import.meta.dirname, '../../docs/operations');
const examplesOf = (guide: string): readonly string[] =>
  [...readFileSync(join(GUIDES, guide), 'utf8').matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml = '']) => yaml);

const linux = {
  address: '192.0.2.1',
  os: 'linux',
  transport: { kind: 'ssh', user: 'zapas', hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGKPexample'], agent: true },
};
const windows = {
  address: '192.0.2.2',
  os: 'windows',
  transport: { kind: 'ssh', user: 'zapas', hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGKPexample'], agent: true },
};
const { hosts } = inventorySchema.parse({
  sites: {},
  people: {},
  hosts: { app: linux, reception: linux, desk: windows },
});
const DNS = {
  kind: 'dns',
  host: 'app',
  server: '192.0.2.53',
  zone: 'klinika.lan',
  names: ['db.klinika.lan'],
  key: '/etc/zapas/dns.key',
};

describe('redirect recipes in the inventory (M24)', () => {
  it.each(['redirect.md', 'redirect.pl.md'])('%s has an example of each kind, complete and valid', (guide) => {
    const examples = examplesOf(guide).map((yaml) => redirectSchema.parse(parse(yaml)));
    expect(examples.map(({ kind }) => kind).sort()).toEqual([
      'command',
      'dns',
      'haproxy',
      'hosts-file',
      'manual',
      'pgbouncer',
    ]);
    expect(examples.flatMap((redirect) => redirectProblems({ hosts }, redirect))).toEqual([]);
  });

  it('both languages show the same examples', () => {
    expect(examplesOf('redirect.pl.md')).toEqual(examplesOf('redirect.md'));
  });

  it.each([
    ['a host that is none', { host: 'nobody' }, ['host'], `no host 'nobody' under hosts`],
    ['a client that is none', { clients: ['app', 'nobody'] }, ['clients', '1'], `no host 'nobody' under hosts`],
    ['a Windows host', { clients: ['desk'] }, ['clients', '0'], 'the recipe dns is for Linux hosts'],
    [
      'a name of another zone',
      { names: ['db.xklinika.lan'] },
      ['names', '0'],
      `'db.xklinika.lan' is not in the zone klinika.lan`,
    ],
  ])('names %s', (_what, change, path, message) => {
    expect(redirectProblems({ hosts }, redirectSchema.parse({ ...DNS, ...change }))).toEqual([{ path, message }]);
  });

  it.each([
    ['a line break in a name', { names: ['db.klinika.lan\nsend'] }],
    ['a blank in a name', { names: ['db klinika.lan'] }],
    ['no name', { names: [] }],
    ['a key that is no path', { key: 'dns.key' }],
  ])('refuses %s', (_what, change) => {
    expect(redirectSchema.safeParse({ ...DNS, ...change }).success).toBe(false);
  });

  it('knows each host once', () => {
    expect(redirectHosts(redirectSchema.parse({ ...DNS, clients: ['reception', 'app'] }))).toEqual([
      'app',
      'reception',
    ]);
  });
});
