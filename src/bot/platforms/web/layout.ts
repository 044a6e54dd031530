import type { Card } from '../../../domain/card.ts';
import type { Html } from '../../web/html.ts';
import { html } from '../../web/html.ts';
import { document } from '../../web/pages.ts';
import { digest } from './digest.ts';
import type { Sending } from './forms.ts';
import { hidden, renderButton, renderForm } from './forms.ts';
import type { InboxItem } from './inbox.ts';
import type { Reader } from './reader.ts';
import { renderCard } from './render.ts';

export interface ConsolePage {
  readonly title: string;
  readonly path: string;
  readonly body: Html;
  /** The channel that commands typed here belong to. */
  readonly channel: string;
}

export interface Around {
  readonly reader: Reader;
  readonly nonce: string;
  readonly inbox: readonly InboxItem[];
  /** The form that is open on this page: a page shows the one it was opened from. */
  readonly form: string | null;
  /** Runs that wait for somebody, where the reader may see them. */
  readonly waiting: number;
  readonly completions: readonly string[];
}

/** Without a script the page looks for news by itself, unless something is being typed into a form. */
const REFRESH_SECONDS = 15;

/** A page of the console with everything that stands around its body. */
export function consolePage(page: ConsolePage, around: Around): Html {
  const { reader, inbox, nonce } = around;
  const { t } = reader.context();
  const sending: Sending = { channel: page.channel, nonce, back: page.path };
  const form = inbox.find((item) => item.kind === 'form' && item.id === around.form);
  const refresh = !form && html`<noscript><meta http-equiv="refresh" content="${REFRESH_SECONDS}"></noscript>`;
  const body = html`<a class="skip" href="#main">${t.say('web.skip')}</a>
${topBar(page, around)}
<div class="columns">
<main id="main" data-region="main">${!reader.person && unlinked(reader)}${page.body}</main>
<aside aria-labelledby="answers"><h2 id="answers">${t.say('web.answers')}</h2>
<div data-region="answers" aria-live="polite">${answers(reader, inbox, sending, form?.id)}</div></aside>
</div>
${commandLine(around, sending)}
<div data-region="form">${form?.kind === 'form' && renderForm(t, form.form, form.id, { ...sending, channel: form.channel })}</div>
<script src="/assets/console.js" defer></script>`;
  return document(t.language, page.title, body, { wide: true, head: html`${refresh}` });
}

function topBar({ path }: ConsolePage, { reader, waiting }: Around): Html {
  const { t } = reader.context();
  const name = reader.person?.name ?? reader.account.account;
  const count = waiting > 0 && html` <span class="count">${waiting}</span>`;
  const link = (to: string, words: string, more?: Html | false): Html => {
    const here = to === '/' ? path === '/' : path.startsWith(to);
    return html`<a href="${to === '/messages' ? '/messages/ops' : to}"${here && html` aria-current="page"`}>${words}${more}</a>`;
  };
  const links = [
    link('/', t.say('web.nav.fleet')),
    link('/waiting', t.say('web.nav.waiting'), count),
    link('/messages', t.say('web.nav.messages')),
    link('/runs', t.say('web.nav.runs')),
    link('/audit', t.say('web.nav.audit')),
  ];
  const live = html`<span id="live" class="live" role="status" hidden data-on="${t.say('web.live')}" data-off="${t.say('web.offline')}"></span>`;
  return html`<header class="top"><a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="24" height="24">Zapas</a>
<nav aria-label="${t.say('web.nav')}" data-region="nav">${links}</nav>
<div class="me">${live}<span title="${t.say('web.signed-in', { person: name })}">${name}</span>
<form method="post" action="/sign-out"><button class="link">${t.say('web.sign-out')}</button></form></div></header>`;
}

function unlinked(reader: Reader): Html {
  const { t } = reader.context();
  return html`<section class="card tone-warning" data-key="unlinked"><div class="blocks"><p class="text warning">${t.say('web.unlinked', { account: reader.account.account })}</p><p class="text hint">${t.say('web.unlinked.hint')}</p></div></section>`;
}

function answers(reader: Reader, all: readonly InboxItem[], sending: Sending, open: string | undefined): Html {
  const { t } = reader.context();
  const inbox = all.filter(({ id }) => id !== open);
  if (inbox.length === 0) return html`<p class="muted" data-key="none">${t.say('web.answers.none')}</p>`;
  return html`${inbox.map((item) => {
    if (item.kind === 'form') return unfinished(reader, item, sending);
    const close = html`<form method="post" action="/do/dismiss" class="close">${hidden(sending, { item: item.id })}<button class="link" aria-label="${t.say('web.dismiss')}">×</button></form>`;
    if (item.kind === 'file') return download(reader, item, close);
    return cardArticle(
      reader,
      item.card,
      { ...sending, channel: item.channel },
      { key: `note-${item.id}`, after: close, isPrivate: true },
    );
  })}`;
}

/** A form that was opened and neither sent nor closed. */
function unfinished(reader: Reader, { id, form }: InboxItem & { readonly kind: 'form' }, { back }: Sending): Html {
  const { t } = reader.context();
  return html`<section class="card tone-question" data-key="form-${id}"><h3>${form.title}</h3><p><a class="button neutral" href="${withForm(back, id)}">${t.say('web.fill-in')}</a></p></section>`;
}

/** A file for this person alone. */
function download(reader: Reader, { id, file }: InboxItem & { readonly kind: 'file' }, close: Html): Html {
  const { t } = reader.context();
  const size = t.bytes(file.content.byteLength);
  return html`<section class="card tone-info" data-key="file-${id}"><h3>${file.alt}</h3><p><a class="button neutral" href="/answers/${id}" download="${file.name}">${t.say('web.download', { name: file.name, size })}</a></p>${close}</section>`;
}

/** The page with that form open on it. */
export function withForm(page: string, id: string): string {
  return `${page}${page.includes('?') ? '&' : '?'}form=${id}`;
}

/** A card as an element that the script can tell from its former self. */
export function cardArticle(
  reader: Reader,
  card: Card,
  sending: Sending,
  more: {
    readonly key: string;
    readonly after?: Html | undefined;
    readonly isPrivate?: boolean;
    readonly version?: string;
  },
): Html {
  const inside = renderCard(card, {
    t: reader.context().t,
    rank: more.isPrivate ? 3 : 2,
    button: (button) => renderButton(button, sending),
  });
  const alert = card.alerts && html` data-alerts="true"`;
  return html`<article class="card tone-${card.tone}" data-key="${more.key}" data-hash="${digest(card, more.version ?? '')}" data-channel="${sending.channel}"${alert}>${inside}${more.after}</article>`;
}

function commandLine({ reader, completions }: Around, sending: Sending): Html {
  const { t } = reader.context();
  const known = completions.map((name) => html`<option value="${name}"></option>`);
  return html`<form class="command" method="post" action="/do/command" autocomplete="off">${hidden(sending)}
<label class="sr" for="line">${t.say('web.command')}</label><span class="prompt" aria-hidden="true">zapas</span>
<input id="line" name="line" list="known" maxlength="2000" placeholder="${t.say('web.command.placeholder')}" autocapitalize="off" spellcheck="false" required>
<datalist id="known">${known}</datalist>
<button class="button primary">${t.say('web.command.send')}</button></form>`;
}

/** A state as a coloured word with its sign. */
export function badge(kind: string, sign: string, words: string): Html {
  return html`<span class="badge ${kind}"><span class="sign" aria-hidden="true">${sign}</span>${words}</span>`;
}
