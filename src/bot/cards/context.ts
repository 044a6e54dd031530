import type { ErrorParams, ErrorRef } from '../../domain/errors.ts';
import type { Inventory, Language } from '../../domain/inventory.ts';
import { findCluster } from '../../domain/inventory.ts';
import type { Actor, Run } from '../../domain/run.ts';
import type { RunbookId } from '../../domain/runbook.ts';
import type { Translator } from '../../i18n/translate.ts';
import { createTranslator } from '../../i18n/translate.ts';
import { inChat } from '../groups.ts';

/** What a card is drawn with beside its subject. */
export interface CardContext {
  readonly t: Translator;
  readonly inventory: Inventory;
  readonly now: Date;
  /** How a command begins where the card is read: `zapas` in a terminal, `/zapas` in a chat. */
  readonly prefix: 'zapas' | '/zapas';
}

/** Enough to put names to ids. */
interface Known {
  readonly t: Translator;
  readonly inventory: Pick<Inventory, 'people' | 'sites'>;
}

/** The first eight characters of a plan's hash: what people compare. */
export function planId(hash: string | undefined): string | undefined {
  return hash?.slice(0, 8);
}

/** The person's name from the inventory; the id of somebody who has left it. */
export function personName(context: Known, person: string): string {
  if (person === 'system') return context.t.say('platform.system');
  const { people } = context.inventory;
  return Object.hasOwn(people, person) ? (people[person]?.name ?? person) : person;
}

export function platformName({ t }: Pick<CardContext, 't'>, platform: string): string {
  return t.sayIf(`platform.${platform}`, {}, platform);
}

export function siteName({ inventory }: Pick<Known, 'inventory'>, site: string): string {
  return inventory.sites[site]?.name ?? site;
}

/** The cluster with its product. */
export function clusterName({ t, inventory }: CardContext, cluster: string): string {
  const product = findCluster(inventory, cluster)?.product;
  return product ? t.say('value.cluster', { cluster, product }) : cluster;
}

export function runbookName({ t }: Pick<CardContext, 't'>, runbook: RunbookId): string {
  return t.say(`runbook.${runbook}`);
}

export function stepTitle({ t }: Pick<CardContext, 't'>, step: string): string {
  return t.sayIf(`step.${step}.title`, {}, step);
}

/** Who asked for the run, and when. */
export function requestedBy(context: CardContext, run: Run): string {
  const person = personName(context, run.requester.person);
  return context.t.say('value.person-at', { person, at: context.t.moment(run.requestedAt) });
}

/** A person and where they did it, as params of a text. */
export function actorParams(context: CardContext, by: Actor): { person: string; platform: string } {
  return { person: personName(context, by.person), platform: platformName(context, by.platform) };
}

/** A command as it is typed where the card is read. */
export function command({ prefix }: Pick<CardContext, 'prefix'>, ...words: readonly string[]): string {
  return typed(prefix, ['zapas', ...words].join(' '));
}

/** Primary and standby of the run: those of its plan, else of the inventory. */
export function rolesOf(context: CardContext, run: Run): { readonly primary: string; readonly standby: string } {
  if (run.plan) return { primary: run.plan.primary, standby: run.plan.standby };
  const cluster = findCluster(context.inventory, run.cluster);
  return { primary: cluster?.primary ?? '?', standby: cluster?.standby ?? '?' };
}

/** An error in the reader's words: what happened, and what to do next. */
export function explain(
  context: Known & Pick<CardContext, 'prefix'>,
  { code, params }: ErrorRef,
): { readonly what: string; readonly hint: string } {
  const { t, prefix } = context;
  const shown = readable(context, params);
  const hint = t.say(`error.${code}.hint`, shown);
  return {
    what: t.say(`error.${code}.what`, shown),
    hint: typed(prefix, hint),
  };
}

/** A text with the commands in it as they are typed where it is read. */
export function typed(prefix: CardContext['prefix'], text: string): string {
  if (prefix === 'zapas') return text;
  return text.replaceAll(/(?<![/\w])zapas ([a-z]+(?:-[a-z]+)*)/g, (_, name: string) => `/zapas ${inChat(name)}`);
}

/** {@link explain} where there is no inventory (yet), on the command line. */
export function explainTo(language: Language, error: ErrorRef): { readonly what: string; readonly hint: string } {
  const t = createTranslator(language, 'UTC');
  return explain({ t, inventory: { people: {}, sites: {} }, prefix: 'zapas' }, error);
}

/** Ids become names, moments the clock on the wall; empty values are left out, so that texts can do without them. */
function readable(context: Known, params: ErrorParams): ErrorParams {
  const shown: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(params)) {
    if (value === '') continue;
    shown[name] = readableValue(context, name, value);
  }
  return shown;
}

function readableValue(context: Known, name: string, value: string | number): string | number {
  if (typeof value === 'number') return value;
  switch (name) {
    case 'person':
    case 'by':
      return personName(context, value);
    case 'site':
      return siteName(context, value);
    case 'platform':
      return platformName(context, value);
    case 'step':
      return stepTitle(context, value);
    case 'what':
      return context.t.sayIf(`drift.${value.replaceAll(' ', '-')}`, {}, stepTitle(context, value));
    case 'approved':
    case 'now':
      return context.t.sayIf(`drift.value.${value}`, {}, value);
    case 'at':
    case 'expired':
      return /^\d{4}-\d{2}-\d{2}T/.test(value) ? context.t.moment(value) : value;
    default:
      return value;
  }
}
