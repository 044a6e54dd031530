import type { Form, FormField, Verb } from '../domain/card.ts';
import { targetOf } from '../domain/card.ts';
import type { Inventory, Person } from '../domain/inventory.ts';
import { listClusters } from '../domain/inventory.ts';
import { permits } from '../domain/policy.ts';
import { replaceable } from '../domain/secret-refs.ts';
import type { Translator } from '../i18n/translate.ts';
import type { CardContext } from './cards/context.ts';
import type { Command } from './commands.ts';
import { NOTE_LIMIT } from './commands.ts';
import type { Option } from './options.ts';
import { optionsOf } from './options.ts';

/**
 * The form a button opens, built from its payload alone: on some platforms it has to be the first answer to the click, so there
 * is no time to load anything. What is typed is judged when it comes back. Undefined for a verb without a form.
 */
export function formFor(t: Translator, verb: Verb, payload: string): Form | undefined {
  const target = targetOf(payload);
  if (!target) return undefined;
  if (verb === 'approve') {
    const cluster = target.cluster ?? '';
    return {
      verb,
      payload,
      title: t.say('form.approve.title'),
      intro: t.say('form.approve.intro', { cluster }),
      fields: [
        { kind: 'typed', name: 'name', label: t.say('form.approve.name'), expected: cluster },
        noteField(false, t.say('form.approve.note')),
      ],
      submit: t.say('form.approve.submit'),
    };
  }
  if (verb !== 'reject') return undefined;
  return {
    verb,
    payload,
    title: t.say('form.reject.title'),
    intro: t.say('form.reject.intro'),
    fields: [noteField(true, t.say('form.reject.note'))],
    submit: t.say('form.reject.submit'),
  };
}

/** Longest pasted command, in characters: the shortest text field of a platform. */
const PASTE_LIMIT = 3_000;
/** Longest value of another field. */
const VALUE_LIMIT = 200;
/** Most fields of a form: the platform with the fewest. */
const FIELD_LIMIT = 5;

/** Where the vendor's command is pasted. */
export function importForm(t: Translator): Form {
  return {
    verb: 'import',
    payload: 'import',
    title: t.say('form.import.title'),
    intro: t.say('form.import.intro'),
    fields: [
      {
        kind: 'text',
        name: 'text',
        label: t.say('form.import.text'),
        required: true,
        multiline: true,
        limit: PASTE_LIMIT,
      },
    ],
    submit: t.say('form.import.submit'),
  };
}

/** A command's options as a form, what was typed already filled in. Required ones come first. */
export function commandForm(
  context: CardContext,
  person: Person,
  command: Command,
  given: Readonly<Record<string, unknown>>,
): Form {
  const { t } = context;
  const options = optionsOf(command).toSorted((one, other) => Number(other.required) - Number(one.required));
  return {
    verb: 'command',
    payload: command.name,
    title: t.say('form.command.title', { command: command.name }),
    intro: t.say(`command.${command.name}`),
    fields: options.slice(0, FIELD_LIMIT).map((option) => optionField(context, person, option, given[option.name])),
    submit: t.say('form.command.submit'),
  };
}

function optionField(context: CardContext, person: Person, option: Option, value: unknown): FormField {
  const { t } = context;
  const { name, required } = option;
  const text = t.sayIf(`option.${name}`, {}, name);
  const label = required ? text : t.say('form.optional', { label: text });
  const known = value ?? option.default;
  const initial = known === undefined ? {} : { initial: wordOf(known) };
  const options = choicesOf(context, person, option);
  if (options.length > 0) return { kind: 'choice', name, label, required, options, ...initial };
  return { kind: 'text', name, label, required, multiline: false, limit: VALUE_LIMIT, ...initial };
}

/** What a field offers: the clusters the person may see, the secrets they may replace, yes and no, or the option's own values. */
function choicesOf(
  { t, inventory }: CardContext,
  person: Person,
  { name, kind, choices }: Option,
): readonly { readonly value: string; readonly label: string }[] {
  if (kind === 'boolean')
    return (['yes', 'no'] as const).map((word) => ({ value: word, label: t.say(`value.${word}`) }));
  const names =
    name === 'ref' ? replaceable(inventory, person) : name === 'cluster' ? visible(inventory, person) : choices;
  return names.map((one) => ({ value: one, label: one }));
}

function visible(inventory: Inventory, person: Person): readonly string[] {
  return listClusters(inventory).flatMap(({ id, site }) => (permits(person, site, { do: 'read' }) ? [] : [id]));
}

function wordOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

function noteField(required: boolean, label: string): FormField {
  return { kind: 'text', name: 'note', label, required, multiline: true, limit: NOTE_LIMIT };
}
