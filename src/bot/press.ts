import type { Delivery, DeliveryStore } from '../domain/delivery.ts';
import type { Priority } from './lane.ts';
import type { Layout, Wanted } from './layout.ts';
import type { Channelled, Message } from './message.ts';
import { isDue, keyOf, placeOf, retired, write } from './message.ts';
import type { BotMetrics } from './metrics.ts';
import type { Outlet } from './outlet.ts';
import type { Place } from './platform.ts';
import { PlatformError } from './platform.ts';
import type { Saver } from './saver.ts';
import type { Turnstile } from './turnstile.ts';

export interface PublisherDeps {
  readonly platforms: readonly Channelled[];
  readonly deliveries: DeliveryStore;
  /** Lays out a run or an alert as it is now. `followed` is where somebody asked for a run to be shown. Undefined: there is no such thing. */
  readonly draw: (subject: string, followed: readonly Place[]) => Promise<Layout | undefined>;
  /** Tells whoever asked for it that a message is gone; called once for a place. */
  readonly report?: (gone: Delivery) => Promise<void>;
  readonly metrics?: Pick<BotMetrics, 'onDelivery' | 'onRefused'>;
  readonly warn: (fields: object, message: string) => void;
}

/** What is known of one run or alert. */
interface Topic {
  readonly subject: string;
  /** Undefined: its rows were not read yet. */
  messages: Map<string, Message> | undefined;
  /** It has rows of an earlier process. */
  resumed: boolean;
  dirty: boolean;
  looking: boolean;
  lookedAt: number;
  /** Looks in a row that failed. */
  failures: number;
  over: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** The inside of a publisher: subjects with their messages, and one way out for each platform. */
export interface Press {
  readonly deps: PublisherDeps;
  readonly topics: Map<string, Topic>;
  readonly messages: Map<string, readonly [Topic, Message]>;
  readonly outlets: Map<string, Outlet>;
  readonly saver: Saver;
  /** Looks take turns: a burst of changes must not keep people from the store. */
  readonly turn: Turnstile;
  /** Those who wait until nothing is due. */
  readonly waiting: (() => void)[];
  /** Least milliseconds between two looks at one subject. */
  readonly lookMs: number;
  stopping: boolean;
}

/** The first wait after a look at which the store did not answer, and the longest. */
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** Timers are no longer than that. */
const LONGEST_SLEEP_MS = 3_600_000;

export function isIdle({ saver, outlets, topics }: Press): boolean {
  return (
    saver.idle() &&
    [...outlets.values()].every((outlet) => outlet.idle()) &&
    [...topics.values()].every(({ dirty, looking }) => !dirty && !looking)
  );
}

/** Wakes those who wait until nothing is due, if that is so. */
export function ring(press: Press): void {
  if (press.waiting.length > 0 && isIdle(press)) for (const resolve of press.waiting.splice(0)) resolve();
}

export function topicOf({ topics }: Press, subject: string): Topic {
  const fresh = {
    messages: undefined,
    resumed: false,
    dirty: false,
    looking: false,
    lookedAt: 0,
    failures: 0,
    over: false,
    timer: undefined,
  };
  const topic = topics.get(subject) ?? { subject, ...fresh };
  topics.set(subject, topic);
  return topic;
}

/** Takes up messages; those known already stay as they are known. */
export function learn(press: Press, topic: Topic, rows: readonly Delivery[]): Map<string, Message> {
  const first = topic.messages === undefined;
  topic.messages ??= new Map();
  for (const row of rows) {
    const key = keyOf(row);
    if (topic.messages.has(key) || !press.outlets.has(row.platform)) continue;
    // What was wanted before this process began may have been sent by the one before it.
    const uncertain = first && row.state === 'wanted';
    const message = { key, row, wanted: undefined, uncertain, behindSince: undefined };
    topic.messages.set(key, message);
    press.messages.set(key, [topic, message]);
  }
  return topic.messages;
}

/** It is looked at again, soon. */
export function touch(press: Press, topic: Topic): void {
  topic.dirty = true;
  if (!topic.looking) schedule(press, topic, press.stopping ? 0 : topic.lookedAt + press.lookMs - Date.now());
}

function schedule(press: Press, topic: Topic, milliseconds: number): void {
  clearTimeout(topic.timer);
  const wait = Math.min(LONGEST_SLEEP_MS, Math.max(0, milliseconds));
  topic.timer = setTimeout(() => void look(press, topic), wait);
}

async function look(press: Press, topic: Topic): Promise<void> {
  Object.assign(topic, { dirty: false, looking: true, lookedAt: Date.now() });
  try {
    const layout = await press.turn(() => survey(press, topic));
    Object.assign(topic, { looking: false, failures: 0 });
    if (topic.dirty) touch(press, topic);
    else if (layout?.lookAt !== undefined && !press.stopping) schedule(press, topic, layout.lookAt - Date.now());
    close(press, topic);
  } catch (error) {
    press.deps.warn(
      { about: topic.subject, error: String(error) },
      'what messages are about could not be looked at; it is tried again',
    );
    Object.assign(topic, { looking: false, dirty: true, failures: topic.failures + 1 });
    schedule(press, topic, Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (topic.failures - 1)));
  }
  ring(press);
}

/** Compares what stands with what there should be, and tells the outlets what is due. */
async function survey(press: Press, topic: Topic): Promise<Layout | undefined> {
  const { subject } = topic;
  const { deliveries, draw } = press.deps;
  // Most runs are other people's questions, which are shown nowhere: they cost one look, and no rows are read.
  if (!topic.messages && !topic.resumed && !(await draw(subject, []))?.messages.length) return unseen(topic);
  const known = topic.messages ?? learn(press, topic, await deliveries.want(subject, []));
  const layout = await draw(subject, followed(subject, known.values()));
  const drawn = new Map((layout?.messages ?? []).map((wanted) => [keyOf(rowKey(subject, wanted)), wanted]));
  const fresh = [...drawn].filter(([key, { standing }]) => !standing && !known.has(key));
  if (fresh.length > 0)
    learn(
      press,
      topic,
      await deliveries.want(
        subject,
        fresh.map(([, wanted]) => rowKey(subject, wanted)),
      ),
    );
  topic.over = layout?.over ?? true;
  for (const message of known.values()) {
    message.wanted = drawn.get(message.key) ?? retired(message);
    assess(press, topic, message);
  }
  expectOutcomes(press);
  return layout;
}

function unseen(topic: Topic): undefined {
  // It may have been followed meanwhile.
  topic.over = topic.messages === undefined;
}

/** Where somebody asked for the run to be shown. */
function followed(subject: string, messages: Iterable<Message>): readonly Place[] {
  return [...messages].filter(({ row }) => row.card === `run:${subject}`).map(({ row }) => placeOf(row));
}

function rowKey(subject: string, { place, card }: Wanted): Parameters<typeof keyOf>[0] {
  return { subject, ...place, card: card.id };
}

/** Tells the outlet whether this message is due. */
function assess(press: Press, topic: Topic, message: Message): void {
  const { row, wanted } = message;
  const outlet = press.outlets.get(row.platform);
  if (wanted && isDue(message, parentOf(topic, message))) {
    message.behindSince ??= Date.now();
    const bornAt = row.publishedAt === undefined ? undefined : Date.parse(row.publishedAt);
    outlet?.want(message.key, { priority: bornAt === undefined ? soon(wanted.priority) : wanted.priority, bornAt });
    return;
  }
  message.behindSince = undefined;
  outlet?.drop(message.key);
  // What still waits for its thread is not over.
  const waits = wanted !== undefined && row.state === 'wanted' && parentOf(topic, message)?.state !== 'gone';
  if (topic.over && !waits && !row.final) keep(press, message, { ...row, final: true });
}

/** Somebody waits for the first sight of a run. */
function soon(priority: Priority): Priority {
  return priority === 'progress' ? 'result' : priority;
}

function parentOf({ messages }: Topic, { row, wanted }: Message): Delivery | undefined {
  return wanted?.under === undefined ? undefined : messages?.get(keyOf({ ...row, card: wanted.under }))?.row;
}

function keep(press: Press, message: Message, row: Delivery): void {
  message.row = row;
  press.saver.save(message.key, row);
}

/** Writes a message as it should be now. Throws {@link PlatformError}. */
export async function writeMessage(press: Press, platform: Channelled, key: string): Promise<void> {
  const [topic, message] = press.messages.get(key) ?? [];
  if (!topic || !message?.wanted) return;
  const { wanted, uncertain, row: before } = message;
  const row = await write(platform, message, parentOf(topic, message));
  if (message.behindSince !== undefined)
    press.deps.metrics?.onDelivery(platform.id, Date.now() - message.behindSince, wanted.priority);
  message.behindSince = undefined;
  // A message that stood there before shows what it was first published with.
  message.uncertain = uncertain && before.message === undefined;
  keep(press, message, row);
}

/** A write is over: finds out what is due of the message next. */
export function wrote(press: Press, key: string, error: unknown): void {
  const [topic, message] = press.messages.get(key) ?? [];
  if (!topic || !message) return;
  if (error !== undefined) press.deps.metrics?.onRefused(message.row.platform, kindOf(error));
  if (error !== undefined && kindOf(error) === 'gone') lost(press, topic, message);
  else if (error !== undefined && message.row.message === undefined) message.uncertain = true;
  // What belongs into its thread may be due now, too.
  for (const one of topic.messages?.values() ?? [])
    if (one === message || one.wanted?.under !== undefined) assess(press, topic, one);
  close(press, topic);
  ring(press);
}

/** Somebody deleted it, or its place is no more. */
function lost(press: Press, topic: Topic, message: Message): void {
  const { row, wanted } = message;
  if (wanted?.asks && row.message !== undefined) {
    const { subject, platform, channel, card, reported } = row;
    const anew = { subject, platform, channel, card, reported, final: false } as const;
    return keep(press, message, { ...anew, state: 'wanted', round: row.round + 1 });
  }
  const here = [...(topic.messages?.values() ?? [])].map((one) => one.row).filter((one) => isSamePlace(one, row));
  const told = here.some(({ reported }) => reported);
  keep(press, message, { ...row, state: 'gone', reported: true });
  if (!told) void tell(press, message);
}

function isSamePlace(one: Delivery, other: Delivery): boolean {
  return one.platform === other.platform && one.channel === other.channel;
}

async function tell({ deps, saver }: Press, { key, row }: Message): Promise<void> {
  // Written down first: told never is better than told twice.
  await saver.kept(key);
  try {
    await deps.report?.(row);
  } catch (error) {
    deps.warn({ about: row.subject, error: String(error) }, 'nobody could be told that a message is gone');
  }
}

/** What is over and shown needs no memory. */
function close(press: Press, topic: Topic): void {
  const known = [...(topic.messages?.values() ?? [])];
  if (!topic.over || topic.dirty || topic.looking || known.some(({ row }) => !row.final)) return;
  clearTimeout(topic.timer);
  press.topics.delete(topic.subject);
  for (const { key, row } of known) {
    press.messages.delete(key);
    press.outlets.get(row.platform)?.forget(key);
  }
  expectOutcomes(press);
}

/** Everything under way will want to tell its outcome. */
function expectOutcomes({ topics, outlets }: Press): void {
  const going = [...topics.values()].filter(({ over }) => !over);
  for (const [id, outlet] of outlets) {
    const stands = ({ messages }: Topic): boolean =>
      [...(messages?.values() ?? [])].some(({ row }) => row.platform === id);
    outlet.expect(going.filter(stands).length);
  }
}

function kindOf(error: unknown): PlatformError['kind'] {
  return error instanceof PlatformError ? error.kind : 'unavailable';
}
