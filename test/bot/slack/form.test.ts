import { describe, expect, it } from 'vitest';
import { formOf, renderForm, valuesOf } from '../../../src/bot/platforms/slack/form.ts';
import type { Form, FormField } from '../../../src/domain/card.ts';
import { createTranslator } from '../../../src/i18n/translate.ts';
import { refuseView } from '../../fakes/slack/rules.ts';
import { hostileCard } from './hostile.ts';

const t = createTranslator('en', 'UTC');

function form(fields: readonly FormField[], over: Partial<Form> = {}): Form {
  return { verb: 'command', payload: 'setup', title: 'Setup', intro: 'Sets up', fields, submit: 'Go', ...over };
}

function choice(count: number, over: Partial<Extract<FormField, { kind: 'choice' }>> = {}): FormField {
  const options = Array.from({ length: count }, (_, at) => ({ value: `c${at}`, label: `Clinic ${at}` }));
  return { kind: 'choice', name: 'cluster', label: 'Cluster', required: true, options, ...over };
}

const elementOf = (field: FormField): unknown => {
  const input = renderForm(form([field]), 'C0', t).blocks.find(({ type }) => type === 'input');
  return input && 'element' in input ? input.element : undefined;
};

describe('a form on Slack', () => {
  it('carries what it is about, so that its answer needs nothing remembered', () => {
    const view = renderForm(form([]), 'C0OPS', t);
    const { callback_id = '', private_metadata = '' } = view;
    expect(formOf({ callback_id, private_metadata })).toEqual({ verb: 'command', payload: 'setup', channel: 'C0OPS' });
  });

  it.each([
    ['of another app', 'other', '{}'],
    ['of a verb that there is not', 'zapas:launch', '{"payload":"a","channel":"C0"}'],
    ['with broken metadata', 'zapas:command', '{'],
    ['with metadata of another shape', 'zapas:command', '{"payload":1}'],
    ['without metadata', 'zapas:command', ''],
  ])('%s is none of ours', (_name, callback_id, private_metadata) => {
    expect(formOf({ callback_id, private_metadata })).toBeUndefined();
  });

  it('is a menu for up to 100 choices, and searched beyond', () => {
    expect(elementOf(choice(100))).toMatchObject({ type: 'static_select' });
    expect(elementOf(choice(101))).toMatchObject({ type: 'external_select', min_query_length: 0 });
    expect(elementOf(choice(0))).toMatchObject({ type: 'external_select' });
  });

  it('shows what was given already', () => {
    expect(elementOf(choice(3, { initial: 'c2' }))).toMatchObject({ initial_option: { value: 'c2' } });
    expect(elementOf(choice(300, { initial: 'c200' }))).toMatchObject({ initial_option: { value: 'c200' } });
    const text: FormField = {
      kind: 'text',
      name: 'n',
      label: 'N',
      required: false,
      multiline: false,
      limit: 9,
      initial: 'abc',
    };
    expect(elementOf(text)).toMatchObject({ initial_value: 'abc', max_length: 9 });
  });

  it('shows what is to be typed beside the field, never in it', () => {
    const element = elementOf({ kind: 'typed', name: 'name', label: 'Name', expected: 'demo' });
    expect(JSON.stringify(element)).not.toContain('demo');
    expect(
      JSON.stringify(renderForm(form([{ kind: 'typed', name: 'name', label: 'Name', expected: 'demo' }]), 'C', t)),
    ).toContain('Type exactly: demo');
  });

  it('leaves out a choice whose value is too long, rather than cutting it to another one', () => {
    const long = { value: 'x'.repeat(76), label: 'long' };
    expect(
      JSON.stringify(elementOf({ ...choice(0), options: [long, { value: 'ok', label: 'ok' }] } as FormField)),
    ).not.toContain('xxx');
  });

  it('reads back what was filled in, and only that', () => {
    const values = valuesOf({
      name: { name: { value: 'zażółc\u0301' } },
      note: { note: { value: null } },
      cluster: { cluster: { selected_option: { value: 'c1' } } },
      empty: { empty: { selected_option: null } },
    });
    expect(values).toEqual({ name: 'zażółć', cluster: 'c1' });
  });

  it('is one that Slack takes, whatever its texts are', () => {
    const refused = Array.from({ length: 300 }, (_, seed) => hostileCard(seed)).flatMap((card) => {
      const fields: readonly FormField[] = [
        { kind: 'typed', name: 'name', label: card.title, expected: card.fallback },
        {
          kind: 'text',
          name: 'note',
          label: card.fallback,
          required: false,
          multiline: true,
          limit: 5_000,
          initial: card.title,
        },
        choice(120, { label: card.title }),
        choice(0, {
          name: 'x',
          options: [
            { value: 'v', label: card.title },
            { value: '', label: 'none' },
          ],
        }),
      ];
      const hostile = form(fields, { title: card.title, intro: card.fallback, submit: card.fallback });
      const refusal = refuseView(renderForm(hostile, 'C0', t));
      return refusal ? [refusal.messages] : [];
    });
    expect(refused).toEqual([]);
  });
});
