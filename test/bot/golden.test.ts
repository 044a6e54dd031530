import { describe, expect, it } from 'vitest';
import { renderCard } from '../../src/bot/platforms/terminal/render.ts';
import { PLAIN } from '../../src/bot/platforms/terminal/style.ts';
import type { Card } from '../../src/domain/card.ts';
import type { Language } from '../../src/domain/inventory.ts';
import { contextIn, drawingsIn } from './drawings.ts';

/** The golden files show each card as a terminal does, and below it what a renderer gets beside the words. */
const LANGUAGES: readonly Language[] = ['en', 'pl'];
const lacking: string[] = [];

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

describe.each(LANGUAGES)('cards (%s)', (language) => {
  const drawings = drawingsIn(contextIn(language, (key) => lacking.push(key)));

  it.each(Object.entries(drawings))('%s', async (name, cards) => {
    await expect(golden(cards)).toMatchFileSnapshot(`./golden/${name}.${language}.txt`);
  });

  it('lack no value', () => {
    expect(lacking).toEqual([]);
  });
});
