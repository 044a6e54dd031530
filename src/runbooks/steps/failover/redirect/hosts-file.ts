import type { RedirectOf } from '../../../../domain/redirect.ts';
import type { Ask, Change, StepInput } from '../../../../domain/step.ts';
import { onFamily } from '../../../acts/family.ts';
import { fileText, type TextFile } from '../../../facts/files.ts';
import { type PortState, portFrom, resolved } from '../../../facts/network.ts';
import { pointNames } from '../../../hosts-file.ts';
import { replicationAddress } from '../../../names.ts';
import { proofOf, type Recipe } from './recipe.ts';

const LINUX = '/etc/hosts';
const WINDOWS = 'C:\\Windows\\System32\\drivers\\etc\\hosts';

/** Where a host of the recipe keeps the names it knows by itself. */
function hostsPath(host: string, { others }: StepInput): string {
  const at = others[host];
  return at ? onFamily(at, { posix: () => LINUX, windows: () => WINDOWS }) : LINUX;
}

/** What one host has, and where its names lead. */
interface Names {
  readonly host: string;
  readonly file: TextFile | undefined;
  /** The new primary's address as that host knows it. */
  readonly address: string;
  /** Where each name leads. */
  readonly leads: readonly string[];
  /** Does a connection by the first name open? */
  readonly port: PortState;
}

/** The names by which clients reach the primary get its address in their hosts files. */
export const hostsFile: Recipe<'hosts-file'> = {
  async look(ask, redirect, input) {
    const found = await Promise.all(redirect.hosts.map((host) => askNames(ask, host, redirect, input)));
    return {
      astray: found.filter((one) => !pointsThere(one)).map(inWords),
      changes: found.map((one) => write(one, redirect, input)),
      ...proofOf(redirect.hosts, redirect),
    };
  },
};

async function askNames(ask: Ask, host: string, { names }: RedirectOf<'hosts-file'>, input: StepInput): Promise<Names> {
  const [first = ''] = names;
  const [file, address, port, ...leads] = await Promise.all([
    ask.fact(host, fileText, { path: hostsPath(host, input) }),
    ask.fact(host, resolved, { name: replicationAddress(input, input.standby.id) }),
    ask.fact(host, portFrom, { address: first, port: input.cluster.port }),
    // A name that nobody knows yet leads nowhere.
    ...names.map((known) => ask.fact(host, resolved, { name: known }).catch(() => '')),
  ]);
  return { host, file, address, port, leads };
}

/** Every name leads to the new primary's address, and a connection by it opens, where that can be tried at all. */
function pointsThere({ address, leads, port }: Names): boolean {
  return leads.every((lead) => lead === address) && (port === 'open' || port === 'unknown');
}

function inWords({ host, leads, port }: Names): string {
  return `${host}: ${leads.join(', ')} (${port})`;
}

/** The same file in whatever state an earlier attempt left it. */
function write({ host, file, address }: Names, { names }: RedirectOf<'hosts-file'>, input: StepInput): Change {
  return {
    kind: 'write',
    host,
    path: hostsPath(host, input),
    content: pointNames(file?.content ?? '', { block: input.cluster.id, address, names }),
    ifHash: file?.hash ?? 'absent',
    mode: '0644',
  };
}
