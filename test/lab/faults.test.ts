import { statfsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Output } from '../../lab/exec.ts';
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
  sshArgv,
  testLab,
} from './support.ts';

async function seconds(work: () => Promise<Output>): Promise<number> {
  const start = performance.now();
  expect((await work()).code).toBe(0);
  return (performance.now() - start) / 1000;
}

describe.skipIf(!canRunLabs())('faults on demand', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = testLab('fault');
    await lab.up();
  }, 300_000);
  afterAll(async () => {
    await lab.down({ purge: true });
  });
  afterEach(async () => {
    await lab.heal('primary');
    await lab.boot('primary');
    await lab.freeDisk('primary');
  });

  it('cut: nobody reaches the host, but the lab still acts inside it; heal: it is back', async () => {
    await lab.cut('primary');
    expect(await controllerReaches(lab, 'primary')).toBe(false);
    expect(await hostReaches(lab, 'standby', 'primary')).toBe(false);
    expect(await hostReaches(lab, 'primary', 'standby')).toBe(false);
    expect((await lab.status()).hosts.find((host) => host.name === 'primary')).toMatchObject({
      cut: true,
      postgres: 'primary',
    });
    expect(await sql(lab, 'primary', 'select 1')).toBe('1');
    await lab.heal('primary');
    await comesBack(() => controllerReaches(lab, 'primary'));
    await comesBack(() => hostReaches(lab, 'standby', 'primary'));
  });

  it('a PostgreSQL that was frozen counts as down; the status does not wait for it', async () => {
    await mustRun(lab, 'primary', 'systemctl kill --signal=SIGSTOP postgresmm-17');
    try {
      const { hosts } = await lab.status();
      expect(hosts.find((host) => host.name === 'primary')).toMatchObject({ state: 'on', postgres: 'down' });
    } finally {
      await mustRun(lab, 'primary', 'systemctl kill --signal=SIGCONT postgresmm-17');
    }
  });

  it('boot: no rule of the packet filter outlives the host, unless its own services load it', async () => {
    await mustRun(lab, 'standby', 'nft add table inet leftover');
    await lab.powerOff('standby');
    await lab.boot('standby');
    expect(await mustRun(lab, 'standby', 'nft list ruleset')).not.toContain('leftover');
  });

  it('cut and boot: a host starts though its cable is out', async () => {
    await lab.cut('primary');
    await lab.powerOff('primary');
    await lab.boot('primary');
    expect(await sql(lab, 'primary', 'select 1')).toBe('1');
    expect(await controllerReaches(lab, 'primary')).toBe(false);
  });

  it('blackhole: two hosts lose each other, the bot and the application see both', async () => {
    await lab.blackhole('primary', 'standby');
    expect(await hostReaches(lab, 'standby', 'primary')).toBe(false);
    expect(await hostReaches(lab, 'primary', 'standby')).toBe(false);
    expect(await controllerReaches(lab, 'primary')).toBe(true);
    expect(await controllerReaches(lab, 'standby')).toBe(true);
    expect(await hostReaches(lab, 'app', 'primary')).toBe(true);
    await lab.unblackhole('standby', 'primary');
    await comesBack(() => hostReaches(lab, 'standby', 'primary'));
  });

  it('slow: two megabytes over an 8 Mbit/s line take their two seconds, in both directions', async () => {
    await lab.slow('primary', '8mbit');
    const down = await seconds(() => ssh(lab, 'primary', 'head -c 2000000 /dev/zero'));
    expect(down).toBeGreaterThan(1.5);
    const upload = 'head -c 2000000 /dev/zero | "$@"';
    const up = await seconds(() => fromController(lab, 'bash', '-c', upload, '-', ...sshArgv(lab, 'primary', 'wc -c')));
    expect(up).toBeGreaterThan(1.5);
    await lab.unslow('primary');
  });

  it('power cut: everything dies at once, nothing answers; boot: PostgreSQL recovers by itself', async () => {
    await sql(lab, 'primary', "insert into visits (note) values ('before the cut')");
    await lab.powerOff('primary');
    expect(await controllerReaches(lab, 'primary')).toBe(false);
    expect((await lab.status()).hosts.find((host) => host.name === 'primary')).toMatchObject({
      state: 'off',
      postgres: 'down',
    });
    await expect(lab.run('primary', 'true')).rejects.toThrow(/primary is off/);
    await lab.boot('primary');
    expect(await sql(lab, 'primary', "select count(*) from visits where note = 'before the cut'")).toBe('1');
    const log = await mustRun(lab, 'primary', 'cat "$(ls -t /opt/mmedica/pgsql-17/data/pg_log/*.log | head -1)"');
    expect(log).toContain('was not properly shut down');
  });

  it('kill PostgreSQL: the server is gone, the host lives, the service knows', async () => {
    await lab.killPostgres('primary');
    await expect(sql(lab, 'primary', 'select 1')).rejects.toThrow(/primary/);
    expect((await ssh(lab, 'primary', 'systemctl is-active postgresmm-17')).stdout.trim()).toBe('failed');
    await mustRun(lab, 'primary', 'systemctl start postgresmm-17');
    expect(await sql(lab, 'primary', 'select 1')).toBe('1');
  });

  it('fill: PostgreSQL cannot grow a table, this machine keeps its space; free: it can', async () => {
    const outer = statfsSync(lab.dir);
    await lab.fillDisk('primary');
    const after = statfsSync(lab.dir);
    expect((await mustRun(lab, 'primary', 'df --output=avail /opt/mmedica')).split('\n')[1]?.trim()).toBe('0');
    const grow = "create table big as select repeat('x', 1000) from generate_series(1, 50000)";
    await expect(sql(lab, 'primary', grow)).rejects.toThrow(/No space left on device/);
    expect((outer.bfree - after.bfree) * outer.bsize).toBeLessThan(1024 ** 3);
    await lab.freeDisk('primary');
    await sql(lab, 'primary', grow);
    expect(await sql(lab, 'primary', 'select count(*) from big')).toBe('50000');
  });

  it('save and restore: disks and network are as they were, on every host', async () => {
    await sql(lab, 'primary', 'create table saved (n int)');
    await mustRun(lab, 'standby', 'echo old > /etc/state');
    await lab.save('here');
    await sql(lab, 'primary', 'drop table saved');
    await mustRun(lab, 'standby', 'echo new > /etc/state; touch /opt/mmedica/new; rm /etc/motd');
    await lab.cut('standby');
    await lab.blackhole('primary', 'app');
    await lab.powerOff('primary');
    await lab.restore('here');
    expect(await sql(lab, 'primary', 'select count(*) from saved')).toBe('0');
    expect((await mustRun(lab, 'standby', 'cat /etc/state; ls /etc/motd /opt/mmedica')).split('\n')).toEqual(
      expect.arrayContaining(['old', '/etc/motd']),
    );
    expect((await lab.run('standby', 'test -e /opt/mmedica/new')).code).toBe(1);
    await comesBack(() => controllerReaches(lab, 'standby'));
    await comesBack(() => hostReaches(lab, 'app', 'primary'));
    await expect(lab.restore('nowhere')).rejects.toThrow(/no snapshot "nowhere"/);
  });
});
