import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Verb } from '../../../domain/card.ts';
import { VERBS } from '../../../domain/card.ts';
import type { Account, Answer, Handlers, Place } from '../../platform.ts';
import type { Page, Route, WebRequest } from '../../web/http.ts';
import { localPath, Refusal, seeOther } from '../../web/http.ts';
import type { Console } from './console.ts';
import { signedIn, started } from './console.ts';
import { FIELD_PREFIX } from './forms.ts';
import { withForm } from './layout.ts';

/** So long a page waits for an answer before it shows itself without; the answer then comes by itself. */
const PATIENCE_MS = 1_000;
/** Deliveries that are remembered, so that the same one twice is one act. */
const REMEMBERED = 500;
/** Longest value of a field, in characters; the form says less. */
const VALUE_LIMIT = 8_000;

interface Act {
  readonly request: WebRequest;
  readonly who: Account;
  readonly place: Place;
  readonly delivery: string;
}

/** What it came to: a run to look at, or a form that opened. */
type Done = Promise<{ readonly follow?: string; readonly form?: string }>;

/** What people do: the same commands, buttons and forms as on every platform, through the same handlers. */
export function actRoutes(web: Console): readonly Route[] {
  const acts = new Map<string, Done>();
  const once = (act: Act, given: (handlers: Handlers) => Answer): Done => {
    const known = acts.get(act.delivery);
    if (known) return known;
    const done = carryOut(web, act, given(started(web)));
    const [oldest] = acts.keys();
    if (acts.size >= REMEMBERED && oldest !== undefined) acts.delete(oldest);
    acts.set(act.delivery, done);
    return done;
  };
  return [
    route('/do/command', async (request) => {
      const act = actOf(web, request);
      const text = field(request, 'line');
      const done = once(act, (handlers) => handlers.command({ ...act, input: { text } }));
      return await answered(act, done, ({ follow }) => (follow === undefined ? undefined : `/runs/${follow}`));
    }),
    route('/do/press', async (request) => {
      const act = actOf(web, request);
      const asked = { ...act, verb: verbOf(request), payload: field(request, 'payload') };
      return await answered(
        act,
        once(act, (handlers) => handlers.press(asked)),
      );
    }),
    route('/do/submit', async (request) => {
      const act = actOf(web, request);
      const asked = { ...act, verb: verbOf(request), payload: field(request, 'payload'), values: valuesOf(request) };
      const done = once(act, (handlers) => handlers.submit(asked));
      web.inbox.remove(act.who, field(request, 'form'));
      web.changed(act.who);
      return await answered(act, done, ({ follow }) =>
        asked.verb === 'command' && follow !== undefined ? `/runs/${follow}` : undefined,
      );
    }),
    route('/do/dismiss', (request) => {
      const { who } = actOf(web, request);
      web.inbox.remove(who, field(request, 'item'));
      web.changed(who);
      return Promise.resolve(seeOther(localPath(request.form.get('back'))));
    }),
  ];
}

function route(path: string, handle: (request: WebRequest) => Promise<Page>): Route {
  return { method: 'POST', path, handle };
}

function actOf(web: Console, request: WebRequest): Act {
  const { account: who } = signedIn(web, request);
  const channel = field(request, 'channel');
  if (!/^[a-z0-9-]{1,40}$/.test(channel)) throw new Refusal(400);
  return { request, who, place: { platform: 'web', channel }, delivery: deliveryOf(who, request) };
}

/** The same content of the same page, sent by the same person, is one delivery; a page drawn anew begins another. */
function deliveryOf({ platform, account }: Account, { path, form }: WebRequest): string {
  const content = JSON.stringify([platform, account, path, [...form].filter(([name]) => name !== 'back')]);
  return createHash('sha256').update(content).digest('base64url');
}

async function carryOut(web: Console, { who, place }: Act, answer: Answer): Done {
  const { channel } = place;
  if (answer.now === 'form') {
    const { id } = web.inbox.add(who, { kind: 'form', channel, form: answer.form });
    web.changed(who);
    return { form: id };
  }
  const { cards, follow } = await answer.finish();
  for (const card of cards) web.inbox.add(who, { kind: 'card', channel, card });
  web.changed(who);
  return follow === undefined ? {} : { follow };
}

async function answered(
  { request }: Act,
  done: Done,
  next: (finished: Awaited<Done>) => string | undefined = () => undefined,
): Promise<Page> {
  const back = localPath(request.form.get('back'));
  const waited = new AbortController();
  const finished = await Promise.race([
    done,
    pause(PATIENCE_MS, undefined, { signal: waited.signal }).catch(() => undefined),
  ]);
  waited.abort();
  if (finished?.form !== undefined) return seeOther(withForm(back, finished.form));
  return seeOther((finished && next(finished)) ?? back);
}

function field({ form }: WebRequest, name: string): string {
  return (form.get(name) ?? '').slice(0, VALUE_LIMIT);
}

function verbOf(request: WebRequest): Verb {
  const verb = VERBS.find((one) => one === field(request, 'verb'));
  if (!verb) throw new Refusal(400);
  return verb;
}

function valuesOf({ form }: WebRequest): Readonly<Record<string, string>> {
  const sent = [...form].filter(([name]) => name.startsWith(FIELD_PREFIX));
  return Object.fromEntries(
    sent.map(([name, value]) => [
      name.slice(FIELD_PREFIX.length),
      value.slice(0, VALUE_LIMIT).replaceAll('\r\n', '\n'),
    ]),
  );
}
