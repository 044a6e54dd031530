import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capture } from '../../lab/exec.ts';
import { isInHolder } from '../../lab/holder.ts';
import type { Lab } from '../../lab/lab.ts';
import {
  canRunLabs,
  comesBack,
  controllerReaches,
  fromController,
  hostReaches,
  mustRun,
  sql,
  ssh,
  testLab,
} from './support.ts';

/** Everything on this machine that carries a lab's name: namespaces, mounts, cgroups, and processes in its state folder. */
async function tracesOf(lab: Lab): Promise<readonly string[]> {
  const tag = `zapas-${lab.name}`;
  const netns = (await capture(['ip', 'netns', 'list'])).stdout.split('\n').filter((line) => line.startsWith(tag));
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(tag) || line.includes(lab.dir));
  const loops = (await capture(['losetup', '--list', '--noheadings', '--output', 'BACK-FILE'])).stdout
    .split('\n')
    .filter((line) => line.includes(lab.dir));
  const processes = (await capture(['ps', '-eo', 'pid,stat,args', '-ww'])).stdout
    .split('\n')
    .filter((line) => line.includes(`${lab.dir}/`) && !/^ *\d+ Z/.test(line));
  const cgroups = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup']
    .filter((root) => existsSync(root))
    .flatMap((root) => readdirSync(root))
    .filter((name) => name.startsWith(tag));
  return [...netns, ...mounts, ...loops, ...processes, ...cgroups];
}

describe.skipIf(!canRunLabs())('a lab that is up', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = testLab('up');
    await lab.up();
  }, 300_000);
  afterAll(async () => {
    await lab.down({ purge: true });
  });

  it('lets the ordinary user in by key, with the host key pinned, and lets him become root', async () => {
    for (const host of ['primary', 'standby', 'app']) {
      const { stdout, code } = await ssh(lab, host, 'hostname; whoami; sudo -n id -u');
      expect({ code, lines: stdout.trim().split('\n') }).toEqual({ code: 0, lines: [host, 'zapas', '0'] });
    }
    expect((await ssh(lab, 'primary', 'whoami', 'root')).stdout.trim()).toBe('root');
  });

  it('refuses a login when the host shows another key than the pinned one', async () => {
    const { address } = lab.host('primary');
    const wrong = `KnownHostsCommand=/bin/echo ${address} ${lab.host('standby').hostKey}`;
    const options = ['-F', 'none', '-q', '-i', lab.privateKeyPath, '-o', wrong, '-o', 'StrictHostKeyChecking=yes'];
    const done = await fromController(
      lab,
      'ssh',
      ...options,
      '-o',
      'UserKnownHostsFile=/dev/null',
      `zapas@${address}`,
      'true',
    );
    expect(done.code).toBe(255);
  });

  it('has a primary as before the vendor’s procedure (M10, M11): closed to others, no replication entry, no slot', async () => {
    expect(await sql(lab, 'primary', 'show listen_addresses')).toBe('localhost');
    expect(
      await sql(lab, 'primary', "select count(*) from pg_hba_file_rules where 'replication' = any(database)"),
    ).toBe('0');
    expect(await sql(lab, 'primary', 'select count(*) from pg_replication_slots')).toBe('0');
    expect(await controllerReaches(lab, 'primary', 5432)).toBe(false);
  });

  it('has a primary with TLS, its own log folder, a way back for pg_rewind, and data', async () => {
    const shown = ['ssl', 'log_directory', 'wal_log_hints', 'lc_messages'];
    const settings = await Promise.all(shown.map((name) => sql(lab, 'primary', `show ${name}`)));
    expect(settings).toEqual(['on', 'pg_log', 'on', 'C']);
    expect(Number(await sql(lab, 'primary', 'select pg_database_size(current_database()) / 1048576'))).toBeGreaterThan(
      25,
    );
    expect((await mustRun(lab, 'primary', 'systemctl is-active postgresmm-17')).trim()).toBe('active');
    expect((await mustRun(lab, 'primary', 'stat -c %a:%U /opt/mmedica/certs/server.key')).trim()).toBe('600:postgres');
  });

  it('has a bare standby: the bin directory, but no data and no service (M06, M08)', async () => {
    expect((await mustRun(lab, 'standby', 'ls /opt/mmedica/pgsql-17')).trim()).toBe('bin');
    expect((await lab.run('standby', 'systemctl cat postgresmm-17')).code).not.toBe(0);
  });

  it('lets root set a firewall on a host (M09), and it holds', async () => {
    const rules =
      'add table inet t; add chain inet t in { type filter hook input priority 0; }; add rule inet t in tcp dport 22 drop';
    expect((await ssh(lab, 'app', `sudo nft '${rules}'`)).code).toBe(0);
    expect(await controllerReaches(lab, 'app')).toBe(false);
    await mustRun(lab, 'app', 'nft delete table inet t');
    expect(await controllerReaches(lab, 'app')).toBe(true);
  });

  it('can be switched from inside the controller’s namespace, where tests and demo run', async () => {
    const cli = [
      '--import',
      import.meta.resolve('tsx'),
      join(import.meta.dirname, '../../lab/cli.ts'),
      '--name',
      lab.name,
    ];
    expect((await fromController(lab, process.execPath, ...cli, 'power-off', 'app')).code).toBe(0);
    expect((await lab.status()).hosts.find((host) => host.name === 'app')).toMatchObject({ state: 'off' });
    const booted = await fromController(lab, process.execPath, ...cli, 'boot', 'app');
    expect(booted).toMatchObject({ code: 0, stderr: '' });
    expect(await controllerReaches(lab, 'app')).toBe(true);
  });

  it('does nothing the second time', async () => {
    const before = { key: lab.host('primary').hostKey, booted: await mustRun(lab, 'primary', 'stat -c %Y /proc/1') };
    await lab.up();
    expect(lab.host('primary').hostKey).toBe(before.key);
    expect(await mustRun(lab, 'primary', 'stat -c %Y /proc/1')).toBe(before.booted);
  });

  it('refuses to be another lab than the one that was made', async () => {
    await expect(lab.up(undefined, { walSafety: 'checksums' })).rejects.toThrow(/walSafety=hints.*down --purge/);
  });

  it('does not wait for a daemon that a script leaves behind', async () => {
    const done = await lab.run('app', 'sleep 300 & echo $!');
    expect(done.code).toBe(0);
    expect((await lab.run('app', `kill ${done.stdout.trim()}`)).code).toBe(0);
  });

  it('stands beside a second lab with the same addresses; a fault in one is none in the other', async () => {
    const other = testLab('up2');
    try {
      await other.up(['primary', 'jump']);
      expect(other.host('primary').address).toBe(lab.host('primary').address);
      expect(other.host('primary').hostKey).not.toBe(lab.host('primary').hostKey);
      await other.cut('primary');
      expect(await controllerReaches(other, 'primary')).toBe(false);
      expect(await controllerReaches(lab, 'primary')).toBe(true);
      expect(await hostReaches(other, 'jump', 'primary')).toBe(false);
      await other.heal('primary');
      await comesBack(() => hostReaches(other, 'jump', 'primary'));
      // The traces are seen while it is up, so that their absence afterwards means something.
      expect((await tracesOf(other)).length).toBeGreaterThan(10);
    } finally {
      await other.down({ purge: true });
    }
    expect(await tracesOf(other)).toEqual([]);
    expect(existsSync(other.dir)).toBe(false);
    expect(await controllerReaches(lab, 'primary')).toBe(true);
  });

  it('goes down in order and comes up again with its data', async () => {
    await sql(lab, 'primary', "insert into visits (note) values ('kept')");
    await lab.down();
    expect(await tracesOf(lab)).toEqual([]);
    await lab.up();
    expect(await sql(lab, 'primary', "select count(*) from visits where note = 'kept'")).toBe('1');
  });

  // Without root the volumes are mounted in that folder, and so nobody can delete it.
  it.skipIf(isInHolder())('leaves nothing behind even when somebody has deleted its folder', async () => {
    const lost = testLab('up4');
    await lost.up(['app']);
    rmSync(lost.dir, { recursive: true, force: true });
    expect((await tracesOf(lost)).length).toBeGreaterThan(3);
    await lost.down({ purge: true });
    expect(await tracesOf(lost)).toEqual([]);
  });

  it('is made once when two ask at the same time', async () => {
    const twice = testLab('up3');
    const again = testLab('up3');
    try {
      const [first, second] = await Promise.all([twice.up(['app']), again.up(['app'])]);
      expect(first).toEqual(second);
      expect((await ssh(twice, 'app', 'hostname')).stdout.trim()).toBe('app');
    } finally {
      await twice.down({ purge: true });
    }
  });
});
