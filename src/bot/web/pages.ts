import type { ErrorRef } from '../../domain/errors.ts';
import type { Language } from '../../domain/inventory.ts';
import { createTranslator } from '../../i18n/translate.ts';
import { explainTo } from '../cards/context.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import type { Page, RefusalStatus } from './http.ts';

/** A whole document. `wide` is the console; everything else is one small panel. */
export function document(
  language: Language,
  title: string,
  body: Html,
  { head, wide }: { readonly head?: Html; readonly wide?: boolean } = {},
): Html {
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Zapas</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/console.css">
${head}</head>
<body class="${wide ? 'wide' : 'small'}">
${body}
</body>
</html>
`;
}

/** A page of one panel: a title, some words, maybe more. */
export function smallPage(language: Language, title: string, body: Html): Html {
  return document(language, title, html`<main class="panel"><p class="brand">Zapas</p><h1>${title}</h1>${body}</main>`);
}

/** What the server itself refuses, with what to do instead. */
export function refusalPage(language: Language, status: RefusalStatus): Page {
  const t = createTranslator(language, 'UTC');
  // A link from a chat comes without the cookie; from a page of ours the same address comes with it.
  const again = status === 401 && html`<p><a class="button primary" href="/">${t.say('web.go-on')}</a></p>`;
  const body = html`<p>${t.say(`web.refused.${status}.hint`)}</p>${again}<p class="code">HTTP ${status}</p>`;
  return { status, body: smallPage(language, t.say(`web.refused.${status}.what`), body) };
}

/** An error of the registry. */
export function errorPage(language: Language, error: ErrorRef): Page {
  const { what, hint } = explainTo(language, error);
  const status = error.code === 'store.unavailable' ? 503 : 409;
  return { status, body: smallPage(language, what, html`<p>${hint}</p><p class="code">${error.code}</p>`) };
}
