import { describe, expect, it } from 'vitest';
import { auditCard, auditRunCard, helpCard, refusalCard, runsCard, whoCard } from '../../src/bot/cards/answers.ts';
import type { CardContext } from '../../src/bot/cards/context.ts';
import { cardsOf } from '../../src/bot/cards/of-run.ts';
import { planCard } from '../../src/bot/cards/plan.ts';
import { defineCommands } from '../../src/bot/commands.ts';
import { renderCard } from '../../src/bot/platforms/terminal/render.ts';
import { PLAIN } from '../../src/bot/platforms/terminal/style.ts';
import type { Card } from '../../src/domain/card.ts';
import type { Language } from '../../src/domain/inventory.ts';
import { personOf } from '../../src/domain/policy.ts';
import type { Progress } from '../../src/domain/ports.ts';
import { createTranslator } from '../../src/i18n/translate.ts';
import { RUNBOOKS } from '../../src/runbooks/registry.ts';
import { at } from '../domain/runs.ts';
import { people } from './people.ts';
import { SCENES } from './scenes.ts';

/** The golden files show each card as a terminal does, and below it what a renderer gets beside the words. */
const LANGUAGES: readonly Language[] = ['en', 'pl'];
const lacking: string[] = [];

function contextIn(language: Language): CardContext {
  const t = createTranslator(language, 'Europe/Warsaw', (key) => lacking.push(key));
  return { t, inventory: people(), now: new Date(at(4)), prefix: 'zapas' };
}

function golden(cards: readonly Card[]): string {
  return cards
    .map((card) => {
      const numbers = card.buttons.map((button) => [button, card.buttons.indexOf(button) + 1] as const);
      const lines = renderCard(card, { style: PLAIN, width: 100, numberOf: (button) => new Map(numbers).get(button) });
      const buttons = card.buttons.map(
        ({ verb, payload, style, opensForm }) => `${verb} ${payload} ${style}${opensForm ? ' form' : ''}`,
      );
      const head = `--- ${card.id} rev ${card.rev} ${card.tone}${card.alerts ? ' alerts' : ''}`;
      return [head, ...lines, ...buttons, `fallback: ${card.fallback}`].map((line) => line.trimEnd()).join('\n');
    })
    .join('\n\n')
    .concat('\n');
}

const PROGRESS: Progress = {
  step: 'setup.clone',
  done: 671_088_640,
  total: 1_073_741_824,
  unit: 'bytes',
  etaSeconds: 12,
  jobOffset: 0,
};

describe.each(LANGUAGES)('cards (%s)', (language) => {
  const context = contextIn(language);
  const file = (name: string): string => `./golden/${name}.${language}.txt`;

  it.each(Object.entries(SCENES))('%s', async (name, make) => {
    const run = make();
    await expect(golden(cardsOf(context, run, run.state === 'ready' ? PROGRESS : undefined))).toMatchFileSnapshot(
      file(name),
    );
  });

  it('plans', async () => {
    const cards = ['setup-begins', 'failover-asks', 'check-fine']
      .map((name) => SCENES[name]?.())
      .flatMap((run) => (run ? [planCard(context, run)] : []));
    await expect(golden(cards)).toMatchFileSnapshot(file('plans'));
  });

  it('a lost link', async () => {
    const run = SCENES['setup-cloning']?.();
    if (!run) throw new Error('no scene');
    await expect(golden(cardsOf(context, run, { ...PROGRESS, waitsFor: 'two' }))).toMatchFileSnapshot(
      file('lost-link'),
    );
  });

  it('answers', async () => {
    const { inventory } = context;
    const commands = defineCommands(RUNBOOKS);
    const anna = personOf(inventory, 'terminal', 'anna');
    const jan = personOf(inventory, 'terminal', 'jan');
    if (!anna || !jan) throw new Error('nobody');
    const runs = ['setup-done', 'failover-asks', 'setup-failed'].flatMap((name) => SCENES[name]?.() ?? []);
    const cards = [
      runsCard(context, []),
      runsCard(context, runs),
      refusalCard(context, { code: 'approval.same-person', params: { person: 'anna' } }),
      refusalCard(context, { code: 'input.unknown-cluster', params: { cluster: 'dmeo', nearest: 'demo' } }),
      helpCard(context, commands, anna),
      helpCard(context, commands, jan),
      helpCard(
        context,
        commands,
        anna,
        commands.find(({ name }) => name === 'logs'),
      ),
      whoCard(context, anna),
      auditCard(context, { ok: true, rows: 42, head: 'ab'.repeat(32) }),
      auditCard(context, { ok: false, at: 17, reason: 'hash' }),
      auditRunCard(context, 'k7m29qtx', [
        {
          number: 7,
          run: 'k7m29qtx',
          hash: 'cd'.repeat(32),
          event: {
            type: 'refused',
            what: 'approve',
            error: { code: 'approval.same-person', params: {} },
            at: at(3),
            by: { person: 'anna', platform: 'terminal' },
          },
        },
        {
          number: 8,
          run: 'k7m29qtx',
          hash: 'ef'.repeat(32),
          event: {
            type: 'step-started',
            step: 'failover.promote',
            irreversible: true,
            at: at(3),
            by: { person: 'system', platform: 'system' },
          },
        },
      ]),
    ];
    await expect(golden(cards)).toMatchFileSnapshot(file('answers'));
  });

  it('lack no value', () => {
    expect(lacking).toEqual([]);
  });
});
