import type { ChatPlatform, Place } from '../../../src/bot/platform.ts';
import { createSlackPlatform, SLACK_CAPABILITIES } from '../../../src/bot/platforms/slack/slack.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Actor, ChatDriver, Reaction, Seen, SeenForm } from '../../contracts/chat-driver.ts';
import type { Acknowledged, Payload } from './events.ts';
import {
  afterSubmit,
  commandPayload,
  offered,
  pressPayload,
  showAnswer,
  submitPayload,
  suggestPayload,
} from './events.ts';
import type { FakeSlack } from './server.ts';
import { createFakeSlack } from './server.ts';
import type { Message, User, ViewBlock } from './world.ts';
import { buttonsOf, textsOf } from './world.ts';

const USERS: Readonly<Record<Actor, User>> = {
  anna: { id: 'U0ANNA', name: 'anna', kind: 'member', locale: 'pl-PL' },
  piotr: { id: 'U0PIOTR', name: 'piotr', kind: 'member', locale: 'pl-PL' },
  ewa: { id: 'U0EWA', name: 'ewa', kind: 'member', locale: 'en-US' },
  jan: { id: 'U0JAN', name: 'jan', kind: 'member', locale: 'pl-PL' },
  obcy: { id: 'U0OBCY', name: 'obcy', kind: 'member', locale: 'pl-PL' },
  stranger: { id: 'U0STRANGER', name: 'stranger', kind: 'member', locale: 'de-DE' },
  guest: { id: 'U0GUEST', name: 'guest', kind: 'guest', locale: 'pl-PL' },
  external: { id: 'U0EXTERNAL', name: 'external', kind: 'external', locale: 'en-GB' },
  bot: { id: 'U0OTHERBOT', name: 'other-bot', kind: 'bot', locale: 'en-US' },
};

const OPS = 'C0OPS';
const APPROVALS = 'G0APPROVALS';
/** After an acknowledgement without anything to see, a form or an answer is waited for so long. */
const FORM_MS = 1_500;

/** A workspace with those people, the bot in its two channels. */
export async function openWorkspace(): Promise<FakeSlack> {
  const fake = await createFakeSlack();
  const channel = { member: true, archived: false, shared: false };
  fake.world.channels.set(OPS, { id: OPS, name: 'ops', isPrivate: false, ...channel });
  fake.world.channels.set(APPROVALS, { id: APPROVALS, name: 'approvals', isPrivate: true, ...channel });
  for (const user of Object.values(USERS)) fake.world.users.set(user.id, user);
  return fake;
}

/** The adapter over that workspace, by Socket Mode. */
export function platformOver(
  fake: FakeSlack,
  warn: (fields: object, message: string) => void = () => undefined,
): ChatPlatform {
  return createSlackPlatform({
    botToken: new Secret(fake.botToken),
    events: { by: 'socket', appToken: new Secret(fake.appToken), apartMs: 0 },
    team: fake.world.team,
    channels: [OPS, APPROVALS],
    language: 'pl',
    apiUrl: fake.apiUrl,
    warn,
  });
}

/** The suite lives a day in a minute, so the account's edits are not rationed here; that they are is specified elsewhere. */
function hurried(fake: FakeSlack): ChatPlatform {
  return { ...platformOver(fake), can: { ...SLACK_CAPABILITIES, perMinute: Number.POSITIVE_INFINITY } };
}

/** Slack's side of the behaviour suite. */
export async function openSlackDriver(): Promise<ChatDriver> {
  const fake = await openWorkspace();
  fake.faults.rationed = false;
  return driverOver(fake);
}

function place(channel: string): Place {
  return { platform: 'slack', channel };
}

/** People at their screens in that workspace. */
export function driverOver(fake: FakeSlack): ChatDriver {
  const { world, outbox } = fake;
  const ops = place(OPS);
  const screens = new Map<string, ReturnType<typeof buttonsOf>[number]>();

  /** Sends the event, as often as asked; what the first delivery got is what the person sees. */
  const send = async (
    kind: 'slash_commands' | 'interactive',
    payload: Payload,
    twice: boolean,
    show: (got: Acknowledged) => void,
  ): Promise<Acknowledged> => {
    const copies = await Promise.all(Array.from({ length: twice ? 2 : 1 }, () => outbox.send(kind, payload)));
    for (const copy of copies) show(copy);
    const [first = { ms: undefined, payload: {} }] = copies;
    return first;
  };
  const reactionTo = async (user: string, trigger: unknown, before: number, got: Acknowledged): Promise<Reaction> => {
    const until = Date.now() + FORM_MS;
    const answered = (): boolean => world.messages.slice(before).some(({ only }) => only === user);
    const opened = (): boolean => world.triggers.get(String(trigger))?.used ?? false;
    while (got.ms !== undefined && !answered() && !opened() && Date.now() < until) await pause(5);
    const view = opened() ? [...world.views.values()].findLast((one) => one.user === user && one.open) : undefined;
    return { ackMs: got.ms, ...(view && { form: await seeForm(fake, user, view.id) }) };
  };
  return {
    name: 'slack',
    platform: hurried(fake),
    restarted: () => hurried(fake),
    ops,
    approvals: place(APPROVALS),
    account: (actor) => USERS[actor].id,
    async type(actor, line, at = ops, { twice = false } = {}) {
      const user = USERS[actor].id;
      const payload = commandPayload(fake, user, at.channel, line);
      const before = world.messages.length;
      const show = (got: Acknowledged): void => showAnswer(world, { channel: at.channel, user }, got.payload);
      const got = await send('slash_commands', payload, twice, show);
      return await reactionTo(user, payload['trigger_id'], before, got);
    },
    async screen(actor, at = ops) {
      const user = USERS[actor].id;
      const standing = world.messages.filter((one) => one.channel === at.channel && !one.deleted);
      for (const { ts, blocks } of standing) {
        for (const button of buttonsOf(blocks)) screens.set(`${ts} ${button.text.text}`, button);
      }
      const roots = standing.filter(
        ({ thread, only }) => thread === undefined && (only === undefined || only === user),
      );
      await Promise.resolve();
      return roots.map((root) => see(fake, root, standing));
    },
    async press(actor, message, label, { twice = false } = {}) {
      const user = USERS[actor].id;
      const root = world.messages.find(({ ts }) => ts === message.id);
      const action = screens.get(`${message.id} ${label}`);
      if (!root || !action) throw new Error(`nobody ever saw a button ${label} there`);
      const payload = pressPayload(fake, { user, channel: root.channel, message: root.ts, action });
      const before = world.messages.length;
      const got = await send('interactive', payload, twice, () => undefined);
      return await reactionTo(user, payload['trigger_id'], before, got);
    },
    async submit(actor, form, values) {
      const user = USERS[actor].id;
      const state = await fillIn(fake, user, form.id, values);
      if (!state) return { ackMs: 0, form };
      const payload = submitPayload(fake, user, form.id, state);
      const got = await send('interactive', payload, false, ({ payload: answer }) =>
        afterSubmit(world, form.id, answer),
      );
      const stays = world.views.get(form.id)?.open === true;
      return { ackMs: got.ms, ...(stays && { form: await seeForm(fake, user, form.id) }) };
    },
    async remove(message) {
      for (const one of world.messages) if (one.ts === message.id) one.deleted = true;
      await Promise.resolve();
    },
    faults: {
      rateLimit(milliseconds) {
        fake.faults.limitedUntil = Date.now() + milliseconds;
      },
      outage(milliseconds) {
        fake.faults.outUntil = Date.now() + milliseconds;
      },
      loseNextAnswer() {
        fake.faults.loseAnswer = true;
      },
    },
    violations: () => fake.violations,
    close: () => fake.close(),
  };
}

function see({ world }: FakeSlack, root: Message, standing: readonly Message[]): Seen {
  const replies = standing.filter(({ thread }) => thread === root.ts);
  const files = [root, ...replies].flatMap(({ files: ids }) => ids.flatMap((id) => world.files.get(id) ?? []));
  return {
    id: root.ts,
    text: textsOf(root.blocks).join('\n') || root.text,
    buttons: buttonsOf(root.blocks).map(({ text }) => text.text),
    private: root.only !== undefined,
    thread: replies.filter(({ files: ids }) => ids.length === 0).map(({ blocks }) => textsOf(blocks).join('\n')),
    files: files.map(({ name, alt, title, size }) => ({ name, alt: alt || title, bytes: size })),
    alerts: root.calls,
  };
}

async function seeForm(fake: FakeSlack, user: string, id: string): Promise<SeenForm> {
  const { content, errors } = fake.world.views.get(id) ?? { content: { title: { text: '' }, blocks: [] }, errors: {} };
  const inputs = inputsOf(content.blocks);
  const fields = inputs.map(async (block) => {
    const name = block.block_id ?? '';
    const label = block.label?.text ?? '';
    if (block.element?.type === 'plain_text_input') return { name, label };
    const options = block.element?.options?.map(({ text }) => text.text) ?? (await search(fake, user, id, name, ''));
    return { name, label, options };
  });
  const text = [content.title.text, ...textsOf(content.blocks), ...Object.values(errors)].join('\n');
  return { id, title: content.title.text, text, fields: await Promise.all(fields) };
}

function inputsOf(blocks: readonly ViewBlock[]): readonly ViewBlock[] {
  return blocks.filter(({ type }) => type === 'input');
}

async function search(
  fake: FakeSlack,
  user: string,
  view: string,
  field: string,
  typed: string,
): Promise<readonly string[]> {
  const { payload } = await fake.outbox.send('interactive', suggestPayload(fake, user, view, field, typed));
  return offered(fake.world, payload);
}

/** The state of the modal; undefined when Slack's own program would not send it, because a required field is empty. */
async function fillIn(
  fake: FakeSlack,
  user: string,
  id: string,
  values: Readonly<Record<string, string>>,
): Promise<object | undefined> {
  const state: Record<string, object> = {};
  for (const block of inputsOf(fake.world.views.get(id)?.content.blocks ?? [])) {
    const { block_id: name = '', element, optional = false } = block as ViewBlock & { readonly optional?: boolean };
    const typed = values[name] ?? '';
    if (typed === '' && !optional) return undefined;
    state[name] = { [name]: await answerOf(fake, user, id, name, element, typed) };
  }
  return state;
}

async function answerOf(
  fake: FakeSlack,
  user: string,
  view: string,
  name: string,
  element: ViewBlock['element'],
  typed: string,
): Promise<object> {
  const type = element?.type ?? '';
  if (type === 'plain_text_input') return { type, value: typed === '' ? null : typed };
  if (typed === '') return { type, selected_option: null };
  const labels = element?.options?.map(({ value }) => value) ?? (await search(fake, user, view, name, typed));
  if (!labels.includes(typed)) throw new Error(`${typed} is none of ${labels.join(', ')}`);
  return { type, selected_option: { text: { type: 'plain_text', text: typed }, value: typed } };
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
