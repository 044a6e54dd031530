import type { Block, Card } from '../../domain/card.ts';
import { payloadOf } from '../../domain/card.ts';
import { findCluster } from '../../domain/inventory.ts';
import type { Redirect } from '../../domain/redirect.ts';
import type { Gate, Run } from '../../domain/run.ts';
import { approvalCard, expiry } from './approval.ts';
import type { CardContext } from './context.ts';
import { personName, rolesOf, runbookName, siteName, stepTitle } from './context.ts';
import { decidedGate } from './gate-closed.ts';
import { runFields, runFooter } from './run.ts';
import { commandsBlock, plannedSteps } from './steps.ts';
import { tellingBlocks } from './switching.ts';

/** The card of a gate, open or closed. */
export function gateCard(context: CardContext, run: Run, gate: Gate): Card {
  if (gate.kind === 'approve') return approvalCard(context, run, gate);
  return gate.kind === 'confirm' ? confirmCard(context, run, gate) : attestCard(context, run, gate);
}

/** A disruption that somebody has to agree to: what is interrupted, and the very commands. */
export function confirmCard(context: CardContext, run: Run, gate: Gate): Card {
  const { t } = context;
  const steps = (run.plan?.steps ?? []).filter(({ id }) => run.steps.find((step) => step.id === id)?.state !== 'done');
  const disruptive = steps.filter(({ effect, check }) => effect === 'disruptive' && check !== 'done');
  const words = confirmWords(context, run);
  const commands = commandsBlock(context, steps);
  return question(context, run, gate, {
    title: words.title,
    blocks: [
      { kind: 'text', style: 'strong', text: words.text },
      {
        kind: 'list',
        items: disruptive.map(({ id }) => ({ title: stepTitle(context, id), tone: 'warning' as const })),
      },
      ...tellingBlocks(context, run),
      plannedSteps(context, steps, t.say('plan.steps')),
      ...(commands ? [commands] : []),
    ],
  });
}

/** A rebuild interrupts nobody, but takes away what is on a server. */
function confirmWords(context: CardContext, run: Run): { readonly title: string; readonly text: string } {
  const { t } = context;
  const person = personName(context, run.requester.person);
  const about = { runbook: runbookName(context, run.runbook), cluster: run.cluster };
  const { primary, standby } = rolesOf(context, run);
  if (run.runbook === 'rebuild')
    return {
      title: t.say('confirm.title-rebuild', { ...about, standby }),
      text: t.say('confirm.text-rebuild', { person, primary, standby }),
    };
  return {
    title: t.say('confirm.title', about),
    text: t.say('confirm.text', { person, site: siteName(context, run.site) }),
  };
}

/** A task that only a person can see or do. */
export function attestCard(context: CardContext, run: Run, gate: Gate): Card {
  const { t } = context;
  const redirect = findCluster(context.inventory, run.cluster)?.redirect;
  const byHand = gate.step === 'failover.redirect-by-hand' ? tasksOf(context, redirect) : [];
  const checklist: Block = {
    kind: 'list',
    title: t.say('attest.checklist'),
    items: byHand.map((title) => ({ title })),
  };
  const ask = t.sayIf(`step.${gate.step}.ask`, {}, stepTitle(context, gate.step));
  return question(context, run, gate, {
    title: t.say('attest.title', { runbook: runbookName(context, run.runbook), cluster: run.cluster }),
    blocks: [{ kind: 'text', style: 'strong', text: ask }, ...(byHand.length > 0 ? [checklist] : [])],
  });
}

/** The inventory's own words, else ours. */
function tasksOf({ t }: CardContext, redirect: Redirect | undefined): readonly string[] {
  if (redirect?.kind !== 'manual') return [];
  return redirect.checklist.length > 0 ? redirect.checklist : [t.say('attest.redirect')];
}

function question(
  context: CardContext,
  run: Run,
  gate: Gate,
  { title, blocks }: { title: string; blocks: readonly Block[] },
): Card {
  const { t } = context;
  const closed = decidedGate(context, run, gate);
  const payload = payloadOf({ run: run.id, gate: gate.number, cluster: run.cluster });
  const until = { label: t.say('field.expires'), value: expiry(context, gate) };
  const [verb, label] =
    gate.kind === 'confirm' ? (['confirm', 'button.confirm'] as const) : (['attest', 'button.attest'] as const);
  return {
    id: `gate:${run.id}.${gate.number}`,
    rev: run.version,
    tone: closed?.tone ?? 'question',
    title: closed?.title ?? title,
    blocks: [
      ...(closed?.blocks ?? blocks),
      { kind: 'fields', fields: [...runFields(context, run), ...(closed ? [] : [until])] },
    ],
    buttons: closed
      ? []
      : [
          { verb, payload, label: t.say(label), style: 'primary', opensForm: false },
          { verb: 'reject', payload, label: t.say('button.reject'), style: 'neutral', opensForm: true },
        ],
    footer: runFooter(context, run),
    fallback: closed?.title ?? title,
    ...(!closed && { alerts: true }),
  };
}
