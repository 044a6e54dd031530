import { auditCard, auditRunCard, helpCard, refusalCard, runsCard, whoCard } from '../../src/bot/cards/answers.ts';
import type { CardContext } from '../../src/bot/cards/context.ts';
import { cardsOf } from '../../src/bot/cards/of-run.ts';
import { planCard } from '../../src/bot/cards/plan.ts';
import { defineCommands } from '../../src/bot/commands.ts';
import type { Card } from '../../src/domain/card.ts';
import type { Language } from '../../src/domain/inventory.ts';
import { personOf } from '../../src/domain/policy.ts';
import type { Progress } from '../../src/domain/ports.ts';
import { createTranslator } from '../../src/i18n/translate.ts';
import { RUNBOOKS } from '../../src/runbooks/registry.ts';
import { at } from '../domain/runs.ts';
import { alertDrawings } from './alarms.ts';
import { people } from './people.ts';
import { SCENES } from './scenes.ts';

/** Every card there is, by the name of its golden file, for the golden files of each platform. */
export function drawingsIn(context: CardContext): Readonly<Record<string, readonly Card[]>> {
  const scenes = Object.entries(SCENES).map(([name, make]) => {
    const run = make();
    return [name, cardsOf(context, run, run.state === 'ready' ? PROGRESS : undefined)] as const;
  });
  const cloning = SCENES['setup-cloning']?.();
  if (!cloning) throw new Error('no scene');
  return {
    ...Object.fromEntries(scenes),
    plans: ['setup-begins', 'failover-asks', 'check-fine']
      .map((name) => SCENES[name]?.())
      .flatMap((run) => (run ? [planCard(context, run)] : [])),
    'lost-link': cardsOf(context, cloning, { ...PROGRESS, waitsFor: 'two' }),
    answers: answersIn(context),
    ...alertDrawings(context),
  };
}

/** What cards are drawn from for a reader of that language; `lacking` is told of texts that miss a value. */
export function contextIn(language: Language, lacking: (key: string) => void): CardContext {
  const t = createTranslator(language, 'Europe/Warsaw', lacking);
  return { t, inventory: people(), now: new Date(at(4)), prefix: 'zapas' };
}

const PROGRESS: Progress = {
  step: 'setup.clone',
  done: 671_088_640,
  total: 1_073_741_824,
  unit: 'bytes',
  etaSeconds: 12,
  jobOffset: 0,
};

function answersIn(context: CardContext): readonly Card[] {
  const { inventory } = context;
  const commands = defineCommands(RUNBOOKS);
  const anna = personOf(inventory, 'terminal', 'anna');
  const jan = personOf(inventory, 'terminal', 'jan');
  if (!anna || !jan) throw new Error('nobody');
  const runs = ['setup-done', 'failover-asks', 'setup-failed'].flatMap((name) => SCENES[name]?.() ?? []);
  return [
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
}
