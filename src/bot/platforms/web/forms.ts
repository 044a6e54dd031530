import type { Button, Form, FormField } from '../../../domain/card.ts';
import type { Translator } from '../../../i18n/translate.ts';
import type { Html } from '../../web/html.ts';
import { html } from '../../web/html.ts';

/** What every form of a page carries: where it stands, and what makes sending it twice one act. */
export interface Sending {
  /** The channel that the answer belongs to. */
  readonly channel: string;
  /** Drawn anew with every page: the same content with the same nonce is one delivery. */
  readonly nonce: string;
  /** The path of the page to go back to. */
  readonly back: string;
}

/** Prefix of a field's name in what is sent, so that no field can pass for one of ours. */
export const FIELD_PREFIX = 'field.';

/** The hidden inputs of a form. */
export function hidden({ channel, nonce, back }: Sending, more: Readonly<Record<string, string>> = {}): Html {
  const inputs = Object.entries({ channel, nonce, back, ...more });
  return html`${inputs.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;
}

/** A button as a form of its own: it works without a script. */
export function renderButton({ verb, payload, label, style }: Button, sending: Sending): Html {
  return html`<form method="post" action="/do/press">${hidden(sending, { verb, payload })}<button class="button ${style}">${label}</button></form>`;
}

/** A form that opened as the answer to something; `id` closes it. */
export function renderForm(t: Translator, form: Form, id: string, sending: Sending): Html {
  const { verb, payload, title, intro, fields, submit } = form;
  return html`<div class="veil" data-key="form-${id}" data-hash="${id}"><section class="dialog" role="dialog" aria-modal="true" aria-labelledby="title-${id}">
<h2 id="title-${id}">${title}</h2>
${intro !== '' && html`<p>${intro}</p>`}
<form method="post" action="/do/submit" autocomplete="off">${hidden(sending, { verb, payload, form: id })}
${fields.map((field, index) => renderField(t, field, `${id}-${field.name}`, index === 0))}
<div class="buttons"><button class="button primary">${submit}</button></div></form>
<form method="post" action="/do/dismiss" class="cancel">${hidden(sending, { item: id })}<button class="button neutral">${t.say('web.cancel')}</button></form>
</section></div>`;
}

function renderField(t: Translator, field: FormField, id: string, first: boolean): Html {
  const name = FIELD_PREFIX + field.name;
  const focus = first && html` autofocus`;
  const required = (field.kind === 'typed' || field.required) && html` required`;
  const label = html`<label for="${id}">${field.label}${required && html` <span class="required">${t.say('web.required')}</span>`}</label>`;
  switch (field.kind) {
    case 'typed':
      return html`<div class="field">${label}
<p class="expected" id="${id}-expected">${t.say('web.expected')} <code>${field.expected}</code></p>
<input id="${id}" name="${name}" type="text" autocomplete="off" autocapitalize="off" spellcheck="false" aria-describedby="${id}-expected"${required}${focus}></div>`;
    case 'choice': {
      const options = field.options.map(
        ({ value, label: words }) =>
          html`<option value="${value}"${value === field.initial && html` selected`}>${words}</option>`,
      );
      return html`<div class="field">${label}
<select id="${id}" name="${name}"${required}${focus}><option value="">${t.say('web.choose')}</option>${options}</select></div>`;
    }
    case 'text':
      if (!field.multiline)
        return html`<div class="field">${label}
<input id="${id}" name="${name}" type="text" maxlength="${field.limit}" value="${field.initial}"${required}${focus}></div>`;
      return html`<div class="field">${label}
<textarea id="${id}" name="${name}" rows="4" maxlength="${field.limit}"${required}${focus}>${field.initial}</textarea></div>`;
  }
}
