import { OpsError } from '../../domain/errors.ts';
import type { Host, Inventory } from '../../domain/inventory.ts';
import { findHost } from '../../domain/inventory.ts';
import type { HostGateway, Hosts, Secrets } from '../../domain/ports.ts';
import type { Secret } from '../../domain/secret.ts';
import { none, sudo } from '../become/become.ts';
import type { Login } from '../ssh/connect.ts';
import { connect } from '../ssh/connect.ts';
import { createSshConnection } from '../ssh/connection.ts';
import type { Connection } from './contracts.ts';
import { createPosixGateway } from './posix-gateway.ts';

/**
 * The hosts of an inventory: one kept connection each, opened when first needed.
 * @param agent socket of the ssh agent, for hosts that ask for it
 */
export function createHosts(inventory: Inventory, secrets: Secrets, agent: string | undefined): Hosts {
  const connections = new Map<string, Connection>();
  const gateways = new Map<string, HostGateway>();

  const connectionTo = (host: Host): Connection => {
    const known = connections.get(host.id);
    if (known) return known;
    const opened = createSshConnection(host.id, async (signal) => {
      const jump = jumpHost(inventory, host);
      const through = jump && (await connect(await loginFor(jump, secrets, agent), undefined, signal));
      const client = await connect(await loginFor(host, secrets, agent), through, signal);
      client.once('close', () => through?.end());
      return client;
    });
    connections.set(host.id, opened);
    return opened;
  };

  return {
    gateway(host) {
      const known = gateways.get(host.id);
      if (known) return known;
      const become = host.become === 'sudo' ? sudo : none(host.transport.user);
      const made = createPosixGateway(host, connectionTo(host), become);
      gateways.set(host.id, made);
      return made;
    },
    async close() {
      await Promise.all([...connections.values()].map((connection) => connection.close()));
    },
  };
}

function jumpHost(inventory: Inventory, { transport }: Host): Host | undefined {
  return transport.jump === undefined ? undefined : findHost(inventory, transport.jump);
}

async function loginFor(host: Host, secrets: Secrets, agent: string | undefined): Promise<Login> {
  const { privateKey, passphrase, password, port, user, hostKeys } = host.transport;
  const fetch = async (ref: string | undefined): Promise<Secret | undefined> =>
    ref === undefined ? undefined : secrets.get(ref);
  const [key, phrase, word] = await Promise.all([fetch(privateKey), fetch(passphrase), fetch(password)]);
  if (host.transport.agent && agent === undefined)
    throw new OpsError('config.secret-missing', { ref: 'SSH_AUTH_SOCK' });
  return {
    host: host.id,
    address: host.address,
    port,
    user,
    hostKeys,
    ...(key && { privateKey: key }),
    ...(phrase && { passphrase: phrase }),
    ...(word && { password: word }),
    ...(host.transport.agent && agent !== undefined && { agent }),
  };
}
