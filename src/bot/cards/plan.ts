import type { Card } from '../../domain/card.ts';
import type { Run } from '../../domain/run.ts';
import type { CardContext } from './context.ts';
import { clusterName, planId, rolesOf, runbookName, siteName } from './context.ts';
import { runFooter } from './run.ts';
import { commandsBlock, plannedSteps } from './steps.ts';

/** The plan as it is: every needed step with what it may do to the customer, and the very commands. Of a preview, the previewed. */
export function planCard(context: CardContext, run: Run): Card {
  const { t } = context;
  const steps = run.plan?.preview ?? run.plan?.steps ?? [];
  const runbook = runbookName(context, run.runbook);
  const title = t.say('plan.title', { plan: planId(run.planHash) ?? '-', runbook, cluster: run.cluster });
  const commands = commandsBlock(context, steps);
  const { primary, standby } = rolesOf(context, run);
  return {
    id: `plan:${run.id}`,
    rev: run.version,
    tone: 'info',
    title,
    blocks: [
      {
        kind: 'fields',
        fields: [
          { label: t.say('field.customer'), value: siteName(context, run.site) },
          { label: t.say('field.cluster'), value: clusterName(context, run.cluster) },
          { label: t.say('field.primary'), value: primary },
          { label: t.say('field.standby'), value: standby },
        ],
      },
      plannedSteps(context, steps, t.say(run.plan?.preview ? 'plan.preview' : 'plan.steps')),
      commands ?? { kind: 'text', style: 'plain', text: t.say('plan.nothing') },
    ],
    buttons: [],
    footer: runFooter(context, run),
    fallback: title,
  };
}
