import { createHmac } from 'node:crypto';
import type { Peer } from '../websocket.ts';
import { add, describeView, find } from './methods.ts';
import { refuseMessage, refuseOptions, refuseView } from './rules.ts';
import type { Message, ViewContent, World } from './world.ts';

/** docs.slack.dev/interactivity: within three seconds. */
export const ACK_MS = 3_000;
/** java-slack-sdk, interactive-components.md. */
const RESPONSE_MS = 30 * 60_000;

type Kind = 'slash_commands' | 'interactive';
export type Payload = Readonly<Record<string, unknown>>;

/** What became of an event. */
export interface Acknowledged {
  /** Milliseconds; undefined: it never came, and the person saw an error of Slack's. */
  readonly ms: number | undefined;
  readonly payload: Payload;
}

interface Waiting {
  readonly sentAt: number;
  settle(acknowledged: Acknowledged): void;
}

/** Sends events to the app, over its sockets or by signed requests. */
export interface Outbox {
  /** Signed requests go there instead. */
  target: string | undefined;
  /** Bodies of the signed requests that were sent, to be replayed. */
  readonly signed: { readonly body: string; readonly headers: Readonly<Record<string, string>> }[];
  readonly peers: Set<Peer>;
  acknowledged(envelope: string, payload: Payload): void;
  send(kind: Kind, payload: Payload): Promise<Acknowledged>;
}

export function createOutbox(world: World, signingSecret: string): Outbox {
  const waiting = new Map<string, Waiting>();
  const answered = new Set<string>();
  let turn = 0;
  const bySocket = async (kind: Kind, payload: Payload): Promise<Acknowledged> => {
    const peers = [...outbox.peers].filter(({ open }) => open);
    const peer = peers[turn % Math.max(1, peers.length)];
    turn += 1;
    // Nobody is there: Slack tells the person at once.
    if (!peer) return { ms: undefined, payload: {} };
    const envelope = world.nextId('envelope-');
    const sentAt = Date.now();
    const done = new Promise<Acknowledged>((resolve) => {
      const late = setTimeout(() => {
        waiting.delete(envelope);
        world.violations.push(`an event (${kind}) was not acknowledged within ${ACK_MS} ms`);
        resolve({ ms: undefined, payload: {} });
      }, ACK_MS);
      waiting.set(envelope, {
        sentAt,
        settle(acknowledged) {
          clearTimeout(late);
          resolve(acknowledged);
        },
      });
    });
    peer.send(JSON.stringify({ envelope_id: envelope, type: kind, payload, accepts_response_payload: true }));
    return await done;
  };
  const byRequest = async (target: string, kind: Kind, payload: Payload): Promise<Acknowledged> => {
    const fields = kind === 'interactive' ? { payload: JSON.stringify(payload) } : (payload as Record<string, string>);
    const body = new URLSearchParams(fields).toString();
    const headers = signedHeaders(body, signingSecret, Math.floor(Date.now() / 1_000));
    outbox.signed.push({ body, headers });
    const sentAt = Date.now();
    try {
      const response = await fetch(target, { method: 'POST', body, headers, signal: AbortSignal.timeout(ACK_MS) });
      const text = await response.text();
      if (!response.ok) return { ms: undefined, payload: {} };
      return { ms: Date.now() - sentAt, payload: text === '' ? {} : (JSON.parse(text) as Payload) };
    } catch {
      world.violations.push(`a request (${kind}) was not acknowledged within ${ACK_MS} ms`);
      return { ms: undefined, payload: {} };
    }
  };
  const outbox: Outbox = {
    target: undefined,
    signed: [],
    peers: new Set(),
    send: (kind, payload) =>
      outbox.target === undefined ? bySocket(kind, payload) : byRequest(outbox.target, kind, payload),
    acknowledged(envelope, payload) {
      const one = waiting.get(envelope);
      if (answered.has(envelope)) world.violations.push('an event was acknowledged twice');
      else if (!one) world.violations.push('an acknowledgement came too late or for no event');
      answered.add(envelope);
      waiting.delete(envelope);
      one?.settle({ ms: Date.now() - one.sentAt, payload });
    },
  };
  return outbox;
}

/** docs.slack.dev/authentication/verifying-requests-from-slack */
export function signedHeaders(body: string, secret: string, timestamp: number): Readonly<Record<string, string>> {
  const hash = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': String(timestamp),
    'x-slack-signature': `v0=${hash}`,
  };
}

interface Origin {
  readonly world: World;
  readonly origin: string;
}

/** A way to answer an event without the bot's token. */
function responseUrl({ world, origin }: Origin, channel: string, user: string): string {
  const id = world.nextId('R');
  world.responses.set(id, { channel, user, until: Date.now() + RESPONSE_MS, uses: 0 });
  return `${origin}/commands/${world.team}/${id}`;
}

export function commandPayload(from: Origin, user: string, channel: string, text: string): Payload {
  const { world } = from;
  const person = world.users.get(user);
  return {
    token: 'legacy',
    team_id: person?.kind === 'external' ? 'T0ELSEWHERE' : world.team,
    team_domain: 'zapas',
    channel_id: channel,
    channel_name: world.channels.get(channel)?.name ?? 'directmessage',
    user_id: user,
    user_name: person?.name ?? 'nobody',
    command: '/zapas',
    text,
    api_app_id: world.app,
    is_enterprise_install: 'false',
    response_url: responseUrl(from, channel, user),
    trigger_id: world.trigger(user),
  };
}

/** What every interactive event says about who and where. */
function interaction({ world }: Origin, user: string): Payload {
  const person = world.users.get(user);
  const name = person?.name ?? 'nobody';
  const team_id = person?.kind === 'external' ? 'T0ELSEWHERE' : world.team;
  return {
    team: { id: world.team, domain: 'zapas' },
    user: { id: user, username: name, name, team_id },
    api_app_id: world.app,
    token: 'legacy',
    is_enterprise_install: false,
    enterprise: null,
  };
}

export interface Pressed {
  readonly user: string;
  readonly channel: string;
  readonly message: string;
  readonly action: { readonly action_id: string; readonly value: string; readonly text: object };
}

export function pressPayload(from: Origin, { user, channel, message: ts, action }: Pressed): Payload {
  const { world } = from;
  const message = find(world, channel, ts);
  return {
    type: 'block_actions',
    ...interaction(from, user),
    container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: message?.only !== undefined },
    trigger_id: world.trigger(user),
    channel: { id: channel, name: world.channels.get(channel)?.name ?? 'directmessage' },
    ...(message?.only === undefined && { message: messageOf(world, message, ts) }),
    state: { values: {} },
    response_url: responseUrl(from, channel, user),
    actions: [{ ...action, type: 'button', block_id: 'block', action_ts: world.nextTs() }],
  };
}

function messageOf({ bot, app, team }: World, message: Message | undefined, ts: string): object {
  const { text = '', blocks = [] } = message ?? {};
  return { type: 'message', user: bot.user, bot_id: bot.id, app_id: app, team, ts, text, blocks };
}

export function submitPayload(from: Origin, user: string, view: string, values: object): Payload {
  return {
    type: 'view_submission',
    ...interaction(from, user),
    trigger_id: from.world.trigger(user),
    view: describeView(from.world, view, values),
    response_urls: [],
  };
}

export function suggestPayload(from: Origin, user: string, view: string, action: string, value: string): Payload {
  return {
    type: 'block_suggestion',
    ...interaction(from, user),
    container: { type: 'view', view_id: view },
    action_id: action,
    block_id: action,
    value,
    view: describeView(from.world, view),
  };
}

/** What Slack shows because of an acknowledgement or of a use of a response URL. */
export function showAnswer(world: World, { channel, user }: { channel: string; user: string }, payload: Payload): void {
  const { text, blocks, response_type } = payload;
  if (text === undefined && blocks === undefined) return;
  if (response_type === 'in_channel') world.violations.push('an answer for one person went to the channel');
  const refusal = blocks === undefined ? undefined : refuseMessage(blocks);
  if (refusal) return void world.violations.push(`an answer: ${refusal.error}: ${refusal.messages.join(' ')}`);
  if (typeof text === 'string' && /<[!@#]/.test(text)) world.violations.push(`the text of an answer mentions: ${text}`);
  add(world, {
    channel,
    text: typeof text === 'string' ? text : '',
    blocks: Array.isArray(blocks) ? blocks : [],
    only: user,
  });
}

/** What Slack does with an open modal after its submission was acknowledged. */
export function afterSubmit(world: World, id: string, payload: Payload): void {
  const view = world.views.get(id);
  if (!view) return;
  const { response_action: action, errors, view: next } = payload;
  if (action === 'errors') {
    view.errors = errors as Readonly<Record<string, string>>;
    return;
  }
  if (action !== 'update') {
    if (action !== undefined && action !== 'clear')
      world.violations.push(`unknown response_action ${JSON.stringify(action)}`);
    view.open = false;
    return;
  }
  const refusal = refuseView(next);
  if (refusal) return void world.violations.push(`an updated view: ${refusal.messages.join(' ')}`);
  view.content = next as ViewContent;
  view.hash = `${world.nextTs()}.hash`;
}

/** The names offered; none when Slack would not show them. */
export function offered(world: World, payload: Payload): readonly string[] {
  const { options } = payload;
  const refusal = refuseOptions(options);
  if (refusal) {
    world.violations.push(`options: ${refusal.messages.join(' ')}`);
    return [];
  }
  return (options as readonly { readonly text: { readonly text: string } }[]).map(({ text }) => text.text);
}
