import type { types } from '@slack/bolt';
import type { Form, FormField, Verb } from '../../../domain/card.ts';
import { VERBS } from '../../../domain/card.ts';
import type { Translator } from '../../../i18n/translate.ts';
import { plain } from './blocks.ts';
import { LIMITS } from './limits.ts';
import { cut, line, lines } from './text.ts';

const PREFIX = 'zapas:';

/** What a form carries along so that its answer needs nothing remembered. */
interface Carried {
  readonly payload: string;
  readonly channel: string;
}

/** A form as a modal. `channel` is where the person was: the answer is told there. */
export function renderForm(form: Form, channel: string, t: Translator): types.ModalView {
  const intro = lines(form.intro, LIMITS.section.max);
  const carried: Carried = { payload: form.payload, channel };
  return {
    type: 'modal',
    callback_id: PREFIX + form.verb,
    private_metadata: JSON.stringify(carried),
    title: plain(line(form.title, LIMITS.viewTitle.max)),
    submit: plain(line(form.submit, LIMITS.viewSubmit.max)),
    close: plain(line(t.say('slack.form.cancel'), LIMITS.viewClose.max)),
    clear_on_close: true,
    blocks: [
      ...(intro === '' ? [] : [{ type: 'section' as const, text: plain(intro) }]),
      ...form.fields.slice(0, LIMITS.blocksOfView.max - 1).map((field) => input(field, t)),
    ],
  };
}

function input(field: FormField, t: Translator): types.InputBlock {
  const hint = field.kind === 'typed' ? t.say('slack.form.type', { expected: field.expected }) : undefined;
  return {
    type: 'input',
    block_id: field.name,
    label: plain(line(field.label, LIMITS.inputLabel.max)),
    optional: field.kind !== 'typed' && !field.required,
    element: element(field, t),
    ...(hint !== undefined && { hint: plain(line(hint, LIMITS.inputHint.max)) }),
  };
}

function element(field: FormField, t: Translator): types.InputBlock['element'] {
  const action_id = field.name;
  if (field.kind === 'text') {
    const max_length = Math.min(field.limit, LIMITS.inputLength.max);
    const initial = cut(field.initial ?? '', max_length);
    return {
      type: 'plain_text_input',
      action_id,
      multiline: field.multiline,
      max_length,
      ...(initial !== '' && { initial_value: initial }),
    };
  }
  if (field.kind === 'typed') return { type: 'plain_text_input', action_id, multiline: false };
  const placeholder = plain(line(t.say('slack.form.choose'), LIMITS.placeholder.max));
  const options = optionsOf(field.options);
  const chosen = options.find(({ value }) => value === field.initial);
  const common = { action_id, placeholder, ...(chosen && { initial_option: chosen }) };
  // A menu holds so many options; beyond, and for none at all, Slack asks for them while the person types.
  if (options.length > 0 && options.length <= LIMITS.options.max) return { type: 'static_select', ...common, options };
  return { type: 'external_select', ...common, min_query_length: 0 };
}

/** Options as Slack takes them. A value too long for it is left out: cut, it would be another one. */
export function optionsOf(
  choices: readonly { readonly value: string; readonly label: string }[],
): types.PlainTextOption[] {
  return choices
    .filter(({ value }) => value !== '' && value.length <= LIMITS.optionValue.max)
    .map(({ value, label }) => ({ text: plain(line(label, LIMITS.option.max)), value }));
}

/** What a submitted or searching modal says about itself; undefined when it is none of ours. */
export function formOf(view: {
  readonly callback_id: string;
  readonly private_metadata: string;
}): (Carried & { readonly verb: Verb }) | undefined {
  const verb = VERBS.find((one) => view.callback_id === PREFIX + one);
  const carried = parseCarried(view.private_metadata);
  return verb && carried && { verb, ...carried };
}

function parseCarried(text: string): Carried | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { payload, channel } = value as Partial<Record<keyof Carried, unknown>>;
    return typeof payload === 'string' && typeof channel === 'string' ? { payload, channel } : undefined;
  } catch {
    return undefined;
  }
}

/** One answer of a modal's state. */
interface StateValue {
  readonly value?: string | null;
  readonly selected_option?: { readonly value: string } | null;
}

/** What was filled in, by the names of the fields; what was left empty is absent. Slack's own composed letters come back as NFC. */
export function valuesOf(
  state: Readonly<Record<string, Readonly<Record<string, StateValue>>>>,
): Readonly<Record<string, string>> {
  const filled = Object.entries(state).flatMap(([name, answers]) => {
    const answer = answers[name];
    const value = answer?.value ?? answer?.selected_option?.value;
    return value === undefined ? [] : [[name, value.normalize('NFC')] as const];
  });
  return Object.fromEntries(filled);
}
