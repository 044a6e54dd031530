import { describe, expect, it } from 'vitest';
import { formFor } from '../../../src/bot/forms.ts';
import { renderButton, renderForm } from '../../../src/bot/platforms/web/forms.ts';
import { renderCard } from '../../../src/bot/platforms/web/render.ts';
import type { Html } from '../../../src/bot/web/html.ts';
import type { Card } from '../../../src/domain/card.ts';
import type { Language } from '../../../src/domain/inventory.ts';
import { createTranslator } from '../../../src/i18n/translate.ts';
import { contextIn, drawingsIn } from '../drawings.ts';
import { hostileCards } from './hostile.ts';
import { readMarkup } from './markup.ts';

const LANGUAGES: readonly Language[] = ['en', 'pl'];
const SENDING = { channel: 'ops', nonce: 'nonce', back: '/' };

const lacking: string[] = [];
const translator = (language: Language) =>
  createTranslator(language, 'Europe/Warsaw', (key) => {
    lacking.push(key);
  });
const render = (card: Card, language: Language = 'en'): Html =>
  renderCard(card, { t: translator(language), rank: 2, button: (button) => renderButton(button, SENDING) });

/** One tag a line, so that a difference can be read. */
const lines = ({ text }: Html): string => text.replaceAll('><', '>\n<');

describe.each(LANGUAGES)('cards as pages (%s)', (language) => {
  const t = translator(language);
  const drawings = drawingsIn(contextIn(language, (key) => lacking.push(key)));

  it.each(Object.entries(drawings))('%s', async (name, cards) => {
    const page = cards.map((card) => lines(render(card, language))).join('\n\n');
    await expect(`${page}\n`).toMatchFileSnapshot(`../golden/web/${name}.${language}.html`);
  });

  it('a form', async () => {
    const form = formFor(t, 'approve', 'k7m29qtx.1.demo');
    if (!form) throw new Error('no form');
    const shown = renderForm(t, form, 'f1', SENDING);
    await expect(`${lines(shown)}\n`).toMatchFileSnapshot(`../golden/web/form.${language}.html`);
  });

  it('lack no value', () => {
    expect(lacking).toEqual([]);
  });
});

describe('whatever a customer’s host prints', () => {
  it('stays text: no tag, no attribute, no control or bidirectional character comes of it (2,000 cards)', () => {
    const known = readMarkup(render(everything('plain')).text);
    for (const card of hostileCards(2_000)) {
      const { text } = render(card);
      const found = readMarkup(text);
      expect([...found.names].filter((name) => !known.names.has(name))).toEqual([]);
      expect([...found.attributes].filter((name) => !known.attributes.has(name))).toEqual([]);
      expect(found.problems).toEqual([]);
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u);
    }
  });

  it('is not cut: a command that is approved stands there whole', () => {
    const command = `psql -c '${'x'.repeat(5_000)}' end`;
    const card = {
      ...everything('a'),
      blocks: [{ kind: 'commands', title: 't', groups: [{ host: 'h', commands: [command] }] }],
    };
    expect(render(card as Card).text).toContain(command.replaceAll("'", '&#39;'));
  });

  it('the reader of markup finds what escapes', () => {
    expect(readMarkup('<p>a</p><script>x</script>').names).toContain('script');
    expect(readMarkup('<p class="a" onclick="b">c</p>').attributes).toContain('onclick');
    expect(readMarkup('<p class=a>b</p>').problems).not.toEqual([]);
    expect(readMarkup('<p>a < b</p>').problems).not.toEqual([]);
    expect(readMarkup('<p>a</div>').problems).not.toEqual([]);
  });
});

/** A card with every block there is, and every part of each. */
function everything(text: string): Card {
  const [card] = hostileCards(1, () => text);
  if (!card) throw new Error('no card');
  return card;
}
