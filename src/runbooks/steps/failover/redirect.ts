import type { Redirect } from '../../../domain/inventory.ts';
import type { Ask, Change, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { fileText, type TextFile } from '../../facts/files.ts';
import { type PortState, portFrom, resolved } from '../../facts/network.ts';
import { type PostgresServer, postgresServer, serverArgs, timelineOf } from '../../facts/postgres.ts';
import { destination } from '../../facts/redirect.ts';
import { pointNames } from '../../hosts-file.ts';
import { replicationAddress } from '../../names.ts';
import { run } from './commands.ts';
import { isPrimary } from './promote.ts';

type Recipe<Kind extends Redirect['kind']> = Extract<Redirect, { readonly kind: Kind }>;

type End = ReturnType<(typeof destination)['parse']>;

const HOSTS_FILE = '/etc/hosts';

/** What one host of a recipe of names has, and where its names lead. */
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

interface Traffic {
  readonly server: PostgresServer;
  /** Where a connection from each of the recipe's hosts ends now; absent without a way to look. */
  readonly ends?: readonly End[];
  /** Of a recipe of names. */
  readonly names?: readonly Names[];
}

/**
 * The clients' traffic goes to the new primary: the inventory's command runs on the hosts it names, or the names by which clients reach
 * the primary get its address in their hosts files. A connection made there the clients' way must end on the new primary. M24.
 */
export const failoverRedirect = defineStep<Traffic>({
  id: 'failover.redirect',
  manual: ['M24'],
  effect: 'reversible',
  gather,
  check(traffic, { cluster }) {
    const { server, ends, names } = traffic;
    if (cluster.redirect.kind === 'manual') return 'done';
    const proven = ends ? ends.every((end) => endsAt(server, end)) : names !== undefined && isPrimary(server);
    return proven && (names ?? []).every(pointsThere) ? 'done' : 'needed';
  },
  apply(traffic, input) {
    const { redirect } = input.cluster;
    if (redirect.kind === 'command') return commands(redirect, input);
    return redirect.kind === 'hosts-file' ? hostsFiles(redirect, traffic, input) : [];
  },
  // Without a way to look, the command's own word has to do.
  verify: ({ server, ends, names }) =>
    (ends?.every((end) => endsAt(server, end)) ?? true) && (names ?? []).every(pointsThere),
  unproven({ server, ends = [], names = [] }) {
    const wrong = ends.find((end) => !endsAt(server, end));
    if (wrong) return { code: 'redirect.not-verified', params: { detail: inWords(wrong) } };
    const astray = names.find((one) => !pointsThere(one));
    const detail = astray && `${astray.host}: ${astray.leads.join(', ')} (${astray.port})`;
    return detail === undefined ? undefined : { code: 'redirect.not-verified', params: { detail } };
  },
});

/** The same where only people can do it: they are shown the inventory's checklist and say when it is done. M24. */
export const failoverRedirectByHand = defineStep<undefined>({
  id: 'failover.redirect-by-hand',
  manual: ['M24'],
  effect: 'reversible',
  gather: () => Promise.resolve(undefined),
  check(_facts, { cluster, attested }) {
    const done = cluster.redirect.kind !== 'manual' || attested.includes('failover.redirect-by-hand');
    return done ? 'done' : { attest: true };
  },
});

async function gather(ask: Ask, input: StepInput): Promise<Traffic> {
  const { cluster, standby } = input;
  const { redirect } = cluster;
  const server = ask.fact(standby.id, postgresServer, serverArgs(cluster));
  if (redirect.kind === 'manual') return { server: await server };
  const argv = redirect.verify && asArgv(redirect.verify);
  const [seen, ends, names] = await Promise.all([
    server,
    argv && Promise.all(redirect.hosts.map((host) => ask.fact(host, destination, { argv }))),
    redirect.kind === 'hosts-file' ? askNames(ask, redirect, input) : undefined,
  ]);
  return { server: seen, ...(ends && { ends }), ...(names && { names }) };
}

function askNames(ask: Ask, recipe: Recipe<'hosts-file'>, input: StepInput): Promise<readonly Names[]> {
  const name = replicationAddress(input, input.standby.id);
  const [first = ''] = recipe.names;
  const one = async (host: string): Promise<Names> => {
    const [file, address, port, ...leads] = await Promise.all([
      ask.fact(host, fileText, { path: HOSTS_FILE }),
      ask.fact(host, resolved, { name }),
      ask.fact(host, portFrom, { address: first, port: input.cluster.port }),
      // A name that nobody knows yet leads nowhere.
      ...recipe.names.map((known) => ask.fact(host, resolved, { name: known }).catch(() => '')),
    ]);
    return { host, file, address, port, leads };
  };
  return Promise.all(recipe.hosts.map(one));
}

/** Every name leads to the new primary's address, and a connection by it opens, where that can be tried at all. */
function pointsThere({ address, leads, port }: Names): boolean {
  return leads.every((lead) => lead === address) && (port === 'open' || port === 'unknown');
}

/** The same files in whatever state an earlier attempt left them. */
function hostsFiles({ names }: Recipe<'hosts-file'>, traffic: Traffic, { cluster }: StepInput): readonly Change[] {
  return (traffic.names ?? []).map(({ host, file, address }) => ({
    kind: 'write',
    host,
    path: HOSTS_FILE,
    content: pointNames(file?.content ?? '', { block: cluster.id, address, names }),
    ifHash: file?.hash ?? 'absent',
    mode: '0644',
  }));
}

/** Before the promotion no connection ends there: the old primary has the same system identifier. */
function endsAt(server: PostgresServer, end: End): boolean {
  if ('complaint' in end || !isPrimary(server) || end.inRecovery) return false;
  if (end.systemIdentifier !== server.live?.systemIdentifier) return false;
  return end.timeline === undefined || end.timeline === timelineOf(server);
}

function inWords(end: End): string {
  if ('complaint' in end) return end.complaint;
  const { systemIdentifier, inRecovery, timeline } = end;
  return `${systemIdentifier}, ${inRecovery ? 'standby' : 'primary'}${timeline === undefined ? '' : `, timeline ${timeline}`}`;
}

function commands({ hosts, argv }: Recipe<'command'>, input: StepInput): readonly Change[] {
  const values = { address: replicationAddress(input, input.standby.id), port: String(input.cluster.port) };
  const filled = argv.map((word) => word.replace(/\{(address|port)\}/g, (_, key: keyof typeof values) => values[key]));
  return hosts.map((host) => run(host, asArgv(filled), 60_000));
}

/** The inventory holds at least the program's name. */
function asArgv([program = '', ...words]: readonly string[]): readonly [string, ...string[]] {
  return [program, ...words];
}
