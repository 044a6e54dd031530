import { describe, expect, it } from 'vitest';
import { formFor } from '../../../src/bot/forms.ts';
import { LIMITS } from '../../../src/bot/platforms/discord/limits.ts';
import { fence, literal, plain } from '../../../src/bot/platforms/discord/markdown.ts';
import { chosen, renderForm } from '../../../src/bot/platforms/discord/modal.ts';
import { NOBODY, renderCard } from '../../../src/bot/platforms/discord/render.ts';
import type { Card, Form, FormField, LogBlock } from '../../../src/domain/card.ts';
import type { Language } from '../../../src/domain/inventory.ts';
import { createTranslator } from '../../../src/i18n/translate.ts';
import { openSpecification } from '../../fakes/discord/openapi.ts';
import { readMarkdown } from '../../fakes/discord/reading.ts';
import { brokenByMessage, brokenByModal, flatten, text } from '../../fakes/discord/rules.ts';
import { contextIn, drawingsIn } from '../drawings.ts';
import { hostileCard, randomness } from './hostile.ts';

const LANGUAGES: readonly Language[] = ['en', 'pl'];
const HOSTILE = 2_000;
const specification = openSpecification();

function payload(card: Card): Readonly<Record<string, unknown>> {
  return { flags: 32_768, components: [renderCard(card).container], allowed_mentions: NOBODY };
}

function texts(card: Card): string {
  return flatten([renderCard(card).container])
    .flatMap((one) => (one['content'] === undefined ? [] : [text(one['content'])]))
    .join('\n');
}

function card(over: Partial<Card>): Card {
  return { id: 'x', rev: 0, tone: 'info', title: 'Title', blocks: [], buttons: [], fallback: '', ...over };
}

/** A form that asks for one of these. */
function choice(names: readonly string[], over: Partial<FormField & { kind: 'choice' }> = {}): Form {
  return {
    verb: 'command',
    payload: 'logs',
    title: 'Logs',
    intro: 'Which one?',
    fields: [
      {
        kind: 'choice',
        name: 'cluster',
        label: 'Cluster',
        required: true,
        options: names.map((name) => ({ value: name, label: name.toUpperCase() })),
        ...over,
      },
    ],
    submit: 'Go',
  };
}

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `clinic-${at + 10}`);
}

/** What Discord gets, in a form that can be read: each text display, then the buttons. */
function golden(cards: readonly Card[]): string {
  return cards
    .map((one) => {
      const { container, cut } = renderCard(one);
      const parts = container.components.map((part) => {
        if ('content' in part) return part.content;
        return flatten([part])
          .slice(1)
          .map((button) => `[${text(button['label'])}] ${text(button['custom_id'])}`)
          .join('\n');
      });
      const colour = `#${(container.accent_color ?? 0).toString(16).padStart(6, '0')}`;
      return [`--- ${one.id} ${colour}${one.alerts ? ' rings' : ''}${cut ? ' cut' : ''}`, ...parts].join('\n\n');
    })
    .join('\n\n')
    .concat('\n');
}

describe.each(LANGUAGES)('cards on Discord (%s)', (language) => {
  const drawings = drawingsIn(contextIn(language, () => undefined));

  it.each(Object.entries(drawings))('%s', async (name, cards) => {
    await expect(golden(cards)).toMatchFileSnapshot(`../golden/discord/${name}.${language}.txt`);
    expect(cards.flatMap((one) => brokenByMessage(payload(one)))).toEqual([]);
  });

  it('forms', async () => {
    const t = createTranslator(language, 'Europe/Warsaw');
    const forms = (['approve', 'reject'] as const).flatMap((verb) => formFor(t, verb, 'k7m29qtx.1.demo') ?? []);
    const modals = forms.map((form) => renderForm(form));
    await expect(`${JSON.stringify(modals, null, 2)}\n`).toMatchFileSnapshot(
      `../golden/discord/forms.${language}.json`,
    );
    for (const modal of modals) {
      expect(brokenByModal({ ...modal })).toEqual([]);
      expect(specification?.named('ModalInteractionCallbackRequestData', modal)).toBeUndefined();
    }
  });
});

describe('hostile cards', () => {
  it(`${HOSTILE} of them are taken by Discord, within every limit and the budget of bytes`, () => {
    const random = randomness(20_261_123);
    let longest = 0;
    for (let count = 0; count < HOSTILE; count += 1) {
      const one = hostileCard(random);
      const body = payload(one);
      const broken = [...brokenByMessage(body), specification?.named('MessageCreateRequest', body) ?? []].flat();
      if (broken.length > 0) throw new Error(`${broken.join('; ')}: ${JSON.stringify(one)}`);
      longest = Math.max(longest, Buffer.byteLength(JSON.stringify(body['components'])));
    }
    expect(longest).toBeLessThan(LIMITS.bytes);
  }, 240_000);

  it('title and buttons stay whatever else has to go', () => {
    const random = randomness(7);
    for (let count = 0; count < 60; count += 1) {
      const button = { verb: 'stop', payload: 'k7m29qtx', label: 'Stop', style: 'danger', opensForm: false } as const;
      const one = { ...hostileCard(random), title: 'Failover of demo', buttons: [button] };
      const shown = renderCard(one).container;
      expect(texts(one)).toMatch(/^### .{1,3} Failover of demo/u);
      expect(flatten([shown]).filter((part) => part['custom_id'] === 'stop:k7m29qtx')).toHaveLength(1);
    }
  });
});

describe('texts', () => {
  it.each([
    '@everyone and @here',
    '<@1234> <@&1234> <#1234> </zapas approve:1> <t:0:R> <:a:1>',
    '**a** *b* _c_ __d__ ~~e~~ ||f|| `g` ```h```',
    '[text](https://evil.example) https://evil.example <https://evil.example>',
    '# heading',
    '-# small',
    '- item',
    '+ item',
    '1. item',
    '12) item',
    '> quote',
    '>>> quote',
    'C:\\Program Files\\mMedica',
    '\\*already escaped\\*',
  ])('%s reads as it is', (source) => {
    expect(readMarkdown(plain(source, 1_000))).toBe(source);
    const bare = plain(source, 1_000).replaceAll(/\\[^0-9A-Za-z\s]/g, '');
    expect(bare).not.toMatch(/[@<>`*_~|[\]#]|:\/\//);
    expect(plain(source, 1_000)).not.toMatch(/^\s*(?:[-+]|\d+[.)])\s/);
  });

  it('characters that turn words around or hide are seen', () => {
    expect(plain('a\u202eb\u200bc\u0000d\u001be', 100)).toBe('a�b�c␀d␛e');
  });

  it('nothing in a log ends its fence', () => {
    const block: LogBlock = { kind: 'log', title: 'pg_log', lines: ['``` @everyone', '`id`', 'a\n```\nb'] };
    const [, shown = ''] = texts(card({ blocks: [block] })).split('**pg\\_log**\n');
    expect(shown.match(/```/g)).toHaveLength(2);
    expect(shown.startsWith('```\n')).toBe(true);
    expect(shown.endsWith('\n```')).toBe(true);
    expect(literal('x`y', 10)).toBe('xˋy');
    expect(fence(['a'])).toBe('```\na\n```');
  });

  it('never cut a character in half', () => {
    for (let limit = 2; limit < 12; limit += 1) expect(plain('👍👍👍👍👍👍👍', limit)).toMatch(/^(👍)*…$/u);
  });
});

describe('what has no room', () => {
  it('a log keeps its end and says how many lines are missing', () => {
    const lines = Array.from({ length: 200 }, (_, at) => `line ${at} ${'x'.repeat(60)}`);
    const rendered = renderCard(card({ blocks: [{ kind: 'log', title: 'pg_log', lines }] }));
    const shown = texts(card({ blocks: [{ kind: 'log', title: 'pg_log', lines }] }));
    expect(rendered.cut).toBe(true);
    expect(shown).toContain('line 199');
    const missing = Number(/… \(\+(\d+)\)/.exec(shown)?.[1]);
    expect(shown).not.toContain(`line ${missing - 1} `);
    expect(shown).toContain(`line ${missing} `);
  });

  it('commands are given up last but for the texts, and the card says that it is cut', () => {
    const commands = Array.from({ length: 60 }, (_, at) => `echo ${at} ${'y'.repeat(120)}`);
    const one = card({
      blocks: [
        { kind: 'text', style: 'warning', text: 'UNFENCED' },
        { kind: 'commands', title: 'Commands', groups: [{ host: 'one', commands }] },
        { kind: 'log', title: 'pg_log', lines: ['gone first'] },
      ],
      footer: 'gone before all',
    });
    const shown = texts(one);
    expect(shown).toContain('**UNFENCED**');
    expect(shown).toContain(commands[0]);
    expect(shown).not.toContain('gone first');
    expect(shown).not.toContain('gone before all');
    expect(renderCard(one).cut).toBe(true);
  });

  it('nothing is cut of a card that has room', () => {
    expect(renderCard(card({ blocks: [{ kind: 'text', style: 'plain', text: 'short' }] })).cut).toBe(false);
  });
});

describe('a form with a choice', () => {
  it('is a select for up to 25 names, and a text beyond', () => {
    const kinds = [25, 26].map((count) => flatten(renderForm(choice(names(count))).components).at(-1)?.['type']);
    expect(kinds).toEqual([3, 4]);
  });

  it.each([25, 26, 200])('with %i names is taken by Discord', (count) => {
    const modal = renderForm(choice(names(count)), { cluster: 'clinic-11' });
    expect(brokenByModal({ ...modal })).toEqual([]);
    expect(specification?.named('ModalInteractionCallbackRequestData', modal)).toBeUndefined();
  });

  it('understands a name that was typed, and names those near one that is none', () => {
    const form = choice(names(30));
    expect(chosen(form, { cluster: ' CLINIC-12 ' })).toEqual({ ok: true, values: { cluster: 'clinic-12' } });
    expect(chosen(form, { cluster: 'clinc-12' })).toMatchObject({
      ok: false,
      nearest: expect.arrayContaining(['clinic-12']) as unknown,
    });
  });

  it('may be left empty where it is not required', () => {
    const form = choice(names(30), { required: false });
    expect(chosen(form, { cluster: '' })).toEqual({ ok: true, values: { cluster: '' } });
  });

  it('with five fields does without its intro; hostile texts fit', () => {
    const field = {
      kind: 'text',
      label: '@everyone `x` '.repeat(20),
      required: true,
      multiline: false,
      limit: 9_000,
    } as const;
    const fields = Array.from({ length: 5 }, (_, at) => ({ ...field, name: `f${at}` }));
    const modal = renderForm({ ...choice([]), title: 'x'.repeat(99), fields });
    expect(brokenByModal({ ...modal })).toEqual([]);
    expect(specification?.named('ModalInteractionCallbackRequestData', modal)).toBeUndefined();
    expect(flatten(modal.components).filter((one) => one['type'] === 4)).toHaveLength(5);
  });

  it('what confirms is never filled in', () => {
    const form: Form = {
      ...choice([]),
      fields: [{ kind: 'typed', name: 'name', label: 'Name', expected: 'demo' }],
    };
    expect(JSON.stringify(renderForm(form, { name: 'demo' }))).not.toContain('"value"');
  });
});
