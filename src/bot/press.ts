import type { Delivery, DeliveryStore } from '../domain/delivery.ts';
import type { Priority } from './lane.ts';
import type { Layout, Wanted } from './layout.ts';
import type { Channelled, Message } from './message.ts';
import { isDue, keyOf, placeOf, retired, write } from './message.ts';
import type { Outlet } from './outlet.ts';
import type { Place, PlatformId } from './platform.ts';
import { PlatformError } from './platform.ts';
import type { Saver } from './saver.ts';

export interface PublisherDeps {
  readonly platforms: readonly Channelled[];
  readonly deliveries: DeliveryStore;
  /** Lays out the run as it is now. `followed` is where somebody asked for it to be shown. Undefined: there is no such run. */
  readonly draw: (run: string, followed: readonly Place[]) => Promise<Layout | undefined>;
  /** Tells whoever asked for the run that a message of it is gone; called once for a place. */
  readonly report?: (gone: Delivery) => Promise<void>;
  /** A message is up to date again, so many milliseconds after it had to be written. */
  readonly delivered?: (platform: PlatformId, lagMs: number, priority: Priority) => void;
  readonly warn: (fields: object, message: string) => void;
}

/** What is known of one run. */
interface Topic {
  readonly run: string;
  /** Undefined: its rows were not read yet. */
  messages: Map<string, Message> | undefined;
  dirty: boolean;
  looking: boolean;
  lookedAt: number;
  over: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** The inside of a publisher: runs with their messages, and one way out for each platform. */
export interface Press {
  readonly deps: PublisherDeps;
  readonly topics: Map<string, Topic>;
  readonly messages: Map<string, readonly [Topic, Message]>;
  readonly outlets: Map<string, Outlet>;
  readonly saver: Saver;
  /** Those who wait until nothing is due. */
  readonly waiting: (() => void)[];
  /** Least milliseconds between two looks at one run. */
  readonly lookMs: number;
  stopping: boolean;
}

/** A wait after a look at which the store did not answer. */
const RETRY_MS = 1_000;
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
  if (isIdle(press)) for (const resolve of press.waiting.splice(0)) resolve();
}

export function topicOf({ topics }: Press, run: string): Topic {
  const fresh = { messages: undefined, dirty: false, looking: false, lookedAt: 0, over: false, timer: undefined };
  const topic = topics.get(run) ?? { run, ...fresh };
  topics.set(run, topic);
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

/** The run is looked at again, soon. */
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
    const layout = await survey(press, topic);
    topic.looking = false;
    if (topic.dirty) touch(press, topic);
    else if (layout?.lookAt !== undefined && !press.stopping) schedule(press, topic, layout.lookAt - Date.now());
    close(press, topic);
  } catch (error) {
    press.deps.warn({ run: topic.run, error: String(error) }, 'a run could not be looked at; it is tried again');
    Object.assign(topic, { looking: false, dirty: true });
    schedule(press, topic, RETRY_MS);
  }
  ring(press);
}

/** Compares what stands with what there should be, and tells the outlets what is due. */
async function survey(press: Press, topic: Topic): Promise<Layout | undefined> {
  const { run } = topic;
  const { deliveries, draw } = press.deps;
  const known = topic.messages ?? learn(press, topic, await deliveries.want(run, []));
  const layout = await draw(run, followed(run, known.values()));
  const drawn = new Map((layout?.messages ?? []).map((wanted) => [keyOf(rowKey(run, wanted)), wanted]));
  const fresh = [...drawn].filter(([key, { standing }]) => !standing && !known.has(key));
  if (fresh.length > 0)
    learn(
      press,
      topic,
      await deliveries.want(
        run,
        fresh.map(([, wanted]) => rowKey(run, wanted)),
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

/** Where somebody asked for the run to be shown. */
function followed(run: string, messages: Iterable<Message>): readonly Place[] {
  return [...messages].filter(({ row }) => row.card === `run:${run}`).map(({ row }) => placeOf(row));
}

function rowKey(run: string, { place, card }: Wanted): Parameters<typeof keyOf>[0] {
  return { run, ...place, card: card.id };
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
    press.deps.delivered?.(platform.id, Date.now() - message.behindSince, wanted.priority);
  message.behindSince = undefined;
  // A message that stood there before shows what it was first published with.
  message.uncertain = uncertain && before.message === undefined;
  keep(press, message, row);
}

/** A write is over: finds out what is due of the message next. */
export function wrote(press: Press, key: string, error: unknown): void {
  const [topic, message] = press.messages.get(key) ?? [];
  if (!topic || !message) return;
  if (error instanceof PlatformError && error.kind === 'gone') lost(press, topic, message);
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
    const { run, platform, channel, card, reported } = row;
    const anew = { run, platform, channel, card, reported, final: false } as const;
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
    deps.warn({ run: row.run, error: String(error) }, 'nobody could be told that a message is gone');
  }
}

/** A run that is over and shown needs no memory. */
function close(press: Press, topic: Topic): void {
  const known = [...(topic.messages?.values() ?? [])];
  if (!topic.over || topic.dirty || topic.looking || known.some(({ row }) => !row.final)) return;
  clearTimeout(topic.timer);
  press.topics.delete(topic.run);
  for (const { key, row } of known) {
    press.messages.delete(key);
    press.outlets.get(row.platform)?.forget(key);
  }
  expectOutcomes(press);
}

/** Every run under way will want to tell its outcome. */
function expectOutcomes({ topics, outlets }: Press): void {
  const going = [...topics.values()].filter(({ over }) => !over);
  for (const [id, outlet] of outlets) {
    const stands = ({ messages }: Topic): boolean =>
      [...(messages?.values() ?? [])].some(({ row }) => row.platform === id);
    outlet.expect(going.filter(stands).length);
  }
}
