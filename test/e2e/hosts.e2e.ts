import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labInventory } from '../../lab/inventory.ts';
import { openLab } from '../../lab/lab.ts';
import { sudo } from '../../src/adapters/become/become.ts';
import { createHosts } from '../../src/adapters/gateway/hosts.ts';
import { createPosixGateway } from '../../src/adapters/gateway/posix-gateway.ts';
import { createSecrets } from '../../src/adapters/secrets/secrets.ts';
import { connect } from '../../src/adapters/ssh/connect.ts';
import { createSshConnection } from '../../src/adapters/ssh/connection.ts';
import { parseInventory } from '../../src/config/load.ts';
import { text } from '../../src/domain/command.ts';
import type { SshSettings } from '../../src/domain/host-settings.ts';
import type { Inventory, LinuxHost } from '../../src/domain/inventory.ts';
import { findHost } from '../../src/domain/inventory.ts';
import type { Hosts } from '../../src/domain/ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import { gatewayContract } from '../contracts/gateway.ts';
import { until } from '../contracts/processes.ts';

const lab = openLab();
const { signal } = new AbortController();
const whoami = { argv: ['id', '-un'], timeoutMs: 20_000 } as const;

function inventoryOf(): Inventory {
  const parsed = parseInventory(labInventory(lab));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.inventory;
}

function hostOf(id: string, inventory = inventoryOf()): LinuxHost {
  const host = findHost(inventory, id);
  if (host?.os !== 'linux') throw new Error(`no host ${id}`);
  return host;
}

gatewayContract('a real server, from an ordinary account by sudo', async () => {
  await lab.up();
  const host = hostOf('app');
  const { user, hostKeys, port } = host.transport;
  const privateKey = new Secret(await readFile(lab.privateKeyPath, 'utf8'));
  const open = () =>
    createSshConnection(() => connect({ address: host.address, port, user, hostKeys, privateKey }, undefined), 60_000);
  const [one, two] = [open(), open()];
  return {
    gateway: createPosixGateway(host, one, sudo),
    other: createPosixGateway(host, two, sudo, 1),
    account: 'nobody',
    async close() {
      await Promise.all([one.close(), two.close()]);
    },
  };
});

describe('hosts with a system of their own', () => {
  const opened: Hosts[] = [];
  const gatewayTo = (settings: Partial<SshSettings> = {}) => {
    const inventory = inventoryOf();
    const hosts = createHosts(inventory, createSecrets({ RIGHT: 'kot Filemon', WRONG: 'kot Bonifacy' }), undefined);
    opened.push(hosts);
    const host = hostOf('app', inventory);
    return hosts.gateway({ ...host, transport: { ...host.transport, ...settings } });
  };
  beforeAll(async () => {
    await lab.up();
  });
  afterAll(() => Promise.all(opened.map((hosts) => hosts.close())));

  it('an account that may not use sudo is told so', async () => {
    await lab.run('app', 'mkdir -p /root/aside && mv /etc/sudoers.d/* /root/aside/');
    try {
      await expect(gatewayTo().ask(whoami, signal)).rejects.toMatchObject({
        code: 'host.become-failed',
        params: { host: 'app', login: 'zapas', reason: 'password' },
      });
    } finally {
      await lab.run('app', 'mv /root/aside/* /etc/sudoers.d/');
    }
    expect(text((await gatewayTo().ask(whoami, signal)).stdout)).toBe('root\n');
  });

  it.each([
    'PasswordAuthentication yes\nKbdInteractiveAuthentication no',
    'PasswordAuthentication no\nKbdInteractiveAuthentication yes',
  ])('lets in by password, and refuses a wrong one: %j', async (setting) => {
    const script = `echo 'zapas:kot Filemon' | chpasswd; printf '%b' '${setting.replaceAll('\n', '\\n')}\\n' >/etc/ssh/sshd_config.d/00-test.conf; systemctl reload ssh`;
    await lab.run('app', script);
    const { privateKey: _, ...rest } = hostOf('app').transport;
    const byPassword = (password: 'env:RIGHT' | 'env:WRONG') => {
      const inventory = inventoryOf();
      const hosts = createHosts(inventory, createSecrets({ RIGHT: 'kot Filemon', WRONG: 'kot Bonifacy' }), undefined);
      opened.push(hosts);
      return hosts.gateway({ ...hostOf('app', inventory), transport: { ...rest, password } });
    };
    try {
      await until('sshd has read its settings', async () =>
        byPassword('env:RIGHT')
          .ask(whoami, signal)
          .then(
            () => true,
            () => false,
          ),
      );
      await expect(byPassword('env:WRONG').ask(whoami, signal)).rejects.toMatchObject({
        code: 'host.auth-failed',
        params: { host: 'app', user: 'zapas' },
      });
    } finally {
      await lab.run('app', 'rm /etc/ssh/sshd_config.d/00-test.conf; passwd -l zapas; systemctl reload ssh');
    }
  });

  it('behind a jump host a silent host is known as such within two seconds', async () => {
    const inventory = inventoryOf();
    const hosts = createHosts(inventory, createSecrets({}), undefined);
    opened.push(hosts);
    const host = hostOf('standby', inventory);
    const gateway = hosts.gateway({ ...host, transport: { ...host.transport, jump: 'app' } });
    expect(await gateway.reach(22, signal)).toBe(true);
    await lab.blackhole('app', 'standby');
    try {
      const knockedAt = Date.now();
      expect(await gateway.reach(22, signal)).toBe(false);
      expect(Date.now() - knockedAt).toBeLessThan(2_000);
    } finally {
      await lab.unblackhole('app', 'standby');
    }
    expect(await gateway.reach(22, signal)).toBe(true);
  });

  // Without root the lab's hosts have no systemd of their own and share this machine's boot id.
  const onSystemd = lab.backend === 'nspawn';

  it.runIf(onSystemd)('a detached job outlives the session that started it and sshd itself', async () => {
    const gateway = gatewayTo();
    const id = 'e2e.outlives';
    const fence = { resource: 'e2e-outlives', token: '1' };
    const script =
      'sed -n "s|^0::.*/||p" /proc/self/cgroup; i=0; while [ $i -lt 80 ]; do echo $i; i=$((i + 1)); sleep 0.1; done; exit 9';
    await gateway.startJob(id, { argv: ['/bin/sh', '-c', script], timeoutMs: 60_000 }, fence, signal);
    await lab.run('app', 'systemctl kill --signal=KILL --kill-whom=all ssh; systemctl restart ssh');
    let status = await gatewayTo().pollJob(id, 0, signal);
    expect(status.state).toBe('running');
    while (status.state === 'running') {
      await pause(200);
      status = await gatewayTo().pollJob(id, 0, signal);
    }
    expect(status).toMatchObject({ state: 'exited', code: 9 });
    const [cgroup = '', ...lines] = text(status.output).split('\n');
    expect(cgroup).toBe('zapas-e2e.outlives.scope');
    expect(lines).toEqual([...Array.from({ length: 80 }, (_, n) => `${n}`), '']);
    await gatewayTo().removeJob(id, signal);
  });

  it.runIf(onSystemd)('a job that the power cut ended is told from one that vanished', async () => {
    const fence = { resource: 'e2e-power', token: '1' };
    await gatewayTo().startJob('e2e.power', { argv: ['sleep', '300'], timeoutMs: 600_000 }, fence, signal);
    await lab.powerOff('app');
    await lab.up();
    expect((await gatewayTo().pollJob('e2e.power', 0, signal)).state).toBe('rebooted');
    // The newest token outlives the power cut too.
    await expect(gatewayTo().exec(whoami, { ...fence, token: '0' }, signal)).rejects.toMatchObject({
      code: 'host.fenced',
    });
    await gatewayTo().removeJob('e2e.power', signal);
  });

  it('a cable pulled in the middle of a command is noticed within ten seconds, and the command ends under its lock', async () => {
    const gateway = gatewayTo();
    const fence = { resource: 'e2e-cable', token: '1' };
    await gateway.ask(whoami, signal);
    const running = gateway.exec({ argv: ['sleep', '14'], timeoutMs: 60_000 }, fence, signal);
    running.catch(() => undefined);
    await pause(500);
    const cutAt = Date.now();
    await lab.cut('app');
    try {
      await expect(running).rejects.toMatchObject({ code: 'exec.outcome-unknown' });
      expect(Date.now() - cutAt).toBeLessThan(10_000);
      await expect(gatewayTo().ask(whoami, signal)).rejects.toMatchObject({ code: 'host.unreachable' });
    } finally {
      await lab.heal('app');
    }
    // A barrier: it returns when nothing of the lost command runs any more.
    await gatewayTo().exec({ argv: ['true'], timeoutMs: 5_000 }, { ...fence, token: '2' }, signal);
    expect(text((await gatewayTo().ask({ argv: ['pgrep', '-xf', 'sleep 14'], timeoutMs: 5_000 }, signal)).stdout)).toBe(
      '',
    );
  });
});
