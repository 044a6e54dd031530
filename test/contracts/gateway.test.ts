import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { none } from '../../src/adapters/become/become.ts';
import { createPosixGateway } from '../../src/adapters/gateway/posix-gateway.ts';
import { createLocalConnection } from '../../src/adapters/local/connection.ts';
import { connect } from '../../src/adapters/ssh/connect.ts';
import { createSshConnection } from '../../src/adapters/ssh/connection.ts';
import type { Host } from '../../src/domain/inventory.ts';
import { Secret } from '../../src/domain/secret.ts';
import { gatewayContract } from './gateway.ts';
import { haveSshd, layCable, startSshd } from './sshd.ts';

const { username } = userInfo();
const account = username === 'root' ? { account: 'nobody' } : {};
const hostWith = (stateDir: string, port: number): Host => ({
  id: 'one',
  address: '127.0.0.1',
  os: 'linux',
  become: 'none',
  stateDir,
  transport: { kind: 'ssh', port, user: username, hostKeys: [], agent: false },
});

gatewayContract('this machine', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'zapas-state-'));
  const host = hostWith(join(dir, 'state'), 22);
  const connection = createLocalConnection();
  return {
    gateway: createPosixGateway(host, connection, none(username)),
    other: createPosixGateway(host, connection, none(username), 1),
    ...account,
    close: () => rm(dir, { recursive: true, force: true }),
  };
});

if (haveSshd()) {
  gatewayContract('a real sshd', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'zapas-state-'));
    const sshd = await startSshd();
    const cable = await layCable(sshd.port);
    const host = hostWith(join(dir, 'state'), sshd.port);
    const login = {
      address: '127.0.0.1',
      user: username,
      hostKeys: [sshd.hostKeys.ed25519],
      privateKey: new Secret(await readFile(sshd.key, 'utf8')),
    };
    const one = createSshConnection(() => connect({ ...login, port: cable.port }, undefined), 60_000);
    const two = createSshConnection(() => connect({ ...login, port: sshd.port }, undefined), 60_000);
    return {
      gateway: createPosixGateway(host, one, none(username)),
      other: createPosixGateway(host, two, none(username), 1),
      ...account,
      cut: () => cable.cut(),
      async close() {
        await Promise.all([one.close(), two.close()]);
        cable.close();
        await sshd.stop();
        await rm(dir, { recursive: true, force: true });
      },
    };
  });
}
