import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inventoryJsonSchema, parseInventory } from '../../src/config/load.ts';
import { exampleInventory } from './example.ts';

const problemsOf = (source: string) => {
  const parsed = parseInventory(source);
  return parsed.ok ? [] : parsed.problems;
};

const windows = (transport: string): string =>
  exampleInventory.replace(/^hosts:$/m, `hosts:\n  win: { address: win.lan, os: windows, transport: ${transport} }`);

describe('the inventory', () => {
  it('has an example in the documents that is valid', () => {
    expect(problemsOf(readFileSync('docs/zapas.example.yaml', 'utf8'))).toEqual([]);
  });

  it('is read with its defaults filled in', () => {
    const parsed = parseInventory(exampleInventory);
    expect(parsed.ok && parsed.inventory.sites.clinic?.clusters.demo).toMatchObject({
      port: 5432,
      replicationUser: 'replication',
      sslMode: 'verify-ca',
      failoverMethod: 'promote',
    });
    expect(parsed.ok && parsed.inventory.policy.approvalMinutes).toBe(15);
  });

  it('names line and key of a wrong value', () => {
    const source = exampleInventory.replace('port: 5432', 'port: 99999');
    const line = source.split('\n').findIndex((text) => text.includes('99999')) + 1;
    expect(problemsOf(source)).toEqual([
      { line, key: 'sites.clinic.clusters.demo.port', message: expect.stringContaining('65535') },
    ]);
  });

  it('names an unknown key instead of ignoring the wish', () => {
    const source = exampleInventory.replace('port: 5432', 'prot: 5432');
    expect(problemsOf(source)).toMatchObject([{ key: 'sites.clinic.clusters.demo.prot', message: 'unknown key' }]);
  });

  it('finds a cluster whose host does not exist, at its line', () => {
    const source = exampleInventory.replace('standby: two', 'standby: three');
    const line = source.split('\n').findIndex((text) => text.includes('standby: three')) + 1;
    expect(problemsOf(source)).toEqual([
      { line, key: 'sites.clinic.clusters.demo.standby', message: expect.stringContaining("'three'") },
    ]);
  });

  it('refuses one account linked to two people', () => {
    const source = exampleInventory.replace('terminal: piotr', 'terminal: anna');
    expect(problemsOf(source)).toMatchObject([{ key: 'people.piotr.accounts.terminal' }]);
  });

  it('refuses a secret written down in the file', () => {
    const source = exampleInventory.replace('privateKey: file:/etc/zapas/id_ed25519', 'privateKey: hunter2');
    expect(problemsOf(source)).toMatchObject([{ key: 'hosts.one.transport.privateKey' }]);
  });

  describe('Windows hosts', () => {
    it('are reached over WinRM with TLS, checked by an authority or a fingerprint', () => {
      const parsed = parseInventory(
        windows('{ kind: winrm, user: CLINIC\\zapas, password: env:WORD, ca: /etc/zapas/ca.pem }'),
      );
      expect(parsed.ok && parsed.inventory.hosts['win']).toMatchObject({
        become: 'none',
        stateDir: 'C:\\ProgramData\\zapas',
        transport: { port: 5986, auth: 'ntlm' },
      });
      expect(
        problemsOf(windows(`{ kind: winrm, user: z, password: env:W, fingerprint: '${'AB:'.repeat(31)}ab' }`)),
      ).toEqual([]);
    });

    it.each([
      ['without a check of the host', '{ kind: winrm, user: z, password: env:W }', 'ca'],
      [
        'with two checks of the host',
        `{ kind: winrm, user: z, password: env:W, ca: /a, fingerprint: ${'ab'.repeat(32)} }`,
        'ca',
      ],
      ['without a password', '{ kind: winrm, user: z, ca: /a }', 'password'],
      [
        'with a certificate login that has no key',
        '{ kind: winrm, auth: certificate, user: z, ca: /a, clientCert: /c }',
        'clientCert',
      ],
      ['without TLS by another login than NTLM', '{ kind: winrm-http, user: z, password: env:W, auth: basic }', 'auth'],
    ])('not %s', (_, transport, key) => {
      expect(problemsOf(windows(transport))).toMatchObject([{ key: `hosts.win.transport.${key}` }]);
    });

    it('have paths of Windows, and no other host has', () => {
      const source = windows('{ kind: winrm-http, user: z, password: env:W }').replace('primary: one', 'primary: win');
      expect(problemsOf(source).map(({ key }) => key)).toEqual([
        'sites.clinic.clusters.demo.certificates.root',
        'sites.clinic.clusters.demo.certificates.clientCert',
        'sites.clinic.clusters.demo.certificates.clientKey',
        'sites.clinic.clusters.demo.binDir',
        'sites.clinic.clusters.demo.dataDir',
      ]);
      const linux = exampleInventory.replace(/dataDir: \S+/, "dataDir: 'D:\\data'");
      expect(problemsOf(linux)).toMatchObject([{ key: 'sites.clinic.clusters.demo.dataDir' }]);
    });
  });

  it('reports every problem at once, in the order of the file', () => {
    const source = exampleInventory.replace('port: 5432', 'port: 0').replace('become: sudo', 'become: su');
    const lines = problemsOf(source).map((problem) => problem.line);
    expect(lines).toHaveLength(2);
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
  });

  it('says where the YAML itself breaks', () => {
    expect(problemsOf('sites:\n  clinic: [1,\n')[0]?.line).toBeGreaterThan(1);
  });

  it('emits a JSON schema for editors', () => {
    expect(inventoryJsonSchema()).toMatchObject({
      type: 'object',
      required: expect.arrayContaining(['sites', 'hosts', 'people']),
    });
  });
});
