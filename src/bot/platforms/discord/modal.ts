import type { APILabelComponent, APIModalInteractionResponseCallbackData, APITextInputComponent } from 'discord.js';
import { ComponentType, TextInputStyle } from 'discord.js';
import type { Form, FormField } from '../../../domain/card.ts';
import { cleanLine } from '../../clean.ts';
import { nearest } from '../../nearest.ts';
import { idOf } from './ids.ts';
import { LIMITS } from './limits.ts';
import { cut, plainLines } from './markdown.ts';

/** Longest name that is typed to confirm. */
const TYPED_LIMIT = 64;

/** What people typed, by the names of the fields. */
export type Values = Readonly<Record<string, string>>;

/** A modal for a form; `typed` is what somebody had typed before it was refused. What confirms is always typed anew. */
export function renderForm(form: Form, typed: Values = {}): APIModalInteractionResponseCallbackData {
  const fields = form.fields.slice(0, LIMITS.modalComponents);
  // Where the fields take all the room there is, the intro goes without.
  const room = fields.length < LIMITS.modalComponents;
  const intro = room ? plainLines(form.intro, LIMITS.textInput / 4).join('\n') : '';
  return {
    custom_id: idOf(form),
    title: cut(oneLine(form.title), LIMITS.modalTitle),
    components: [
      ...(intro.trim() === '' ? [] : [{ type: ComponentType.TextDisplay, content: intro } as const]),
      ...fields.map((field) => label(field, typed[field.name] ?? initialOf(field))),
    ],
  };
}

function label(field: FormField, typed: string | undefined): APILabelComponent {
  const beside = field.kind === 'typed' ? field.expected : namesOf(field);
  return {
    type: ComponentType.Label,
    label: cut(oneLine(field.label), LIMITS.label),
    ...(beside !== '' && { description: cut(oneLine(beside), LIMITS.labelDescription) }),
    component: component(field, typed),
  };
}

function initialOf(field: FormField): string | undefined {
  return field.kind === 'typed' ? undefined : field.initial;
}

function component(field: FormField, again: string | undefined): APILabelComponent['component'] {
  const typed = again ?? (field.kind === 'typed' ? '' : (field.initial ?? ''));
  switch (field.kind) {
    case 'text': {
      const style = field.multiline ? TextInputStyle.Paragraph : TextInputStyle.Short;
      const limit = Math.min(field.limit, LIMITS.textInput);
      return input(field.name, style, field.required, limit, typed);
    }
    case 'typed':
      return input(field.name, TextInputStyle.Short, true, TYPED_LIMIT);
    case 'choice':
      if (!isSelect(field)) return input(field.name, TextInputStyle.Short, field.required, LIMITS.selectOption, typed);
      return {
        type: ComponentType.StringSelect,
        custom_id: field.name,
        required: field.required,
        options: field.options.map((option) => ({
          value: option.value,
          label: cut(oneLine(option.label), LIMITS.selectOption),
          ...(option.value === typed && { default: true }),
        })),
      };
  }
}

function input(
  name: string,
  style: TextInputStyle,
  required: boolean,
  limit: number,
  typed = '',
): APITextInputComponent {
  return {
    type: ComponentType.TextInput,
    custom_id: name,
    style,
    required,
    max_length: limit,
    ...(typed !== '' && { value: cut(typed, limit) }),
  };
}

type Choice = FormField & { readonly kind: 'choice' };

/** Not every list fits into a select. */
function isSelect({ options }: Choice): boolean {
  return (
    options.length > 0 &&
    options.length <= LIMITS.selectOptions &&
    options.every(({ value }) => value !== '' && value.length <= LIMITS.selectOption)
  );
}

/** Where a name has to be typed: as many of the names as there is room for. */
function namesOf(field: FormField): string {
  return field.kind === 'choice' && !isSelect(field) ? field.options.map(({ value }) => value).join(', ') : '';
}

/** A text that Discord takes as it is, without markup. */
function oneLine(text: string): string {
  return cleanLine(text).trim() || '…';
}

/** Names that were typed instead of chosen, as the values they mean; or the first that means none, and those most like it. */
export function chosen(
  form: Form,
  values: Values,
):
  | { readonly ok: true; readonly values: Values }
  | { readonly ok: false; readonly field: string; readonly typed: string; readonly nearest: readonly string[] } {
  const meant: Record<string, string> = { ...values };
  for (const field of form.fields) {
    const typed = values[field.name];
    if (field.kind !== 'choice' || typed === undefined || (typed === '' && !field.required)) continue;
    const wanted = typed.trim().toLowerCase();
    const found = field.options.find(
      ({ value, label }) => value.toLowerCase() === wanted || label.toLowerCase() === wanted,
    );
    if (!found) {
      const names = field.options.map(({ value }) => value);
      return { ok: false, field: field.label, typed, nearest: nearest(typed, names) };
    }
    meant[field.name] = found.value;
  }
  return { ok: true, values: meant };
}
