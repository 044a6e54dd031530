import type { RedirectKind, RedirectOf } from '../../../../domain/redirect.ts';
import type { Ask, StepInput } from '../../../../domain/step.ts';
import { command } from './command.ts';
import { dns } from './dns.ts';
import { haproxy } from './haproxy.ts';
import { hostsFile } from './hosts-file.ts';
import { pgbouncer } from './pgbouncer.ts';
import type { Need, Recipe, Way } from './recipe.ts';

const RECIPES: { readonly [Kind in RedirectKind]: Recipe<Kind> } = {
  command,
  'hosts-file': hostsFile,
  dns,
  haproxy,
  pgbouncer,
  manual: { look: () => Promise.resolve(undefined) },
};

/** The way by the recipe of the inventory. */
export function lookAtWay<Kind extends RedirectKind>(
  ask: Ask,
  redirect: RedirectOf<Kind>,
  input: StepInput,
): Promise<Way | undefined> {
  const recipe: Recipe<Kind> = RECIPES[redirect.kind];
  return recipe.look(ask, redirect, input);
}

/** What the recipe of the inventory needs on its hosts. */
export function redirectNeeds<Kind extends RedirectKind>(redirect: RedirectOf<Kind>): readonly Need[] {
  const recipe: Recipe<Kind> = RECIPES[redirect.kind];
  return recipe.needs?.(redirect) ?? [];
}
