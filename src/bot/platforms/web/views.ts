import { randomUUID } from 'node:crypto';
import type { BoardMessage } from '../../../domain/board.ts';
import { findCluster } from '../../../domain/inventory.ts';
import { permits } from '../../../domain/policy.ts';
import type { LogReport } from '../../../domain/report.ts';
import type { Run } from '../../../domain/run.ts';
import { cardsOf } from '../../cards/of-run.ts';
import { cleanLines } from '../../clean.ts';
import type { Html } from '../../web/html.ts';
import { html } from '../../web/html.ts';
import type { Page, Reply, Route, WebRequest } from '../../web/http.ts';
import { Refusal } from '../../web/http.ts';
import type { Console } from './console.ts';
import { signedIn, started } from './console.ts';
import { fleetFor } from './fleet.ts';
import type { Sending } from './forms.ts';
import { cardArticle, consolePage } from './layout.ts';
import { auditBody, CHANNELS, fleetBody, messagesBody, runHead, runsBody, trailBody, waits } from './pages.ts';
import type { Reader } from './reader.ts';
import { allow, allowedSomewhere } from './reader.ts';

const MOST_MESSAGES = 50;
const MOST_RUNS = 50;
/** Runs looked through for those that wait. */
const MOST_OPEN = 100;
/** News are gathered that long before a page is told. */
const NEWS_EVERY_MS = 200;

interface View {
  readonly reader: Reader;
  readonly request: WebRequest;
  readonly sending: Sending;
}

/** Every page of the console. What is shown is drawn from the state as it is now, in the reader's language. */
export function viewRoutes(web: Console): readonly Route[] {
  const page = (path: string, view: (at: View) => Promise<{ title: string; body: Html }>): Route => ({
    method: 'GET',
    path,
    handle: async (request) => {
      const reader = signedIn(web, request);
      const channel = CHANNELS.find((name) => name === request.params['channel']) ?? CHANNELS[0];
      const sending = { channel, nonce: randomUUID(), back: backOf(request) };
      const { title, body } = await view({ reader, request, sending });
      return await around(web, reader, request, { title, body, sending });
    },
  });
  return [
    page('/', async ({ reader, request, sending }) => {
      const { t } = reader.context();
      const views = reader.person ? await fleetFor(web.inventory(), web, reader.person, web.now()) : [];
      return { title: t.say('web.fleet.title'), body: fleetBody(reader, views, numberOf(request), sending) };
    }),
    page('/waiting', async ({ reader, sending }) => await waitingView(web, reader, sending)),
    page('/messages/:channel', async ({ reader, request, sending }) => {
      if (sending.channel !== request.params['channel']) throw new Refusal(404);
      const messages = await web.board.list(sending.channel, MOST_MESSAGES);
      const seen = await visible(web, reader, messages);
      const title = reader.context().t.say('web.messages.title');
      return { title, body: messagesBody(reader, sending.channel, seen.toReversed(), sending) };
    }),
    page('/runs', async ({ reader, request }) => await runsView(web, reader, request.query.get('cluster'))),
    page('/runs/:run', async ({ reader, request, sending }) => {
      const run = await runOf(web, reader, request, 'read');
      return {
        title: run.id,
        body: html`${runHead(reader, run, sending)}${await runCards(web, reader, run, sending)}`,
      };
    }),
    page('/runs/:run/audit', async ({ reader, request, sending }) => {
      const run = await runOf(web, reader, request, 'audit');
      const rows = await web.audit.read(run.id);
      return { title: run.id, body: trailBody(reader, run, rows, sending) };
    }),
    page('/audit', async ({ reader, sending }) => {
      if (!allowedSomewhere(reader, 'audit')) throw new Refusal(403);
      const [verdict, runs] = await Promise.all([web.audit.verify(), web.runs.list({ limit: MOST_RUNS })]);
      const title = reader.context().t.say('web.audit.title');
      return { title, body: auditBody(reader, verdict, mine(reader, runs, 'audit'), sending) };
    }),
    { method: 'GET', path: '/runs/:run/log', handle: (request) => logText(web, request) },
    { method: 'GET', path: '/answers/:item', handle: (request) => Promise.resolve(handedFile(web, request)) },
    { method: 'GET', path: '/files/:file', handle: (request) => fileOf(web, request) },
    { method: 'GET', path: '/complete', handle: (request) => completions(web, request) },
    { method: 'GET', path: '/events', handle: (request) => news(web, request) },
  ];
}

/** The page of the board that is asked for. */
function numberOf({ query }: WebRequest): number {
  const asked = query.get('page') ?? '';
  return /^\d{1,4}$/.test(asked) ? Number(asked) : 1;
}

/** The address of the page without the form that is open on it. */
function backOf({ path, query }: WebRequest): string {
  const rest = new URLSearchParams(query);
  rest.delete('form');
  return rest.size === 0 ? path : `${path}?${rest.toString()}`;
}

async function around(
  web: Console,
  reader: Reader,
  request: WebRequest,
  { title, body, sending }: { readonly title: string; readonly body: Html; readonly sending: Sending },
): Promise<Page> {
  const waiting = await waitingRuns(web, reader);
  const inbox = web.inbox.list(reader.account);
  const known = web.handlers()?.complete(reader.account, '') ?? [];
  const { channel, nonce } = sending;
  const page = consolePage(
    { title, path: request.path, body, channel },
    { reader, nonce, inbox, form: request.query.get('form'), waiting: waiting.length, completions: known },
  );
  return { body: page };
}

async function waitingRuns(web: Console, reader: Reader): Promise<readonly Run[]> {
  if (!reader.person) return [];
  const runs = await web.runs.list({ states: ['waiting', 'attention'], limit: MOST_OPEN });
  return mine(reader, runs, 'read').filter(waits);
}

async function waitingView(web: Console, reader: Reader, sending: Sending): Promise<{ title: string; body: Html }> {
  const { t } = reader.context();
  const runs = await waitingRuns(web, reader);
  const cards = await Promise.all(runs.map((run) => runCards(web, reader, run, { ...sending, channel: 'approvals' })));
  const title = t.say('web.waiting.title');
  const none = runs.length === 0 && html`<p class="muted" data-key="none">${t.say('web.waiting.none')}</p>`;
  return { title, body: html`<div class="title" data-key="title"><h1>${title}</h1></div>${none}${cards}` };
}

async function runsView(web: Console, reader: Reader, wanted: string | null): Promise<{ title: string; body: Html }> {
  const { t, inventory } = reader.context();
  const cluster = wanted === null ? undefined : findCluster(inventory, wanted);
  if (wanted !== null && !cluster) throw new Refusal(404);
  const runs = await web.runs.list({ limit: MOST_RUNS, ...(cluster && { cluster: cluster.id }) });
  const title = cluster ? t.say('web.runs.of', { cluster: cluster.id }) : t.say('web.runs.title');
  return { title, body: runsBody(reader, mine(reader, runs, 'read'), title, ({ id }) => `/runs/${id}`) };
}

function mine({ person }: Reader, runs: readonly Run[], action: 'read' | 'audit'): readonly Run[] {
  return runs.filter(({ site }) => person && permits(person, site, { do: action }) === undefined);
}

async function runOf(web: Console, reader: Reader, request: WebRequest, action: 'read' | 'audit'): Promise<Run> {
  const run = await web.runs.load(request.params['run'] ?? '');
  if (!run) throw new Refusal(404);
  allow(reader, run.site, action);
  return run;
}

/** The run's messages as its state is, the newest question first: that is what somebody came for. */
async function runCards(web: Console, reader: Reader, run: Run, sending: Sending): Promise<Html> {
  const progress = run.state === 'ready' ? await web.runs.progress(run.id) : undefined;
  const cards = cardsOf(reader.context(run.site), run, progress).toReversed();
  return html`${cards.map((card) => cardArticle(reader, card, sending, { key: card.id }))}`;
}

/**
 * Messages that this reader may see: those about runs, alerts and clusters of their sites. What belongs to no site in particular, such
 * as a summary of all of them, is for those who may see all of them.
 */
async function visible(
  web: Console,
  reader: Reader,
  messages: readonly BoardMessage[],
): Promise<readonly BoardMessage[]> {
  const { person } = reader;
  if (!person) return [];
  const seen = await Promise.all(
    messages.map(async (message) => {
      const sites = await sitesOf(web, message.card.id);
      return sites.every((site) => permits(person, site, { do: 'read' }) === undefined) ? [message] : [];
    }),
  );
  return seen.flat();
}

/** Ids of cards are `<kind>:<subject>…`. A run that is nowhere any more belongs to no site. */
async function sitesOf(web: Console, card: string): Promise<readonly string[]> {
  const [, kind, subject = ''] = /^([a-z-]+):([A-Za-z0-9-]{1,60})/.exec(card) ?? [];
  const inventory = web.inventory();
  const cluster = findCluster(inventory, subject);
  if (cluster) return [cluster.site];
  if (kind?.startsWith('alert')) return [(await web.watch.alert(subject))?.site ?? []].flat();
  if (kind === undefined) return Object.keys(inventory.sites);
  return [(await web.runs.load(subject))?.site ?? []].flat();
}

/** Everything of pg_log that the run brought, as plain text. */
async function logText(web: Console, request: WebRequest): Promise<Reply> {
  const run = await runOf(web, signedIn(web, request), request, 'read');
  const logs = run.reports.filter((report): report is LogReport => report.kind === 'log');
  if (logs.length === 0) throw new Refusal(404);
  const parts = logs.map(({ host, file, excerpt }) =>
    [`# ${host}: ${file}`, ...excerpt.flatMap(cleanLines), ''].join('\n'),
  );
  return { type: 'text/plain; charset=utf-8', body: parts.join('\n') };
}

/** A file of a thread. Only pictures are shown by the browser; anything else is saved, and never taken for a page. */
async function fileOf(web: Console, request: WebRequest): Promise<Reply> {
  const reader = signedIn(web, request);
  const found = await web.board.file(request.params['file'] ?? '');
  if (!found || (await visible(web, reader, [found.message])).length === 0) throw new Refusal(404);
  const { name, content } = found.file;
  if (name.endsWith('.png')) return { type: 'image/png', body: content };
  const type = 'application/octet-stream';
  return { type, body: content, headers: { 'content-disposition': 'attachment' } };
}

/** A file that was handed to this person. It is saved, never opened as a page of the console. */
function handedFile(web: Console, request: WebRequest): Reply {
  const { account } = signedIn(web, request);
  const item = web.inbox.list(account).find(({ id }) => id === request.params['item']);
  if (item?.kind !== 'file') throw new Refusal(404);
  const name = item.file.name.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  const headers = { 'content-disposition': `attachment; filename="${name}"` };
  return { type: 'application/octet-stream', body: item.file.content, headers };
}

/** Whole lines, as the list of a text field wants them. */
function completions(web: Console, request: WebRequest): Reply {
  const { account } = signedIn(web, request);
  const typed = (request.query.get('typed') ?? '').slice(0, 200);
  const begun = typed.replace(/\S*$/, '');
  const lines = started(web)
    .complete(account, typed)
    .map((name) => begun + name);
  return { type: 'application/json', body: JSON.stringify(lines.slice(0, 25)) };
}

function news(web: Console, request: WebRequest): Reply {
  const { account } = signedIn(web, request);
  return {
    open(send) {
      let due: NodeJS.Timeout | undefined;
      const stop = web.listen(account, () => {
        due ??= setTimeout(() => {
          due = undefined;
          send('changed');
        }, NEWS_EVERY_MS);
      });
      return () => {
        clearTimeout(due);
        stop();
      };
    },
  };
}
