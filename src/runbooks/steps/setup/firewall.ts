import type { Ask, Change, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { openWindowsFirewall } from '../../acts/firewall.ts';
import { fileText, type TextFile } from '../../facts/files.ts';
import { type Firewall, firewall, richRule } from '../../facts/firewall.ts';
import { resolved } from '../../facts/network.ts';
import type { InputChain } from '../../facts/nftables.ts';
import { replicationAddress } from '../../names.ts';

/** One host's firewall and the file its rules come back from. */
interface Door {
  readonly host: string;
  /** Address of the other server, as this host sees it. */
  readonly source: string;
  readonly firewall: Firewall;
  readonly file: TextFile | undefined;
}

interface Facts {
  readonly doors: readonly Door[];
}

/**
 * Each server lets exactly the other one in to the database's port, where a firewall would not: the primary now, the standby
 * for the day it is the primary. The rule also stands after a restart. M09.
 */
export const setupFirewall = defineStep<Facts>({
  id: 'setup.firewall',
  manual: ['M09'],
  effect: 'reversible',
  async gather(ask, input) {
    const { primary, standby } = input;
    const doors = await Promise.all([
      lookAt(ask, input, primary.id, standby.id),
      lookAt(ask, input, standby.id, primary.id),
    ]);
    return { doors };
  },
  check: ({ doors }, input): Check => (doors.every((door) => isOpen(door, input)) ? 'done' : 'needed'),
  apply: ({ doors }, input) => doors.flatMap((door) => (isOpen(door, input) ? [] : open(door, input))),
});

async function lookAt(ask: Ask, input: StepInput, host: string, peer: string): Promise<Door> {
  const source = await ask.fact(host, resolved, { name: replicationAddress(input, peer) });
  const found = await ask.fact(host, firewall, { source, port: input.cluster.port });
  const path = found.kind === 'nftables' ? found.file : undefined;
  const file = path === undefined ? undefined : await ask.fact(host, fileText, { path });
  return { host, source, firewall: found, file };
}

/** Our own rule of nftables lives in memory; it has to be in the file too, else the next boot closes the door. */
function isOpen(door: Door, input: StepInput): boolean {
  const { firewall, file } = door;
  if (!firewall.allows) return false;
  if (firewall.kind === 'firewalld') return firewall.permanent;
  if (firewall.kind !== 'nftables' || !file) return true;
  const ours = firewall.chains.filter(({ decidedBy }) => decidedBy === comment(input));
  return ours.every((chain) => file.content.includes(nftRule(chain, door, input)));
}

function open(door: Door, input: StepInput): readonly Change[] {
  const { firewall, host, source } = door;
  const port = String(input.cluster.port);
  const run = (...argv: [string, ...string[]]): Change => ({
    kind: 'exec',
    host,
    command: { argv, env: { LC_ALL: 'C' }, timeoutMs: 30_000 },
  });
  if (firewall.kind === 'ufw') {
    // In front of everything else: ufw's first fitting rule decides.
    const rule = ['allow', 'proto', 'tcp', 'from', source, 'to', 'any', 'port', port, 'comment', comment(input)];
    return [run('ufw', 'prepend', ...rule)];
  }
  if (firewall.kind === 'firewalld') {
    const rule = richRule({ source, port: input.cluster.port });
    const zone = `--zone=${firewall.zone}`;
    return [
      ...(firewall.permanent ? [] : [run('firewall-cmd', '--permanent', zone, `--add-rich-rule=${rule}`)]),
      ...(firewall.allows ? [] : [run('firewall-cmd', zone, `--add-rich-rule=${rule}`)]),
    ];
  }
  if (firewall.kind === 'windows') return [openWindowsFirewall({ id: host }, input.cluster, source)];
  if (firewall.kind !== 'nftables') return [];
  const closed = firewall.chains.filter(({ verdict }) => verdict === 'drop');
  const ours = firewall.chains.filter(({ decidedBy }) => decidedBy === comment(input));
  return [
    ...persist(door, [...closed, ...ours], input, firewall.file),
    ...closed.map((chain) => run('nft', nftRule(chain, door, input))),
  ];
}

/** Adds the rules to the end of the file that the boot loads; nft itself judges the file before it stays. */
function persist(
  door: Door,
  chains: readonly InputChain[],
  input: StepInput,
  path: string | undefined,
): readonly Change[] {
  const { file, host } = door;
  if (!file || path === undefined) return [];
  const lines = chains.map((chain) => nftRule(chain, door, input)).filter((line) => !file.content.includes(line));
  if (lines.length === 0) return [];
  const start = file.content === '' || file.content.endsWith('\n') ? file.content : `${file.content}\n`;
  const validate = { argv: ['nft', '-c', '-f', path] as const, env: { LC_ALL: 'C' }, timeoutMs: 30_000 };
  return [
    {
      kind: 'write',
      host,
      path,
      content: `${start}${lines.join('\n')}\n`,
      ifHash: file.hash,
      validate: { command: validate, rejected: 'file.write-failed' },
    },
  ];
}

/** At the head of the chain, so that no earlier rule can turn the standby away. */
function nftRule({ family, table, chain }: InputChain, { source }: Door, input: StepInput): string {
  const address = source.includes(':') ? `ip6 saddr ${source}` : `ip saddr ${source}`;
  const packet = `${address} tcp dport ${input.cluster.port}`;
  return `insert rule ${family} ${table} ${chain} ${packet} accept comment "${comment(input)}"`;
}

function comment({ cluster }: StepInput): string {
  return `zapas ${cluster.id}`;
}
