import { describe, expect, it } from 'vitest';
import { granteeOf, isSystem, needsNoPassword } from '../../src/runbooks/acts/account.ts';
import { onFamily } from '../../src/runbooks/acts/family.ts';
import { passfilePath } from '../../src/runbooks/names.ts';
import { joinPath, parentPath, plainPath } from '../../src/runbooks/paths.ts';

describe("a service's account (H26)", () => {
  it.each([
    ['LocalSystem', '*S-1-5-18', true, true],
    ['NT AUTHORITY\\NetworkService', '*S-1-5-20', true, false],
    ['nt authority\\localservice', '*S-1-5-19', true, false],
    ['NT SERVICE\\postgresmm-17', 'NT SERVICE\\postgresmm-17', true, false],
    ['KLINIKA\\pg$', 'KLINIKA\\pg$', true, false],
    ['.\\postgres', 'postgres', false, false],
    ['KLINIKA\\postgres', 'KLINIKA\\postgres', false, false],
  ])('%s is granted as %s, in every language of Windows (H45)', (account, grantee, free, system) => {
    expect([granteeOf(account), needsNoPassword(account), isSystem(account)]).toEqual([grantee, free, system]);
  });
});

describe('paths of a Windows host', () => {
  const certificates = { root: '', clientCert: '', clientKey: 'D:\\certs\\replication.key' };

  it("have the password file beside the client's key, outside all profiles (H25)", () => {
    const cluster = { id: 'demo', dataDir: 'E:\\Zażółć\\data', certificates };
    expect(passfilePath(cluster)).toBe('D:\\certs\\zapas-demo.pgpass');
    expect(passfilePath({ ...cluster, dataDir: '/srv/pg/data' })).toBe('/srv/pg/zapas-demo.pgpass');
  });

  it("keep their own separator, and have PostgreSQL's where it reads them", () => {
    expect(joinPath('D:\\a b', 'c')).toBe('D:\\a b\\c');
    expect(joinPath('D:/a', 'c')).toBe('D:/a/c');
    expect([parentPath('D:\\data'), parentPath('D:\\a\\data'), parentPath('/data')]).toEqual(['D:\\', 'D:\\a', '/']);
    expect([plainPath('D:\\certs\\root.crt'), plainPath('/a\\b')]).toEqual(['D:/certs/root.crt', '/a\\b']);
  });
});

describe('an act', () => {
  it.each(['linux', 'windows'] as const)('is done the way of the host: %s', (os) => {
    expect(onFamily({ os }, { posix: () => 'linux', windows: () => 'windows' })).toBe(os);
  });
});
