import { describe, expect, it } from 'vitest';
import { helpCard, refusalCard, runsCard, whoCard } from '../../../src/bot/cards/answers.ts';
import type { CardContext } from '../../../src/bot/cards/context.ts';
import { cardsOf } from '../../../src/bot/cards/of-run.ts';
import { planCard } from '../../../src/bot/cards/plan.ts';
import { defineCommands } from '../../../src/bot/commands.ts';
import { renderCard } from '../../../src/bot/platforms/slack/render.ts';
import type { Card } from '../../../src/domain/card.ts';
import type { Language } from '../../../src/domain/inventory.ts';
import { personOf } from '../../../src/domain/policy.ts';
import type { Progress } from '../../../src/domain/ports.ts';
import { createTranslator } from '../../../src/i18n/translate.ts';
import { RUNBOOKS } from '../../../src/runbooks/registry.ts';
import { at } from '../../domain/runs.ts';
import { refuseMessage } from '../../fakes/slack/rules.ts';
import { alertDrawings } from '../alarms.ts';
import { people } from '../people.ts';
import { SCENES } from '../scenes.ts';
import { drawn } from './drawn.ts';

const PROGRESS: Progress = {
  step: 'setup.clone',
  done: 671_088_640,
  total: 1_073_741_824,
  unit: 'bytes',
  etaSeconds: 12,
  jobOffset: 0,
};

const refused: string[] = [];

function golden(cards: readonly Card[]): string {
  const shown = cards.map((card) => {
    const rendered = renderCard(card, { alert: card.alerts === true });
    const refusal = refuseMessage(rendered.blocks);
    if (refusal) refused.push(`${card.id}: ${refusal.error} ${refusal.messages.join(' ')}`);
    return `--- ${card.id} rev ${card.rev}\n${drawn(rendered)}`;
  });
  return `${shown.join('\n\n')}\n`;
}

describe.each<Language>(['en', 'pl'])('cards on Slack (%s)', (language) => {
  const t = createTranslator(language, 'Europe/Warsaw');
  const context: CardContext = { t, inventory: people(), now: new Date(at(4)), prefix: '/zapas' };
  const file = (name: string): string => `../golden/slack/${name}.${language}.txt`;

  it.each(Object.entries(SCENES))('%s', async (name, make) => {
    const run = make();
    const cards = cardsOf(context, run, run.state === 'ready' ? PROGRESS : undefined);
    await expect(golden(cards)).toMatchFileSnapshot(file(name));
  });

  it.each(Object.entries(alertDrawings(context)))('%s', async (name, cards) => {
    await expect(golden(cards)).toMatchFileSnapshot(file(name));
  });

  it('answers', async () => {
    const anna = personOf(context.inventory, 'terminal', 'anna');
    const run = SCENES['failover-asks']?.();
    if (!anna || !run) throw new Error('no scene');
    const cards = [
      planCard(context, run),
      runsCard(context, [run]),
      refusalCard(context, { code: 'approval.same-person', params: { person: 'anna' } }),
      helpCard(context, defineCommands(RUNBOOKS).slice(0, 3), anna),
      whoCard(context, anna),
    ];
    await expect(golden(cards)).toMatchFileSnapshot(file('answers'));
  });
});

describe('every card', () => {
  it('is one that Slack takes', () => {
    expect(refused).toEqual([]);
  });
});
