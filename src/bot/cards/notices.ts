import type { Card } from '../../domain/card.ts';
import type { Gate, Run } from '../../domain/run.ts';
import { approvers } from './approval.ts';
import type { CardContext } from './context.ts';
import { command, platformName, runbookName } from './context.ts';
import { runCard, runFields, runFooter } from './run.ts';

/** A gate that nobody has decided will soon be closed: a new message, because an edit calls nobody. Nothing in it changes later. */
export function expiryCard(context: CardContext, run: Run, gate: Gate): Card {
  const { t } = context;
  const title = t.say('expiry.title', aboutRun(context, run));
  const text = t.say('expiry.text', { at: t.moment(gate.expiresAt) });
  const who = { label: t.say('field.approvers'), value: approvers(context, run) };
  return {
    id: `expiry:${run.id}.${gate.number}`,
    rev: run.version,
    tone: 'warning',
    title,
    blocks: [
      { kind: 'text', style: 'warning', text },
      { kind: 'fields', fields: [...runFields(context, run), ...(gate.kind === 'approve' ? [who] : [])] },
    ],
    buttons: [],
    footer: runFooter(context, run),
    fallback: title,
    alerts: true,
  };
}

/** The run stopped at something that only a person can settle: what its own card says, as a message that calls somebody. */
export function attentionCard(context: CardContext, run: Run): Card {
  const title = context.t.say('attention.title', aboutRun(context, run));
  const card = runCard(context, run);
  // The same step may need somebody again after a retry; that is another message.
  const since =
    run.steps.findLast(({ state }) => state === 'failed' || state === 'running')?.startedAt ?? run.requestedAt;
  const blocks = card.blocks.filter(({ kind }) => kind !== 'steps');
  return { ...card, id: `attention:${run.id}.${Date.parse(since)}`, title, blocks, fallback: title, alerts: true };
}

/** What whoever asked for the run is told when a message of it cannot be shown any more. */
export function goneCard(context: CardContext, run: Run, platform: string): Card {
  const { t } = context;
  const title = t.say('gone.title');
  const params = { ...aboutRun(context, run), run: run.id, platform: platformName(context, platform) };
  return {
    id: `gone:${run.id}.${platform}`,
    rev: run.version,
    tone: 'warning',
    title,
    blocks: [
      { kind: 'text', style: 'plain', text: t.say('gone.text', params) },
      { kind: 'text', style: 'hint', text: t.say('gone.hint', { command: command(context, 'run', run.id) }) },
    ],
    buttons: [],
    fallback: title,
  };
}

function aboutRun(context: CardContext, run: Run): { readonly runbook: string; readonly cluster: string } {
  return { runbook: runbookName(context, run.runbook), cluster: run.cluster };
}
