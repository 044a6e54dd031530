import { findCluster } from '../../domain/inventory.ts';
import type { Condition } from '../../domain/watch.ts';
import type { CardContext } from './context.ts';
import { typed } from './context.ts';

/** Params that are bytes. */
const BYTES: ReadonlySet<string> = new Set(['free', 'bytes', 'left', 'bound']);

/** What is wrong in the reader's words: a headline, the cause, and what to do next. */
export interface ConditionTexts {
  readonly title: string;
  readonly cause: string;
  readonly next: string;
}

/** The texts of a condition of that cluster. */
export function conditionTexts(context: CardContext, cluster: string, condition: Condition): ConditionTexts {
  const { t, prefix } = context;
  const params = readable(context, cluster, condition);
  return {
    title: t.say(`watch.${condition.id}.title`, params),
    cause: t.say(`watch.${condition.id}.cause`, params).trim(),
    next: typed(prefix, t.say(`watch.${condition.id}.next`, params)),
  };
}

function readable(context: CardContext, cluster: string, { host, params }: Condition): Record<string, string | number> {
  const { t } = context;
  const shown = Object.entries(params).map(([name, value]) => {
    if (BYTES.has(name)) return [name, t.bytes(value)];
    if (name === 'seconds') return [name, t.duration(Number(value) * 1_000)];
    return [name, value];
  });
  const service = findCluster(context.inventory, cluster)?.service ?? '';
  return { ...Object.fromEntries(shown), problem: problemText(context, host, params), host, cluster, service };
}

/** Why a host could not be asked; nothing where that is not the point. */
function problemText(context: CardContext, host: string, { problem, detail = '' }: Condition['params']): string {
  if (problem === undefined) return '';
  const key = `error.${problem}.what`;
  return context.t.sayIf(key, explainable(host, detail), String(problem));
}

function explainable(host: string, detail: string | number): Record<string, string | number> {
  return { host, ...(detail !== '' && { detail }) };
}
