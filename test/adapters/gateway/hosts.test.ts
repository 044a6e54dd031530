import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { none } from '../../../src/adapters/become/become.ts';
import { createHosts } from '../../../src/adapters/gateway/hosts.ts';
import { createPosixGateway } from '../../../src/adapters/gateway/posix-gateway.ts';
import { createSecrets } from '../../../src/adapters/secrets/secrets.ts';
import { connect } from '../../../src/adapters/ssh/connect.ts';
import { createSshConnection } from '../../../src/adapters/ssh/connection.ts';
import { text } from '../../../src/domain/command.ts';
import type { SshSettings } from '../../../src/domain/host-settings.ts';
import type { Host, Inventory, LinuxHost } from '../../../src/domain/inventory.ts';
import type { Hosts } from '../../../src/domain/ports.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Cable, TestSshd } from '../../contracts/sshd.ts';
import { haveSshd, layCable, startSshd } from '../../contracts/sshd.ts';

const { signal } = new AbortController();
const whoami = { argv: ['id', '-un'], timeoutMs: 10_000 } as const;

describe.runIf(haveSshd())('hosts over a real sshd', () => {
  let sshd: TestSshd;
  let dir: string;
  const opened: Hosts[] = [];

  beforeAll(async () => {
    sshd = await startSshd();
    dir = await mkdtemp(join(tmpdir(), 'zapas-hosts-'));
  });
  afterAll(async () => {
    await Promise.all(opened.map((hosts) => hosts.close()));
    await sshd.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const host = (id: string, settings: Partial<SshSettings>, address = '127.0.0.1'): LinuxHost => ({
    id,
    address,
    os: 'linux',
    become: 'none',
    stateDir: join(dir, 'state'),
    transport: {
      kind: 'ssh',
      port: sshd.port,
      user: sshd.user,
      hostKeys: [sshd.hostKeys.ed25519],
      privateKey: `file:${sshd.key}`,
      agent: false,
      ...settings,
    },
  });
  const hostsOf = (...list: readonly Host[]): Hosts => {
    const inventory: Inventory = {
      sites: {},
      people: {},
      platforms: {},
      policy: { approvalMinutes: 15, evidenceSeconds: 900, lsnBoundBytes: 0 },
      hosts: Object.fromEntries(list.map(({ id, ...rest }) => [id, rest])),
    };
    const hosts = createHosts(
      inventory,
      createSecrets({ PASSPHRASE: 'correct horse', WRONG: 'horse' }),
      process.env['TEST_AGENT'],
    );
    opened.push(hosts);
    return hosts;
  };
  const ask = async (one: Host, ...others: readonly Host[]): Promise<string> =>
    text(
      (
        await hostsOf(one, ...others)
          .gateway(one)
          .ask(whoami, signal)
      ).stdout,
    ).trim();

  describe('host keys', () => {
    it.each(['ed25519', 'rsa', 'ecdsa'] as const)(
      'a server with several keys shows the pinned one: %s',
      async (type) => {
        expect(await ask(host('one', { hostKeys: [sshd.hostKeys[type]] }))).toBe(sshd.user);
      },
    );

    it('a changed key is refused before anything is sent, with both fingerprints', async () => {
      spawnSync('ssh-keygen', ['-q', '-N', '', '-t', 'ed25519', '-f', join(dir, 'other')]);
      const [other] = String(spawnSync('ssh-keygen', ['-y', '-f', join(dir, 'other')]).stdout).split('\n');
      await expect(ask(host('one', { hostKeys: [other ?? ''] }))).rejects.toMatchObject({
        code: 'host.key-changed',
        params: {
          host: 'one',
          address: '127.0.0.1',
          port: sshd.port,
          pinned: expect.stringMatching(/^SHA256:\S{43}$/),
          presented: expect.stringMatching(/^SHA256:\S{43}$/),
        },
      });
    });

    it('a server without a key of a pinned type is no host we know', async () => {
      const line = 'ecdsa-sha2-nistp521';
      spawnSync('ssh-keygen', ['-q', '-N', '', '-t', 'ecdsa', '-b', '521', '-f', join(dir, 'p521')]);
      const [key = ''] = String(spawnSync('ssh-keygen', ['-y', '-f', join(dir, 'p521')]).stdout).split('\n');
      expect(key).toContain(line);
      await expect(ask(host('one', { hostKeys: [key] }))).rejects.toMatchObject({ code: 'host.key-changed' });
    });

    it("a key damaged in the inventory is the inventory's fault", async () => {
      const hostKeys = [sshd.hostKeys.ed25519.slice(0, 60)];
      await expect(ask(host('one', { hostKeys }))).rejects.toMatchObject({ code: 'config.invalid' });
    });
  });

  describe('logins', () => {
    it('by a key with a passphrase', async () => {
      expect(await ask(host('one', { privateKey: `file:${sshd.lockedKey}`, passphrase: 'env:PASSPHRASE' }))).toBe(
        sshd.user,
      );
    });

    it.each([[{ passphrase: 'env:WRONG' as const }], [{}]])(
      'a key that cannot be opened says so: %j',
      async (phrase) => {
        await expect(ask(host('one', { privateKey: `file:${sshd.lockedKey}`, ...phrase }))).rejects.toMatchObject({
          code: 'host.auth-failed',
          params: { host: 'one', user: sshd.user, detail: expect.stringContaining('private key') },
        });
      },
    );

    it('a key the host does not know is refused', async () => {
      spawnSync('ssh-keygen', ['-q', '-N', '', '-t', 'ed25519', '-f', join(dir, 'stranger')]);
      await expect(ask(host('one', { privateKey: `file:${join(dir, 'stranger')}` }))).rejects.toMatchObject({
        code: 'host.auth-failed',
      });
    });

    it('by an agent', async () => {
      const socket = join(dir, 'agent');
      const started = String(spawnSync('ssh-agent', ['-a', socket]).stdout);
      const pid = /SSH_AGENT_PID=(\d+)/.exec(started)?.[1];
      try {
        spawnSync('ssh-add', ['-q', sshd.key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
        process.env['TEST_AGENT'] = socket;
        const { privateKey, ...rest } = host('one', { agent: true }).transport;
        expect(privateKey).toBeDefined();
        expect(await ask({ ...host('one', {}), transport: rest })).toBe(sshd.user);
      } finally {
        delete process.env['TEST_AGENT'];
        if (pid !== undefined) process.kill(Number(pid));
      }
    });

    it('an agent that is not there is one way less, not the end', async () => {
      process.env['TEST_AGENT'] = join(dir, 'no-agent');
      try {
        expect(await ask(host('one', { agent: true }))).toBe(sshd.user);
      } finally {
        delete process.env['TEST_AGENT'];
      }
      await expect(ask(host('one', { agent: true }))).rejects.toMatchObject({ code: 'config.secret-missing' });
    });
  });

  describe('through a jump host', () => {
    it('each is known by its own keys', async () => {
      const jump = host('jump', { hostKeys: [sshd.hostKeys.rsa] });
      expect(await ask(host('one', { jump: 'jump' }), jump)).toBe(sshd.user);
    });

    it('an unknown jump host is refused, and the error names it', async () => {
      const jump = host('jump', { hostKeys: [sshd.hostKeys.ed25519], port: 1 });
      await expect(ask(host('one', { jump: 'jump' }), jump)).rejects.toMatchObject({
        code: 'host.unreachable',
        params: { host: 'jump' },
      });
    });

    it('a host that the jump host does not reach is unreachable, and the error names it', async () => {
      const one = host('one', { jump: 'jump', port: 1 });
      await expect(ask(one, host('jump', {}))).rejects.toMatchObject({
        code: 'host.unreachable',
        params: { host: 'one', detail: expect.stringContaining('jump') },
      });
      const gateway = hostsOf(one, host('jump', {})).gateway(one);
      expect(await gateway.reach(1, signal)).toBe(false);
      expect(await gateway.reach(sshd.port, signal)).toBe(true);
    });
  });

  describe('the link', () => {
    let cable: Cable;
    beforeAll(async () => {
      cable = await layCable(sshd.port);
    });
    afterAll(() => cable.close());

    it('is one for all commands that come at once', async () => {
      const one = host('one', { port: cable.port });
      const gateway = hostsOf(one).gateway(one);
      const before = cable.count();
      await Promise.all(Array.from({ length: 12 }, () => gateway.ask(whoami, signal)));
      expect(cable.count() - before).toBe(1);
    });

    it('takes as many commands at once as a server with few sessions can bear, and the others after them', async () => {
      const narrow = await startSshd('MaxSessions 2\n');
      const one = host('one', {
        port: narrow.port,
        hostKeys: [narrow.hostKeys.ed25519],
        privateKey: `file:${narrow.key}`,
      });
      const gateway = hostsOf(one).gateway(one);
      const asked = await Promise.all(Array.from({ length: 8 }, () => gateway.ask(whoami, signal)));
      expect(asked.map(({ code }) => code)).toEqual(Array.from({ length: 8 }, () => 0));
      await narrow.stop();
    });

    it('is opened anew when it was lost', async () => {
      const one = host('one', { port: cable.port });
      const gateway = hostsOf(one).gateway(one);
      for (const _ of [1, 2, 3]) {
        expect(text((await gateway.ask(whoami, signal)).stdout).trim()).toBe(sshd.user);
        cable.cut();
        // The loss of an idle link is seen at once, not at the next command.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });

    it('is closed when nobody has used it for a while, and opened anew for the next', async () => {
      const before = cable.count();
      const privateKey = new Secret(await readFile(sshd.key, 'utf8'));
      const { user, hostKeys } = host('one', {}).transport;
      const login = { address: '127.0.0.1', port: cable.port, user, hostKeys, privateKey };
      const connection = createSshConnection(() => connect(login, undefined), 100);
      const gateway = createPosixGateway(host('one', {}), connection, none(user));
      await Promise.all([gateway.ask(whoami, signal), gateway.ask(whoami, signal)]);
      expect(cable.count() - before).toBe(1);
      await expect.poll(() => cable.open()).toBe(0);
      await gateway.ask(whoami, signal);
      expect(cable.count() - before).toBe(2);
      await connection.close();
    });

    it('that ends during the login is an unreachable host, at once', async () => {
      const server = createServer((socket) => void setTimeout(() => socket.destroy(), 30)).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      await expect(ask(host('one', { port }))).rejects.toMatchObject({ code: 'host.unreachable' });
      server.close();
    });

    it('to a closed port is an unreachable host, and the error says where', async () => {
      await expect(ask(host('one', { port: 1 }))).rejects.toMatchObject({
        code: 'host.unreachable',
        params: { host: 'one', address: '127.0.0.1', port: 1, detail: expect.stringContaining('ECONNREFUSED') },
      });
    });

    it('to a name that does not exist too', async () => {
      await expect(ask(host('one', {}, 'no-such-host.invalid'))).rejects.toMatchObject({ code: 'host.unreachable' });
    });

    it('is given up at once when the caller gives up during the login', async () => {
      const server = createServer(() => undefined).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const one = host('one', { port });
      const caller = new AbortController();
      const asked = hostsOf(one).gateway(one).ask(whoami, caller.signal);
      setTimeout(() => caller.abort(), 50);
      await expect(asked).rejects.toMatchObject({ code: 'exec.aborted', params: { host: 'one' } });
      server.close();
    });
  });

  const haveSudo = spawnSync('sudo', ['-n', 'true']).status === 0;

  // That a refusal is named as such is seen on the lab's hosts.
  it.runIf(haveSudo)('sudo makes an administrator', async () => {
    expect(await ask({ ...host('one', {}), become: 'sudo' })).toBe('root');
  });
});
