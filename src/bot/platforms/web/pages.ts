import type { BoardMessage, ThreadItem } from '../../../domain/board.ts';
import { permits } from '../../../domain/policy.ts';
import type { AuditRow, AuditVerdict } from '../../../domain/ports.ts';
import type { Run } from '../../../domain/run.ts';
import { openGate } from '../../../domain/run.ts';
import { causeOf } from '../../../domain/watch-alert.ts';
import { auditCard, auditRunCard } from '../../cards/answers.ts';
import { conditionTexts } from '../../cards/condition.ts';
import type { CardContext } from '../../cards/context.ts';
import { personName, runbookName, siteName } from '../../cards/context.ts';
import { toneOf } from '../../cards/run.ts';
import type { Html } from '../../web/html.ts';
import { html } from '../../web/html.ts';
import { TONE_SIGNS } from '../terminal/style.ts';
import type { ClusterView, Sight, Standing } from './fleet.ts';
import type { Sending } from './forms.ts';
import { hidden } from './forms.ts';
import { badge, cardArticle } from './layout.ts';
import type { Reader } from './reader.ts';

const STANDING_SIGNS: Readonly<Record<Standing, string>> = {
  attention: '!',
  failed: '✘',
  waiting: '?',
  warning: '!',
  running: '▶',
  unknown: '·',
  ok: '✔',
};

/** Channels of the console, with the names of their texts. */
export const CHANNELS = ['ops', 'approvals'] as const;

/** Tiles on one page. More of them nobody looks through, and the worst come first. */
const PAGE_TILES = 24;

/** Clusters with how they stand, worst first, a page of them; a number that there is not is the nearest that there is. */
export function fleetBody(reader: Reader, views: readonly ClusterView[], wanted: number, sending: Sending): Html {
  const { t } = reader.context();
  const troubled = views.filter(
    ({ standing }) => standing !== 'ok' && standing !== 'running' && standing !== 'unknown',
  ).length;
  const summary = views.length === 0 ? t.say('web.fleet.none') : t.say('web.fleet.fine', { count: troubled });
  const pages = Math.max(1, Math.ceil(views.length / PAGE_TILES));
  const page = Math.min(Math.max(1, wanted), pages);
  const shown = views.slice((page - 1) * PAGE_TILES, page * PAGE_TILES);
  return html`<div class="title" data-key="title"><h1>${t.say('web.fleet.title')}</h1><p>${summary}</p>${pages > 1 && turning(reader, page, pages)}</div>
<div class="fleet" data-key="fleet">${shown.map((view) => clusterTile(reader, view, sending))}</div>`;
}

function turning(reader: Reader, page: number, pages: number): Html {
  const { t } = reader.context();
  const to = (target: number, label: 'button.board' | 'button.board-back'): Html =>
    html`<a href="/?page=${target}">${t.say(label)}</a>`;
  return html`<nav class="tabs" aria-label="${t.say('board.page', { page, pages })}">${page > 1 && to(page - 1, 'button.board-back')}<span>${t.say('board.page', { page, pages })}</span>${page < pages && to(page + 1, 'button.board')}</nav>`;
}

function clusterTile(reader: Reader, view: ClusterView, sending: Sending): Html {
  const { cluster, standing, sight, open, alerts } = view;
  const context = reader.context(cluster.site);
  const { t } = context;
  const troubles = alerts.flatMap((alert) => {
    const cause = causeOf(alert);
    return cause ? [html`<li class="${cause.severity}">${conditionTexts(context, cluster.id, cause).title}</li>`] : [];
  });
  const runs = open.map((run) => {
    const state = badge(toneOf(run.state), TONE_SIGNS[toneOf(run.state)].sign, t.say(`state.${run.state}`));
    return html`<li><a href="/runs/${run.id}">${runbookName(context, run.runbook)} ${run.id}</a> ${state}</li>`;
  });
  const { primary, standby } = sight ?? cluster;
  const look = html`<form method="post" action="/do/command">${hidden(sending, { line: `status ${cluster.id}` })}<button class="button neutral">${t.say('web.ask-status')}</button></form>`;
  return html`<article class="tile standing-${standing}" aria-labelledby="cluster-${cluster.id}">
<header><h2 id="cluster-${cluster.id}">${cluster.id}</h2>${badge(standing, STANDING_SIGNS[standing], t.say(`web.standing.${standing}`))}</header>
<p class="where">${siteName(context, cluster.site)} · ${cluster.product}</p><p class="pair">${t.say('web.fleet.pair', { primary, standby })}</p>
${troubles.length > 0 && html`<ul class="troubles">${troubles}</ul>`}${sightPart(context, sight)}${runs.length > 0 && html`<ul class="open" aria-label="${t.say('web.fleet.open')}">${runs}</ul>`}
<div class="buttons">${look}<a class="button neutral" href="/runs?cluster=${cluster.id}">${t.say('web.fleet.history')}</a></div></article>`;
}

function sightPart({ t }: CardContext, sight: Sight | undefined): Html {
  if (!sight) return html`<p class="muted">${t.say('web.fleet.never')}</p>`;
  const { streaming, replayBytes, replaySeconds, at, run } = sight;
  const streams = t.say(streaming === null ? 'value.unknown' : streaming ? 'value.yes' : 'value.no');
  const amount = replayBytes === null ? [] : [t.bytes(replayBytes)];
  const time = replaySeconds === null || replaySeconds < 1 ? [] : [t.duration(replaySeconds * 1_000)];
  const lag = [...amount, ...time].join(', ') || t.say('value.unknown');
  const seen = t.say('web.fleet.seen', { at: t.moment(at) });
  return html`<dl><div><dt>${t.say('field.streaming')}</dt><dd>${streams}</dd></div><div><dt>${t.say('field.lag')}</dt><dd>${lag}</dd></div></dl>
<p class="muted">${run === undefined ? seen : html`<a href="/runs/${run}">${seen}</a>`}</p>`;
}

/** Messages of a channel with their threads. */
export function messagesBody(
  reader: Reader,
  channel: string,
  messages: readonly BoardMessage[],
  sending: Sending,
): Html {
  const { t } = reader.context();
  const tabs = CHANNELS.map(
    (name) =>
      html`<a href="/messages/${name}"${name === channel && html` aria-current="page"`}>${t.say(`web.channel.${name}`)}</a>`,
  );
  const none = messages.length === 0 && html`<p class="muted" data-key="none">${t.say('web.messages.none')}</p>`;
  return html`<div class="title" data-key="title"><h1>${t.say('web.messages.title')}</h1><nav class="tabs" aria-label="${t.say('web.messages.title')}">${tabs}</nav></div>
${none}${messages.map((message) => messageArticle(reader, message, sending))}`;
}

function messageArticle(reader: Reader, { id, card, thread }: BoardMessage, sending: Sending): Html {
  const { t } = reader.context();
  const items = thread.map((item, index) => threadItem(reader, item, `${id}-${index}`, sending));
  const pane =
    thread.length > 0 &&
    html`<details class="thread"><summary>${t.say('web.thread', { count: thread.length })}</summary>${items}</details>`;
  const version = JSON.stringify(thread.map((item) => (item.kind === 'file' ? item.id : item.card.id)));
  return cardArticle(reader, card, sending, { key: `message-${id}`, version, ...(pane && { after: pane }) });
}

function threadItem(reader: Reader, item: ThreadItem, key: string, sending: Sending): Html {
  if (item.kind === 'card') return cardArticle(reader, item.card, sending, { key, isPrivate: true });
  const picture = item.name.endsWith('.png');
  const link = html`<a href="/files/${item.id}" download="${item.name}">${item.name}</a> (${reader.context().t.bytes(item.bytes)})`;
  return html`<figure data-file="${item.name}" data-bytes="${item.bytes}">${picture && html`<img src="/files/${item.id}" alt="${item.alt}" loading="lazy">`}<figcaption>${link}${!picture && html` ${item.alt}`}</figcaption></figure>`;
}

/** Runs as a table, newest first. */
export function runsBody(reader: Reader, runs: readonly Run[], title: string, to: (run: Run) => string): Html {
  const { t } = reader.context();
  const rows = runs.map((run) => {
    const context = reader.context(run.site);
    const tone = toneOf(run.state);
    return html`<tr><th scope="row"><a href="${to(run)}">${run.id}</a></th><td>${runbookName(context, run.runbook)}, ${run.cluster}</td><td>${badge(tone, TONE_SIGNS[tone].sign, t.say(`state.${run.state}`))}</td><td>${personName(context, run.requester.person)} <time datetime="${run.requestedAt}">${context.t.moment(run.requestedAt)}</time></td></tr>`;
  });
  const head = (['run', 'what', 'state', 'asked'] as const).map(
    (name) => html`<th scope="col">${t.say(`web.runs.${name}`)}</th>`,
  );
  const table = html`<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
  return html`<div class="title" data-key="title"><h1>${title}</h1></div>
<div data-key="runs">${runs.length > 0 ? table : html`<p class="muted">${t.say('runs.none')}</p>`}</div>`;
}

/** A run's own page: links to its log and its trail, and the report of it; the cards follow. */
export function runHead(reader: Reader, run: Run, sending: Sending): Html {
  const context = reader.context(run.site);
  const { t, inventory } = context;
  const title = t.say('web.run.title', { runbook: runbookName(context, run.runbook), cluster: run.cluster });
  const log =
    run.reports.some(({ kind }) => kind === 'log') && html`<a href="/runs/${run.id}/log">${t.say('web.run.log')}</a>`;
  const { person } = reader;
  const audit =
    person &&
    !permits(person, run.site, { do: 'audit' }) &&
    html`<a href="/runs/${run.id}/audit">${t.say('web.run.audit')}</a>`;
  const report = html`<form method="post" action="/do/command">${hidden(sending, { line: `report ${run.id}` })}<button class="button neutral">${t.say('web.run.report')}</button></form>`;
  const where = inventory.sites[run.site]?.name ?? run.site;
  return html`<div class="title" data-key="title"><h1>${title}</h1><p>${where} · ${run.id}</p><nav class="tabs" aria-label="${title}">${log}${audit}${report}</nav></div>`;
}

/** Every entry of a run's trail, whole. */
export function trailBody(reader: Reader, run: Run, rows: readonly AuditRow[], sending: Sending): Html {
  const context = reader.context(run.site);
  const { t } = context;
  const entries = rows.map(
    (row) =>
      html`<details><summary>${row.number}. ${t.say('audit.event', { type: row.event.type.replaceAll('-', '_') })}</summary><pre tabindex="0">${entry(row)}</pre></details>`,
  );
  const back = html`<div class="title" data-key="title"><h1>${t.say('web.audit.title')}</h1><nav class="tabs" aria-label="${t.say('web.audit.title')}"><a href="/runs/${run.id}">${t.say('web.run.back')}</a></nav></div>`;
  return html`${back}${cardArticle(reader, auditRunCard(context, run.id, rows), sending, { key: 'trail' })}
<section class="card" data-key="entries" data-hash="${rows.length}"><h2>${t.say('web.audit.event')}</h2>${entries}</section>`;
}

/** An approval's signature is of no use to a reader, and nothing to hand around. */
function entry({ event, hash }: AuditRow): string {
  return JSON.stringify({ ...event, hash }, (key, value: unknown) => (key === 'envelope' ? '…' : value), 2);
}

/** Whether the chain is whole, and the runs whose trails can be read. */
export function auditBody(reader: Reader, verdict: AuditVerdict, runs: readonly Run[], sending: Sending): Html {
  const context = reader.context();
  const card = cardArticle(reader, auditCard(context, verdict), sending, { key: 'chain' });
  const title = html`<div class="title" data-key="title"><h1>${context.t.say('web.audit.title')}</h1></div>`;
  return html`${title}${card}${runsBody(reader, runs, context.t.say('web.audit.of'), ({ id }) => `/runs/${id}/audit`)}`;
}

/** Could this run be waiting for somebody? */
export function waits(run: Run): boolean {
  return openGate(run) !== undefined || run.state === 'attention';
}
