import { OpsError } from '../../domain/errors.ts';
import type { Host, Inventory } from '../../domain/inventory.ts';
import { findHost } from '../../domain/inventory.ts';
import type { HostGateway, Hosts, Secrets } from '../../domain/ports.ts';
import type { Secret } from '../../domain/secret.ts';
import { none, sudo } from '../become/become.ts';
import type { Login } from '../ssh/connect.ts';
import { connect } from '../ssh/connect.ts';
import type { SshConnection } from '../ssh/connection.ts';
import { createSshConnection } from '../ssh/connection.ts';
import { at } from './place.ts';
import { createPosixGateway } from './posix-gateway.ts';
import { REACH_MS, reach } from './reach.ts';

/**
 * The hosts of an inventory: one kept connection each, opened when first needed, also the jump hosts' own. It is kept for as long as
 * an approval may take, so that no login stands between the approval and what it allows.
 * @param agent socket of the ssh agent, for hosts that ask for it
 */
export function createHosts(inventory: Inventory, secrets: Secrets, agent: string | undefined): Hosts {
  const connections = new Map<string, SshConnection>();
  const gateways = new Map<string, HostGateway>();
  const idleMs = inventory.policy.approvalMinutes * 60_000;

  const connectionTo = (host: Host): SshConnection => {
    const known = connections.get(host.id);
    if (known) return known;
    const made = createSshConnection(async () => {
      const login = await loginFor(host, secrets, agent);
      return connect(login, await throughJump(host, login));
    }, idleMs);
    connections.set(host.id, made);
    return made;
  };
  const throughJump = async (host: Host, { address, port }: Login): ReturnType<SshConnection['tunnel']> => {
    const jump = jumpHost(inventory, host);
    if (!jump) return undefined;
    const tunnel = await at(jump, () => connectionTo(jump).tunnel(address, port));
    if (!tunnel) throw new OpsError('host.unreachable', { detail: `the jump host ${jump.id} gets no connection` });
    return tunnel;
  };
  const reachVia = async (host: Host, port: number, signal: AbortSignal): Promise<boolean> => {
    const jump = jumpHost(inventory, host);
    if (!jump) return reach(host.address, port, signal);
    const tunnel = await at(jump, () => connectionTo(jump).tunnel(host.address, port, REACH_MS));
    tunnel?.destroy();
    return tunnel !== undefined;
  };

  return {
    gateway(host) {
      const known = gateways.get(host.id);
      if (known) return known;
      const become = host.become === 'sudo' ? sudo : none(host.transport.user);
      const made: HostGateway = {
        ...createPosixGateway(host, connectionTo(host), become),
        reach: (port, signal) => reachVia(host, port, signal),
      };
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
    throw new OpsError('config.secret-missing', { ref: 'env:SSH_AUTH_SOCK', detail: '' });
  return {
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
