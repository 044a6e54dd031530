import type { SecretSink } from '../../domain/ports.ts';
import { Secret } from '../../domain/secret.ts';
import { createTranslator } from '../../i18n/translate.ts';
import { html } from './html.ts';
import type { Page, Route, WebRequest } from './http.ts';
import { Refusal } from './http.ts';
import { smallPage } from './pages.ts';
import type { PendingForm, SecretForms } from './secret-forms.ts';

export interface SecretPagesDeps {
  readonly forms: SecretForms;
  readonly sink: SecretSink;
  /** The person who is signed in, if anybody is: a form of somebody else stays closed to them. */
  readonly personOf: (request: WebRequest) => string | undefined;
  /** Told who delivered what, or that it failed; never the value. */
  readonly note: (fields: { readonly person: string; readonly ref: string; readonly error?: string }) => void;
}

/** Longest secret, in characters: a private key fits. */
const SECRET_LIMIT = 16_000;

/** Where the form of that id stands; goes behind the public address. */
export function secretPath(id: string): string {
  return `/secret/${id}`;
}

/** GET shows the form and changes nothing; POST uses it up. */
export function secretRoutes(deps: SecretPagesDeps): readonly Route[] {
  return [
    { method: 'GET', path: '/secret/:id', handle: (request) => show(deps, request) },
    { method: 'POST', path: '/secret/:id', handle: (request) => store(deps, request) },
  ];
}

function show(deps: SecretPagesDeps, request: WebRequest): Page {
  return formPage(theirs(deps, request, 'look'), request.path);
}

/** The form, when it is this person's. Somebody else's is not used up by trying. */
function theirs({ forms, personOf }: SecretPagesDeps, request: WebRequest, way: 'look' | 'take'): PendingForm {
  const id = request.params['id'] ?? '';
  const form = forms.look(id);
  if (form === 'gone') throw new Refusal(410);
  const signedIn = personOf(request);
  if (signedIn !== undefined && signedIn !== form.person) throw new Refusal(403);
  const taken = way === 'take' ? forms.take(id) : form;
  if (taken === 'gone') throw new Refusal(410);
  return taken;
}

async function store(deps: SecretPagesDeps, request: WebRequest): Promise<Page> {
  const value = request.form.get('secret') ?? '';
  // An empty or overlong answer uses nothing up.
  const problem = value === '' ? 'empty' : value.length > SECRET_LIMIT ? 'long' : undefined;
  if (problem) return formPage(theirs(deps, request, 'look'), request.path, problem);
  const { person, ref, language } = theirs(deps, request, 'take');
  const t = createTranslator(language, 'UTC');
  try {
    await deps.sink.put(ref, new Secret(wholeKey(value)));
  } catch (error) {
    deps.note({ person, ref, error: error instanceof Error ? error.message : 'unknown' });
    const body = html`<p>${t.say('web.secret.failed.hint')}</p><p class="code">${ref}</p>`;
    return { status: 500, body: smallPage(language, t.say('web.secret.failed'), body) };
  }
  deps.note({ person, ref });
  const body = html`<p>${t.say('web.secret.stored.hint')}</p><p class="code">${ref}</p>`;
  return { body: smallPage(language, t.say('web.secret.stored'), body) };
}

function formPage({ ref, language, timeZone, expiresAt }: PendingForm, path: string, problem?: 'empty' | 'long'): Page {
  const t = createTranslator(language, timeZone);
  const wrong =
    problem && html`<p class="wrong" role="alert">${t.say(`web.secret.${problem}`, { limit: SECRET_LIMIT })}</p>`;
  const body = html`<p>${t.say('web.secret.intro')}</p>
<p class="code">${ref}</p>
${wrong}<form method="post" action="${path}" autocomplete="off">
<label for="secret">${t.say('web.secret.label')}</label>
<input id="secret" name="secret" type="password" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="${SECRET_LIMIT}" required autofocus>
<button class="button primary">${t.say('web.secret.submit')}</button>
</form>
<p class="muted">${t.say('web.secret.until', { at: t.clock(expiresAt) })}</p>`;
  return { status: problem ? 422 : 200, body: smallPage(language, t.say('web.secret.title'), body) };
}

/** A field of one line takes the line ends out of a pasted key; keys are read by lines. */
function wholeKey(value: string): string {
  const key = /^\s*-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----\s*$/.exec(value);
  if (!key) return value;
  const [, kind, body = ''] = key;
  const lines = body.replaceAll(/\s/g, '').match(/.{1,70}/g) ?? [];
  return [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`].join('\n');
}
