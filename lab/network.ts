import { existsSync, readFileSync, statSync } from 'node:fs';
import { capture, must } from './exec.ts';
import { CONTROLLER_ADDRESS, type HostRecord, type LabState } from './state.ts';

/**
 * The lab's network: a bridge in a namespace of its own (the switch), a namespace for the controller and one per host,
 * each plugged into the switch by a veth pair. Nothing of it is visible outside, and nothing in it has a way out.
 */
export class Network {
  readonly #state: LabState;
  readonly #switch: string;

  constructor(state: LabState) {
    this.#state = state;
    this.#switch = state.netns('sw');
  }

  /** Makes switch and controller; nothing happens when they are there. */
  async up(): Promise<void> {
    if (!namespaceExists(this.#switch)) {
      await must(['ip', 'netns', 'add', this.#switch]);
      await ip(this.#switch, 'link', 'add', 'br0', 'type', 'bridge');
      await ip(this.#switch, 'link', 'set', 'br0', 'up');
      await ip(this.#switch, 'link', 'set', 'lo', 'up');
    }
    await this.#plug('ctl', CONTROLLER_ADDRESS);
  }

  /** Gives a host its namespace, its cable and its address. */
  plug(host: HostRecord): Promise<void> {
    return this.#plug(host.name, host.address);
  }

  /** Forgets the rules of the packet filter, as a host does when it goes down. Its namespace outlives it. */
  async clearFilter(host: string): Promise<void> {
    await must([...inNamespace(this.#state.netns(host)), 'nft', 'flush', 'ruleset']);
  }

  /** Takes everything away again. */
  async down(): Promise<void> {
    const prefix = this.#state.netns('');
    const listed = await must(['ip', 'netns', 'list']);
    const ours = listed.split('\n').map((line) => line.split(' ')[0] ?? '');
    for (const name of ours.filter((candidate) => candidate.startsWith(prefix))) {
      await must(['ip', 'netns', 'delete', name]);
    }
  }

  /** Pulls a host's cable out of the switch. */
  async cut(host: string): Promise<void> {
    await ip(this.#switch, 'link', 'set', port(host), 'down');
  }

  /** Puts the cable back. */
  async heal(host: string): Promise<void> {
    await ip(this.#switch, 'link', 'set', port(host), 'up');
  }

  async isCut(host: string): Promise<boolean> {
    const shown = await capture(['ip', '-n', this.#switch, '-o', 'link', 'show', port(host)]);
    return shown.code === 0 && !/[<,]UP[,>]/.test(shown.stdout);
  }

  /** The switch drops every packet between the two; both still see everybody else. */
  async blackhole(a: HostRecord, b: HostRecord): Promise<void> {
    const table = blackholeTable(a, b);
    await this.#nft(
      `add table bridge ${table}`,
      `delete table bridge ${table}`,
      `add table bridge ${table}`,
      `add chain bridge ${table} cut { type filter hook forward priority 0; }`,
      `add rule bridge ${table} cut ip saddr ${a.address} ip daddr ${b.address} drop`,
      `add rule bridge ${table} cut ip saddr ${b.address} ip daddr ${a.address} drop`,
    );
  }

  async unblackhole(a: HostRecord, b: HostRecord): Promise<void> {
    const table = blackholeTable(a, b);
    await this.#nft(`add table bridge ${table}`, `delete table bridge ${table}`);
  }

  /** Limits what a host sends and what it receives, each to `rate` (words of tc, for example 10mbit). */
  async slow(host: string, rate: string): Promise<void> {
    const shape = ['root', 'tbf', 'rate', rate, 'burst', '64kb', 'latency', '200ms'];
    await must(['tc', '-n', this.#switch, 'qdisc', 'replace', 'dev', port(host), ...shape]);
    await must(['tc', '-n', this.#state.netns(host), 'qdisc', 'replace', 'dev', 'eth0', ...shape]);
  }

  async unslow(host: string): Promise<void> {
    // "delete" fails where nothing was set, and that is what is wanted.
    await capture(['tc', '-n', this.#switch, 'qdisc', 'delete', 'dev', port(host), 'root']);
    await capture(['tc', '-n', this.#state.netns(host), 'qdisc', 'delete', 'dev', 'eth0', 'root']);
  }

  /** Undoes every fault of the network. */
  async repair(hosts: readonly HostRecord[]): Promise<void> {
    await this.#nft('flush ruleset');
    for (const { name } of hosts) {
      await this.heal(name);
      await this.unslow(name);
    }
  }

  async #plug(part: string, address: string): Promise<void> {
    const namespace = this.#state.netns(part);
    if (namespaceExists(namespace)) return;
    await must(['ip', 'netns', 'add', namespace]);
    await ip(namespace, 'link', 'set', 'lo', 'up');
    // Where that can be set: BBR, which some machines use, takes a slowed line for a quick one that is blocked at times.
    await capture([...inNamespace(namespace), 'sysctl', '-qw', 'net.ipv4.tcp_congestion_control=reno']);
    await ip(this.#switch, 'link', 'add', port(part), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    await ip(this.#switch, 'link', 'set', port(part), 'master', 'br0', 'up');
    await ip(namespace, 'address', 'add', `${address}/24`, 'dev', 'eth0');
    await ip(namespace, 'link', 'set', 'eth0', 'up');
  }

  async #nft(...commands: readonly string[]): Promise<void> {
    await must(['ip', 'netns', 'exec', this.#switch, 'nft', commands.join('; ')]);
  }
}

/** argv before a command that shall run inside a network namespace. Unlike `ip netns exec` it leaves /sys as it is. */
export function inNamespace(namespace: string): readonly string[] {
  return ['nsenter', `--net=/run/netns/${namespace}`, '--'];
}

/** True when this very process is in that namespace already. */
export function isInNamespace(namespace: string): boolean {
  return namespaceExists(namespace) && statSync('/proc/self/ns/net').ino === statSync(`/run/netns/${namespace}`).ino;
}

/** True when there is a network namespace of this name. */
export function namespaceExists(namespace: string): boolean {
  return (
    existsSync(`/run/netns/${namespace}`) && readFileSync('/proc/mounts', 'utf8').includes(` /run/netns/${namespace} `)
  );
}

function ip(namespace: string, ...args: readonly string[]): Promise<string> {
  return must(['ip', '-n', namespace, ...args]);
}

// Names of network devices may have 15 characters.
function port(part: string): string {
  return `p-${part}`;
}

function blackholeTable(a: HostRecord, b: HostRecord): string {
  const octets = [a, b].map((host) => Number(host.address.split('.')[3]));
  return `hole_${Math.min(...octets)}_${Math.max(...octets)}`;
}
