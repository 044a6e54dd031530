import type { Block, Button, Card, Tone } from '../../domain/card.ts';
import { payloadOf } from '../../domain/card.ts';
import type { Run } from '../../domain/run.ts';
import type { CardContext } from './context.ts';
import { command } from './context.ts';
import { checklistItem, countVerdicts, findingsOf, worstOf } from './findings.ts';
import { errorBlocks, runFields, runFooter } from './run.ts';
import { plannedSteps } from './steps.ts';

const TONES: Readonly<Record<ReturnType<typeof worstOf>, Tone>> = {
  ok: 'success',
  unknown: 'warning',
  warning: 'warning',
  failed: 'failure',
};

/** The preflight as a list with verdicts and what to do next, and what a setup would do. */
export function checkCard(context: CardContext, run: Run): Card {
  const { t } = context;
  const findings = findingsOf(run);
  const worst = run.state === 'failed' ? 'failed' : worstOf(findings);
  const title = t.say('check.title', { cluster: run.cluster, verdict: worst });
  const preview = run.plan?.preview ?? [];
  return {
    id: `run:${run.id}`,
    rev: run.version,
    tone: TONES[worst],
    title,
    blocks: [
      { kind: 'fields', fields: runFields(context, run) },
      { kind: 'text', style: 'plain', text: t.say('check.counts', countVerdicts(findings)) },
      {
        kind: 'checklist',
        title: t.say('check.list'),
        items: findings.map((finding) => checklistItem(context, finding)),
      },
      ...(run.error ? errorBlocks(context, run.error, run) : []),
      ...(preview.some(({ check }) => check !== 'done') ? [plannedSteps(context, preview, t.say('plan.preview'))] : []),
      next(context, run, worst === 'failed'),
    ],
    buttons: preview.some(({ changes }) => changes.length > 0) ? [commandsButton(context, run)] : [],
    footer: runFooter(context, run),
    fallback: title,
  };
}

function commandsButton({ t }: CardContext, run: Run): Button {
  const payload = payloadOf({ run: run.id });
  return { verb: 'plan', payload, label: t.say('button.plan'), style: 'neutral', opensForm: false };
}

function next(context: CardContext, run: Run, failed: boolean): Block {
  const text = (key: 'check-failed' | 'check-ok' | 'check-done', runbook: string): Block => ({
    kind: 'text',
    style: 'hint',
    text: context.t.say(`result.${key}`, { command: command(context, runbook, run.cluster) }),
  });
  if (failed) return text('check-failed', 'check');
  const needed = run.plan?.preview?.some(({ check }) => check !== 'done') ?? true;
  return needed ? text('check-ok', 'setup') : text('check-done', 'status');
}
