import type { Redirect } from '../../../domain/inventory.ts';
import type { Ask, Change, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { type PostgresServer, postgresServer, serverArgs, timelineOf } from '../../facts/postgres.ts';
import { destination } from '../../facts/redirect.ts';
import { replicationAddress } from '../../names.ts';
import { run } from './commands.ts';
import { isPrimary } from './promote.ts';

type Recipe = Extract<Redirect, { readonly kind: 'command' }>;

type End = ReturnType<(typeof destination)['parse']>;

interface Traffic {
  readonly server: PostgresServer;
  /** Where a connection from each of the recipe's hosts ends now; absent without a way to look. */
  readonly ends?: readonly End[];
}

/**
 * The clients' traffic goes to the new primary: the inventory's command runs on the hosts it names, and a connection made there
 * the clients' way must end on the new primary. M24.
 */
export const failoverRedirect = defineStep<Traffic>({
  id: 'failover.redirect',
  manual: ['M24'],
  effect: 'reversible',
  gather,
  check({ server, ends }, { cluster }) {
    if (cluster.redirect.kind === 'manual') return 'done';
    return ends?.every((end) => endsAt(server, end)) ? 'done' : 'needed';
  },
  apply: (_facts, input) => (input.cluster.redirect.kind === 'command' ? commands(input.cluster.redirect, input) : []),
  // Without a way to look, the command's own word has to do.
  verify: ({ server, ends }) => ends?.every((end) => endsAt(server, end)) ?? true,
  unproven({ server, ends = [] }) {
    const wrong = ends.find((end) => !endsAt(server, end));
    return wrong && { code: 'redirect.not-verified', params: { detail: inWords(wrong) } };
  },
});

/** The same where only people can do it: they are shown the inventory's checklist and say when it is done. M24. */
export const failoverRedirectByHand = defineStep<undefined>({
  id: 'failover.redirect-by-hand',
  manual: ['M24'],
  effect: 'reversible',
  gather: () => Promise.resolve(undefined),
  check(_facts, { cluster, attested }) {
    const done = cluster.redirect.kind === 'command' || attested.includes('failover.redirect-by-hand');
    return done ? 'done' : { attest: true };
  },
});

async function gather(ask: Ask, { cluster, standby }: StepInput): Promise<Traffic> {
  const server = ask.fact(standby.id, postgresServer, serverArgs(cluster));
  const { redirect } = cluster;
  if (redirect.kind === 'manual' || !redirect.verify) return { server: await server };
  const argv = asArgv(redirect.verify);
  const [seen, ...ends] = await Promise.all([
    server,
    ...redirect.hosts.map((host) => ask.fact(host, destination, { argv })),
  ]);
  return { server: seen, ends };
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

function commands({ hosts, argv }: Recipe, input: StepInput): readonly Change[] {
  const values = { address: replicationAddress(input, input.standby.id), port: String(input.cluster.port) };
  const filled = argv.map((word) => word.replace(/\{(address|port)\}/g, (_, key: keyof typeof values) => values[key]));
  return hosts.map((host) => run(host, asArgv(filled), 60_000));
}

/** The inventory holds at least the program's name. */
function asArgv([program = '', ...words]: readonly string[]): readonly [string, ...string[]] {
  return [program, ...words];
}
