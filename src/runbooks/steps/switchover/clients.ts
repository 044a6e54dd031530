import { defineStep } from '../../../domain/step.ts';
import type { Way } from '../failover/redirect/recipe.ts';
import { lookAtWay } from '../failover/redirect/recipes.ts';
import { movesOf } from '../failover/redirect/step.ts';

interface Clients {
  /** Undefined: only people can lead them. */
  readonly way: Way | undefined;
}

/** Before anybody is interrupted: the recipe finds what it will change, as it knows it. What somebody else changed stops all of it. M24. */
export const switchoverRedirectReady = defineStep<Clients>({
  id: 'switchover.redirect-ready',
  manual: ['M24'],
  effect: 'read',
  gather: async (ask, input) => ({ way: await lookAtWay(ask, input.cluster.redirect, input) }),
  check: ({ way }) => (way?.obstacle ? { blocked: way.obstacle } : 'done'),
  findings: ({ way }) => movesOf(way),
});

/** Where they can, clients wait from here until the new primary takes writes, instead of failing. */
export const switchoverHoldClients = defineStep<Clients>({
  id: 'switchover.hold-clients',
  manual: [],
  effect: 'disruptive',
  gather: async (ask, input) => ({ way: await lookAtWay(ask, input.cluster.redirect, input) }),
  check: ({ way }) => (way?.waiting && way.waiting.now !== 'all' ? 'needed' : 'done'),
  apply: ({ way }) => way?.waiting?.hold ?? [],
});

/** Before the promotion: clients that wait go on with the old primary, once it is one again. */
export const switchoverReleaseClients = defineStep<Clients>({
  id: 'switchover.release-clients',
  manual: [],
  effect: 'reversible',
  gather: async (ask, input) => ({ way: await lookAtWay(ask, input.cluster.redirect, input) }),
  check: ({ way }) => (way?.waiting && way.waiting.now !== 'none' ? 'needed' : 'done'),
  apply: ({ way }) => way?.waiting?.release ?? [],
});
