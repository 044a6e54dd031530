import type { Form, FormField, Verb } from '../domain/card.ts';
import { targetOf } from '../domain/card.ts';
import type { Translator } from '../i18n/translate.ts';
import { NOTE_LIMIT } from './commands.ts';

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

function noteField(required: boolean, label: string): FormField {
  return { kind: 'text', name: 'note', label, required, multiline: true, limit: NOTE_LIMIT };
}
