import { OpsError } from '../../domain/errors.ts';
import type { SshSettings } from '../../domain/host-settings.ts';
import type { Host, Inventory } from '../../domain/inventory.ts';
import { findHost } from '../../domain/inventory.ts';
import type { HostGateway, Hosts, Secrets } from '../../domain/ports.ts';
import type { Secret } from '../../domain/secret.ts';
import { none, sudo } from '../become/become.ts';
import type { Login } from '../ssh/connect.ts';
import { connect } from '../ssh/connect.ts';
import type { SshConnection } from '../ssh/connection.ts';
import { createSshConnection } from '../ssh/connection.ts';
import { createWinrmConnection } from '../winrm/connection.ts';
import type { Connection } from './contracts.ts';
import { at } from './place.ts';
import { createPosixGateway } from './posix-gateway.ts';
import { REACH_MS, reach } from './reach.ts';
import { createWindowsGateway } from './windows-gateway.ts';
import { endpointOf } from './winrm-endpoint.ts';

/**
 * The hosts of an inventory: one kept connection each, opened when first needed, also the jump hosts' own. It is kept for as long as
 * an approval may take, so that no login stands between the approval and what it allows.
 * @param agent socket of the ssh agent, for hosts that ask for it
 */
export function createHosts(inventory: Inventory, secrets: Secrets, agent: string | undefined): Hosts {
  const connections = new Map<string, SshConnection>();
  const others: Connection[] = [];
  const gateways = new Map<string, HostGateway>();
  const idleMs = inventory.policy.approvalMinutes * 60_000;

  const connectionTo = (host: SshHost): SshConnection => {
    const known = connections.get(host.id);
    if (known) return known;
    const made = createSshConnection(async () => {
      const login = await loginFor(host, secrets, agent);
      return connect(login, await throughJump(host, login));
    }, idleMs);
    connections.set(host.id, made);
    return made;
  };
  const throughJump = async (host: SshHost, { address, port }: Login): ReturnType<SshConnection['tunnel']> => {
    const jump = jumpHost(inventory, host);
    if (!jump) return undefined;
    const tunnel = await at(jump, () => connectionTo(jump).tunnel(address, port));
    if (!tunnel) throw new OpsError('host.unreachable', { detail: `the jump host ${jump.id} gets no connection` });
    return tunnel;
  };
  const windowsConnectionTo = (host: Host): Connection => {
    const { transport } = host;
    if (transport.kind === 'ssh') return connectionTo({ ...host, transport });
    const made = createWinrmConnection(host.id, () => endpointOf(host.address, transport, secrets));
    others.push(made);
    return made;
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
        ...(host.os === 'windows'
          ? createWindowsGateway(host, windowsConnectionTo(host))
          : createPosixGateway(host, connectionTo(host), become)),
        reach: (port, signal) => reachVia(host, port, signal),
      };
      gateways.set(host.id, made);
      return made;
    },
    async close() {
      await Promise.all([...connections.values(), ...others].map((connection) => connection.close()));
    },
  };
}

/** A host that is reached by ssh, whatever system it runs. */
type SshHost = Host & { readonly transport: SshSettings };

function isSshHost(host: Host): host is SshHost {
  return host.transport.kind === 'ssh';
}

function jumpHost(inventory: Inventory, { transport }: Host): SshHost | undefined {
  if (transport.kind !== 'ssh' || transport.jump === undefined) return undefined;
  const found = findHost(inventory, transport.jump);
  return found && isSshHost(found) ? found : undefined;
}

async function loginFor(host: SshHost, secrets: Secrets, agent: string | undefined): Promise<Login> {
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
