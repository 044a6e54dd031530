import type { Block, Button, Card, Field, TextBlock, Tone } from '../../domain/card.ts';
import { payloadOf } from '../../domain/card.ts';
import type { ErrorRef } from '../../domain/errors.ts';
import type { Progress } from '../../domain/ports.ts';
import type { Run, RunState } from '../../domain/run.ts';
import { isFinal } from '../../domain/run.ts';
import type { CardContext } from './context.ts';
import { clusterName, command, explain, personName, planId, requestedBy, runbookName, siteName } from './context.ts';
import { stepsBlock } from './steps.ts';
import { reasonField } from './switching.ts';

const TONES: Readonly<Record<RunState, Tone>> = {
  queued: 'info',
  ready: 'progress',
  waiting: 'question',
  attention: 'warning',
  succeeded: 'success',
  failed: 'failure',
  cancelled: 'stopped',
};

export function toneOf(state: RunState): Tone {
  return TONES[state];
}

/** The run's one card, edited in place from the request to the end: its steps, its progress, and Stop. */
export function runCard(context: CardContext, run: Run, progress?: Progress): Card {
  const title = runTitle(context, run);
  return {
    id: `run:${run.id}`,
    rev: run.version,
    tone: toneOf(run.state),
    title,
    blocks: [
      { kind: 'fields', fields: runFields(context, run) },
      ...situation(context, run, progress),
      ...(run.plan ? [stepsBlock(context, run, progress)] : []),
      ...(run.state === 'attention' ? attention(context, run) : []),
    ],
    buttons: runButtons(context, run),
    footer: runFooter(context, run),
    fallback: title,
  };
}

export function runTitle(context: CardContext, run: Run): string {
  return context.t.say('run.title', {
    runbook: runbookName(context, run.runbook),
    cluster: run.cluster,
    state: context.t.say(`state.${run.state}`),
  });
}

/** Customer, cluster and who asked: the head of every card about a run. */
export function runFields(context: CardContext, run: Run): readonly Field[] {
  const { t } = context;
  return [
    { label: t.say('field.customer'), value: siteName(context, run.site) },
    { label: t.say('field.cluster'), value: clusterName(context, run.cluster) },
    { label: t.say('field.requested'), value: requestedBy(context, run) },
    ...reasonField(context, run),
  ];
}

export function runFooter({ t }: CardContext, run: Run): string {
  const plan = planId(run.planHash);
  return t.say('run.footer', { run: run.id, ...(plan !== undefined && { plan }) });
}

/** What happened and what to do next, as two paragraphs. */
export function errorBlocks(
  context: CardContext,
  { code, params }: ErrorRef,
  run?: Pick<Run, 'id' | 'cluster'>,
): readonly [TextBlock, TextBlock] {
  // A step knows of neither run nor cluster; the commands to type next do.
  const named = run ? { run: run.id, cluster: run.cluster, ...params } : params;
  const { what, hint } = explain(context, { code, params: named });
  return [
    { kind: 'text', style: 'warning', text: what },
    { kind: 'text', style: 'hint', text: hint },
  ];
}

function situation(context: CardContext, run: Run, progress: Progress | undefined): readonly Block[] {
  const { t } = context;
  const host = progress?.waitsFor;
  if (host !== undefined) return [{ kind: 'text', style: 'warning', text: t.say('run.link-lost', { host }) }];
  if (run.stopAsked && !isFinal(run.state))
    return paragraph(t.say('run.stopping', { person: personName(context, run.stopAsked.person) }));
  if (run.state === 'queued') return paragraph(t.say('run.queued'));
  if (run.state === 'ready' && !run.plan) return paragraph(t.say('run.planning'));
  return run.state === 'attention' ? paragraph(t.say('run.attention')) : [];
}

function paragraph(text: string): readonly Block[] {
  return [{ kind: 'text', style: 'plain', text }];
}

/** What went wrong, and what a person types to settle it. */
function attention(context: CardContext, run: Run): readonly Block[] {
  const retry = command(context, 'settle', run.id, 'retry');
  const abandon = command(context, 'settle', run.id, 'abandon');
  const how: Block = { kind: 'text', style: 'hint', text: context.t.say('result.attention-next', { retry, abandon }) };
  return [...(run.error ? errorBlocks(context, run.error, run) : []), how];
}

function runButtons({ t }: CardContext, run: Run): readonly Button[] {
  const payload = payloadOf({ run: run.id });
  const plan: Button = { verb: 'plan', payload, label: t.say('button.plan'), style: 'neutral', opensForm: false };
  const plans = run.plan?.steps.some(({ changes }) => changes.length > 0) ? [plan] : [];
  if (isFinal(run.state)) return plans;
  if (run.state === 'attention')
    return [
      { verb: 'retry', payload, label: t.say('button.retry'), style: 'primary', opensForm: false },
      { verb: 'abandon', payload, label: t.say('button.abandon'), style: 'danger', opensForm: false },
      ...plans,
    ];
  if (run.pastPointOfNoReturn || run.stopAsked) return plans;
  return [{ verb: 'stop', payload, label: t.say('button.stop'), style: 'danger', opensForm: false }, ...plans];
}
