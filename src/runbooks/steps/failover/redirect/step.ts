import type { Ask, Finding, StepInput } from '../../../../domain/step.ts';
import { defineStep } from '../../../../domain/step.ts';
import { type PostgresServer, postgresServer, serverArgs, timelineOf } from '../../../facts/postgres.ts';
import { destination } from '../../../facts/redirect.ts';
import { finding } from '../../findings.ts';
import { isPrimary } from '../promote.ts';
import type { Way } from './recipe.ts';
import { lookAtWay } from './recipes.ts';

type End = ReturnType<(typeof destination)['parse']>;

interface Traffic {
  readonly server: PostgresServer;
  /** Undefined: only people can lead the clients. */
  readonly way: Way | undefined;
  /** Where a connection made the clients' way ends now; absent without a way to look. */
  readonly ends?: readonly End[];
}

/**
 * The clients' traffic goes to the new primary, by the recipe of the inventory. A connection made the clients' way must end on the new
 * primary. M24.
 */
export const failoverRedirect = defineStep<Traffic>({
  id: 'failover.redirect',
  manual: ['M24'],
  effect: 'reversible',
  gather,
  check({ server, way, ends }) {
    if (!way || (isProven(server, way, ends) && leadsThere(way))) return 'done';
    // Nobody waits with a promotion for that; the plan's finding says it, and the changes are approved in case it is mended.
    return way.obstacle && isPrimary(server) ? { blocked: way.obstacle } : 'needed';
  },
  apply: ({ way }) => way?.changes ?? [],
  findings: ({ way }) => movesOf(way),
  // Without a way to look, the command's own word has to do.
  verify: ({ server, way, ends }) =>
    way === undefined || ((ends?.every((end) => endsAt(server, end)) ?? true) && leadsThere(way)),
  unproven({ server, way, ends = [] }) {
    const wrong = ends.find((end) => !endsAt(server, end));
    const detail = wrong ? inWords(wrong) : way?.astray?.[0];
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

/** What the recipe leads where, as lines of a checklist. */
export function movesOf(way: Way | undefined): readonly Finding[] {
  return (way?.moves ?? []).map(({ host, what, from, to }) => {
    const state = from === to ? 'there' : way?.obstacle ? 'refused' : 'ahead';
    return finding(
      'redirect.move',
      state === 'refused' ? 'warning' : 'ok',
      { what, from: from || '-', to, state },
      host,
    );
  });
}

async function gather(ask: Ask, input: StepInput): Promise<Traffic> {
  const { cluster, standby } = input;
  const [server, { way, ends }] = await Promise.all([
    ask.fact(standby.id, postgresServer, serverArgs(cluster)),
    followWay(ask, input),
  ]);
  return { server, way, ...(ends && { ends }) };
}

async function followWay(ask: Ask, input: StepInput): Promise<Omit<Traffic, 'server'>> {
  const way = await lookAtWay(ask, input.cluster.redirect, input);
  // What leads elsewhere, or lets clients wait, would only keep the proof waiting.
  if (!way?.proof || !leadsThere(way)) return { way };
  const { hosts, argv } = way.proof;
  return { way, ends: await Promise.all(hosts.map((host) => ask.fact(host, destination, { argv }))) };
}

function isProven(server: PostgresServer, way: Way, ends: Traffic['ends']): boolean {
  return ends ? ends.every((end) => endsAt(server, end)) : way.astray !== undefined && isPrimary(server);
}

function leadsThere({ astray = [] }: Way): boolean {
  return astray.length === 0;
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
