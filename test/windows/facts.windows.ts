import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostGateway, Hosts } from '../../src/domain/ports.ts';
import type { Fact } from '../../src/domain/step.ts';
import { keptCopies } from '../../src/runbooks/facts/aside.ts';
import { incrementalJobs } from '../../src/runbooks/facts/backups.ts';
import { binaries } from '../../src/runbooks/facts/binaries.ts';
import { identity } from '../../src/runbooks/facts/certificates.ts';
import { configuration, databaseExtent, databaseRole, replicationLogin } from '../../src/runbooks/facts/database.ts';
import { dataDirectory, fileText, pathStates, volume } from '../../src/runbooks/facts/files.ts';
import { firewall } from '../../src/runbooks/facts/firewall.ts';
import { logTail } from '../../src/runbooks/facts/log.ts';
import { notedMoment } from '../../src/runbooks/facts/moment.ts';
import { link, portFrom, resolved } from '../../src/runbooks/facts/network.ts';
import { osAccount, osClock, osRelease } from '../../src/runbooks/facts/os.ts';
import { postgresReady, postgresServer } from '../../src/runbooks/facts/postgres.ts';
import { serviceUnit } from '../../src/runbooks/facts/service.ts';
import { walWrites } from '../../src/runbooks/facts/wal.ts';
import { probeHost } from '../../src/runbooks/watch/probe.ts';
import { ADMIN_PASSFILE, BIN, DATA, lab, preparePassfile, windowsHost } from './bench.ts';

/** Every fact, asked on the lab's Windows hosts. */
const { signal } = new AbortController();
const server = {
  binDir: BIN,
  port: 5432,
  adminUser: 'postgres',
  adminPassfile: ADMIN_PASSFILE,
  serviceAccount: 'LocalSystem',
};
const CERTIFICATES = { root: 'D:\\certs\\root.crt', cert: 'D:\\certs\\server.crt', key: 'D:\\certs\\server.key' };

let opened: readonly Hosts[] = [];
let primary: HostGateway;
let standby: HostGateway;

async function ask<Args, Value>(gateway: HostGateway, fact: Fact<Args, Value>, args: Args): Promise<Value> {
  return fact.parse(await gateway.ask(fact.read[gateway.family](args), signal), args);
}

beforeAll(async () => {
  const hosts = (['primary', 'standby'] as const).map((name) => windowsHost(name, 'NTLM in TLS'));
  opened = hosts.map((one) => one.hosts);
  [primary, standby] = hosts.map((one) => one.hosts.gateway(one.host)) as [HostGateway, HostGateway];
  await preparePassfile(primary);
});
afterAll(() => Promise.all(opened.map((hosts) => hosts.close())));

describe('a Windows host', () => {
  it('says which system it runs, what time it is, and who it knows (M02, M03)', async () => {
    const release = await ask(primary, osRelease, {});
    expect(release).toMatchObject({
      kernel: 'Windows',
      machine: 'AMD64',
      version: expect.stringMatching(/^10\.0\.\d+$/),
    });
    expect(await ask(standby, osRelease, {})).toEqual(release);
    const { epochSeconds } = await ask(primary, osClock, { askedAt: 'now' });
    expect(Math.abs(epochSeconds - Date.now() / 1000)).toBeLessThan(60);
    expect(await ask(primary, osAccount, { account: 'nobody-of-that-name' })).toMatchObject({ exists: false });
  });

  it('knows its programs, its volume and what stands in its files (M06, H36)', async () => {
    expect(await ask(primary, binaries, { binDir: BIN })).toEqual({
      absent: false,
      missing: expect.any(Array),
      version: '17.2',
      major: 17,
      build: 'stock',
      waldump: expect.any(Boolean),
    });
    expect(await ask(standby, binaries, { binDir: 'C:\\nowhere' })).toMatchObject({ absent: true, version: '' });
    const { mount, availableBytes, totalBytes } = await ask(standby, volume, { path: DATA });
    expect([mount, availableBytes > 0, totalBytes > availableBytes]).toEqual(['D:\\', true, true]);
    const file = await ask(primary, fileText, { path: `${DATA}\\postgresql.conf` });
    expect(file?.content).toContain('log_directory');
    expect(Math.abs((file?.mtimeSeconds ?? 0) - Date.now() / 1000)).toBeLessThan(86_400);
    expect(await ask(primary, fileText, { path: 'D:\\nowhere' })).toBeUndefined();
    const paths = ['D:\\certs', 'D:\\certs\\root.crt', 'D:\\nowhere'];
    expect(await ask(primary, pathStates, { paths })).toEqual({
      'D:\\certs': 'full-directory',
      'D:\\certs\\root.crt': 'file',
      'D:\\nowhere': 'absent',
    });
    expect(await ask(primary, notedMoment, { path: 'D:\\nowhere', askedAt: 'now' })).toBeUndefined();
    expect(await ask(primary, keptCopies, { paths: [DATA] })).toEqual([]);
    expect(await ask(primary, incrementalJobs, {})).toEqual([]);
  });

  it('tells a data directory from none, and whether a server runs in it (H5, H27)', async () => {
    expect(await ask(primary, dataDirectory, { path: DATA })).toMatchObject({
      kind: 'cluster',
      real: DATA,
      mountPoint: false,
      version: '17',
      running: true,
      standbySignal: false,
      clones: [],
    });
    expect(await ask(standby, dataDirectory, { path: DATA })).toMatchObject({ kind: 'absent', running: false });
  });

  it('tells of the service: state, start, account and command, in no language (M07, H26, H45)', async () => {
    expect(await ask(primary, serviceUnit, { service: 'postgresmm-17' })).toEqual({
      manager: 'windows',
      exists: true,
      enabled: true,
      active: 'active',
      path: 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\postgresmm-17',
      text: expect.stringContaining('runservice'),
      account: expect.any(String),
    });
    expect(await ask(standby, serviceUnit, { service: 'postgresmm-17' })).toMatchObject({ exists: false, active: '' });
  });

  it('looks at the server in one round trip (M18, H41, H43)', async () => {
    const seen = await ask(primary, postgresServer, { ...server, dataDir: DATA });
    expect(seen).toMatchObject({ state: 'running', complaint: '', live: { version: '17.2', inRecovery: false } });
    expect(seen.control?.state).toBe('in production');
    expect(seen.wal.length).toBeGreaterThan(0);
    expect(await ask(standby, postgresServer, { ...server, dataDir: DATA })).toMatchObject({ state: 'absent' });
    const { adminPassfile: _, ...strangers } = server;
    const locked = await ask(primary, postgresServer, { ...strangers, dataDir: DATA });
    expect([locked.state, locked.live]).toEqual(['running', undefined]);
    expect(locked.complaint).toContain('password');
  });

  it('answers about roles, sizes, settings and logins (M10, M12, H23)', async () => {
    expect(await ask(primary, databaseRole, { server, role: 'postgres' })).toMatchObject({ superuser: true });
    expect(await ask(primary, databaseRole, { server, role: 'Zażółć' })).toBeUndefined();
    expect((await ask(primary, databaseExtent, { server })).databaseBytes).toBeGreaterThan(1_000_000);
    const { settings, problems } = await ask(primary, configuration, { server });
    expect([settings.data_directory.value, problems]).toEqual([DATA.replaceAll('\\', '/'), []]);
    const { address } = lab.host('primary');
    const conninfo = `host=${address} user=nobody sslmode=verify-ca sslrootcert=D:/certs/root.crt`;
    expect(await ask(standby, replicationLogin, { binDir: BIN, account: '', conninfo })).toMatchObject({ ok: false });
  });

  it('reads its certificates (M11)', async () => {
    const { root, cert, key, chainOk } = await ask(primary, identity, { ...CERTIFICATES, account: '' });
    expect([root.readable, cert.readable, key.readable, chainOk]).toEqual([true, true, true, true]);
    expect(Date.parse(cert.expires ?? '')).toBeGreaterThan(Date.now());
  });

  it('looks over the line: names, ports, speed, its own firewall (M04, M09)', async () => {
    const { address } = lab.host('primary');
    expect(await ask(standby, resolved, { name: address })).toBe(address);
    expect(await ask(standby, portFrom, { address, port: 1 })).toBe('refused');
    expect(await ask(standby, portFrom, { address, port: 5986 })).toBe('open');
    expect(await ask(standby, portFrom, { address: '10.77.0.99', port: 5432 })).toBe('silent');
    expect(await ask(standby, link, { address })).toHaveProperty('device');
    expect(await ask(standby, postgresReady, { binDir: BIN, serviceAccount: '', address, port: 1 })).toBe('silent');
    expect(await ask(primary, firewall, { source: lab.host('standby').address, port: 5432 })).toHaveProperty('kind');
  });

  it('gives the end of the log the server names, whatever its code page (M17, H43, H44)', async () => {
    const tail = await ask(primary, logTail, { dataDir: DATA, logDir: 'pg_log', serviceAccount: '', maxBytes: 4_096 });
    expect(tail?.file).toMatch(/pg_log\\postgresql-.*\.log$/);
    expect(new TextDecoder().decode(tail?.bytes)).toContain('database system');
    expect(await ask(standby, logTail, { dataDir: DATA, logDir: 'pg_log', serviceAccount: '', maxBytes: 10 })).toBe(
      undefined,
    );
  });

  it('counts what was committed behind a point of the WAL, where it can (H46)', async () => {
    const { control } = await ask(primary, postgresServer, { ...server, dataDir: DATA });
    const from = '0/1000000';
    const args = { binDir: BIN, dataDir: DATA, serviceAccount: '', timeline: 9, from, segmentBytes: 16_777_216 };
    expect(await ask(primary, walWrites, args)).toBeUndefined();
    expect(control?.timeline).toBe(1);
  });

  it('is looked at by the watch in one round trip (H13–H16)', async () => {
    const peer = lab.host('standby').address;
    const args = { ...server, dataDir: DATA, service: 'postgresmm-17', certificates: [CERTIFICATES.root], peer };
    const look = await ask(primary, probeHost, args);
    expect(look).toMatchObject({ starts: true, peer: 'silent', disk: { totalBytes: expect.any(Number) } });
    expect(look.server).toMatchObject({ state: 'running', live: { inRecovery: false } });
    expect(look.certificates.map(({ path }) => path)).toEqual([CERTIFICATES.root, CERTIFICATES.cert]);
  });
});
