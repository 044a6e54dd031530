import type { Cluster, Host } from '../../domain/inventory.ts';
import type { ExecChange } from '../../domain/step.ts';
import { programIn } from '../paths.ts';

/**
 * A rule of Windows' own firewall: this server's program, its port, and the peer's address alone. It stands after a restart and holds
 * in every kind of network. M09.
 */
export function openWindowsFirewall(host: Pick<Host, 'id'>, { id, binDir, port }: Cluster, source: string): ExecChange {
  const rule = [
    `name=zapas ${id}`,
    'dir=in',
    'action=allow',
    'protocol=TCP',
    `localport=${port}`,
    `remoteip=${source}`,
    `program=${programIn(binDir, 'postgres')}`,
    'profile=any',
    'enable=yes',
  ];
  const argv = ['netsh.exe', 'advfirewall', 'firewall', 'add', 'rule', ...rule] as const;
  return { kind: 'exec', host: host.id, command: { argv, timeoutMs: 30_000 } };
}
