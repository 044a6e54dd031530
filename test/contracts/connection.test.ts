import { readFile } from 'node:fs/promises';
import { createLocalConnection } from '../../src/adapters/local/connection.ts';
import { connect } from '../../src/adapters/ssh/connect.ts';
import { createSshConnection } from '../../src/adapters/ssh/connection.ts';
import { Secret } from '../../src/domain/secret.ts';
import { connectionContract } from './connection.ts';
import { haveSshd, layCable, startSshd } from './sshd.ts';

connectionContract(
  'this machine',
  () => {
    const connection = createLocalConnection();
    return Promise.resolve({ connection, close: () => connection.close() });
  },
  false,
);

if (haveSshd()) {
  connectionContract('a real sshd', async () => {
    const sshd = await startSshd();
    const cable = await layCable(sshd.port);
    const login = {
      address: '127.0.0.1',
      port: cable.port,
      user: sshd.user,
      hostKeys: [sshd.hostKeys.ed25519],
      privateKey: new Secret(await readFile(sshd.key, 'utf8')),
    };
    const connection = createSshConnection(() => connect(login, undefined), 60_000);
    return {
      connection,
      cut: () => cable.cut(),
      freeze: () => cable.freeze(),
      async close() {
        await connection.close();
        cable.close();
        await sshd.stop();
      },
    };
  });
}
