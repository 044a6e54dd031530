import type { Card } from '../domain/card.ts';
import type { Delivery, DeliveryKey } from '../domain/delivery.ts';
import type { Wanted } from './layout.ts';
import type { ChatPlatform, MessageRef, Place, PlatformId } from './platform.ts';

/** Where messages of one platform go. A place without threads takes what belongs into one as a message of its own. */
export type Channelled = Pick<ChatPlatform, 'id' | 'can' | 'publish' | 'update'> &
  Partial<Pick<ChatPlatform, 'reply' | 'upload'>>;

/** One message: what is known of it, and how it should look. */
export interface Message {
  readonly key: string;
  row: Delivery;
  wanted: Wanted | undefined;
  /** It may stand there already, with other contents than these. */
  uncertain: boolean;
  /** Since when the screen is behind; undefined: it is not. */
  behindSince: number | undefined;
}

export function keyOf({ subject, platform, channel, card }: DeliveryKey): string {
  return `${subject} ${platform} ${channel} ${card}`;
}

export function placeOf({ platform, channel }: DeliveryKey): Place {
  // Only adapters make places, so what stands in a row was one of theirs.
  return { platform: platform as PlatformId, channel };
}

function refOf(row: Delivery): MessageRef | undefined {
  return row.message === undefined ? undefined : { place: placeOf(row), message: row.message };
}

/** Is the screen other than it should be? `parent` is the message in whose thread it belongs. */
export function isDue({ row, wanted, uncertain }: Message, parent: Delivery | undefined): boolean {
  if (!wanted || row.state === 'gone') return false;
  if (wanted.under !== undefined) return row.state === 'wanted' && parent?.state === 'shown';
  if (row.state === 'wanted' || !row.shown || uncertain) return true;
  if (row.shown.rev > wanted.card.rev) return false;
  // Writing tells whether a question still stands: whenever something happened, that is made sure.
  if (wanted.asks && row.shown.rev < wanted.card.rev) return true;
  return looks(row.shown) !== looks(wanted.card);
}

/** Writes it as it should be, and gives what is known of it then. Throws what the platform throws. */
export async function write(
  platform: Channelled,
  { row, wanted }: Message,
  parent: Delivery | undefined,
): Promise<Delivery> {
  if (!wanted) return row;
  const { card, file } = wanted;
  const thread = wanted.under === undefined || !parent ? undefined : refOf(parent);
  if (thread && platform.reply) return await writeDetail({ ...platform, reply: platform.reply }, thread, row, wanted);
  const ref = refOf(row);
  if (ref) {
    await platform.update(ref, card);
    return { ...row, state: 'shown', shown: card };
  }
  const { message, place } = await platform.publish(placeOf(row), card, publishKey(row));
  if (file) await platform.upload?.({ message, place }, file);
  return { ...row, state: 'shown', message, shown: card, publishedAt: new Date().toISOString() };
}

async function writeDetail(
  platform: Channelled & Required<Pick<Channelled, 'reply'>>,
  thread: MessageRef,
  row: Delivery,
  { card, file }: Wanted,
): Promise<Delivery> {
  await platform.reply(thread, card, publishKey(row));
  if (file) await platform.upload?.(thread, file);
  return { ...row, state: 'shown', message: thread.message, shown: card };
}

/** What a message is published by: the same key twice is one message; an anew asked question is another. */
function publishKey({ card, round }: Delivery): string {
  return round === 1 ? card : `${card}~${round}`;
}

/** What a reader sees of it; two cards that look the same need no edit. */
function looks(card: Card): string {
  return JSON.stringify({ ...card, rev: 0 });
}

/** A message that stands but is no longer drawn: the question of an earlier gate. It loses its buttons. */
export function retired({ row }: Message): Wanted | undefined {
  if (!row.shown || row.state !== 'shown' || row.shown.buttons.length === 0) return undefined;
  return { place: placeOf(row), card: { ...row.shown, tone: 'stopped', buttons: [] }, priority: 'result' };
}
