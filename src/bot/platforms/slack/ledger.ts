import type { WebClient } from '@slack/web-api';
import { Bounded } from './bounded.ts';
import { isUncertain } from './errors.ts';

/** Marks our messages with the key they were published by. */
const EVENT_TYPE = 'zapas_card';
/** Newest messages of a channel that are looked through for keys. */
const LOOK_BACK = 200;
/** Slack lists a thread from its beginning, so all of it is read: as much as one call gives. */
const WHOLE_THREAD = 1_000;
const REMEMBERED = 5_000;

/** Where a message stands: a channel, or a thread in it. */
export interface Spot {
  readonly channel: string;
  readonly thread?: string;
}

/** The metadata that a message is sent with. */
export interface Mark {
  readonly event_type: string;
  readonly event_payload: { readonly key: string };
}

/**
 * Makes publishing a key twice one message. Slack itself posts twice what is sent twice, so the key travels with the message and
 * the history is read: once for every place after a start, and whenever an answer got lost.
 */
export interface Ledger {
  /** The time stamp of the message of that key; it is sent only when there is none. One at a time for each key. */
  once(spot: Spot, key: string, send: (mark: Mark) => Promise<string>): Promise<string>;
}

export function createLedger(client: Pick<WebClient, 'conversations'>): Ledger {
  const sent = new Bounded<string>(REMEMBERED);
  const underWay = new Map<string, Promise<string>>();
  const read = new Set<string>();

  const look = async (spot: Spot): Promise<void> => {
    for (const { ts, key } of await history(client, spot)) sent.set(idOf(spot, key), ts);
    read.add(placeOf(spot));
  };
  const publish = async (spot: Spot, key: string, send: (mark: Mark) => Promise<string>): Promise<string> => {
    const id = idOf(spot, key);
    if (sent.get(id) === undefined && !read.has(placeOf(spot))) await look(spot);
    const found = sent.get(id);
    if (found !== undefined) return found;
    try {
      const ts = await send({ event_type: EVENT_TYPE, event_payload: { key } });
      sent.set(id, ts);
      return ts;
    } catch (error) {
      if (isUncertain(error)) read.delete(placeOf(spot));
      throw error;
    }
  };
  return {
    async once(spot, key, send) {
      const id = idOf(spot, key);
      const earlier = underWay.get(id);
      if (earlier) return await earlier;
      const act = publish(spot, key, send).finally(() => underWay.delete(id));
      underWay.set(id, act);
      return await act;
    },
  };
}

async function history(
  client: Pick<WebClient, 'conversations'>,
  { channel, thread }: Spot,
): Promise<readonly { readonly ts: string; readonly key: string }[]> {
  const asked = { channel, include_all_metadata: true };
  const { messages = [] } =
    thread === undefined
      ? await client.conversations.history({ ...asked, limit: LOOK_BACK })
      : await client.conversations.replies({ ...asked, ts: thread, limit: WHOLE_THREAD });
  return messages.flatMap(({ ts, metadata }: Message) => {
    const key = metadata?.event_type === EVENT_TYPE ? metadata.event_payload?.['key'] : undefined;
    return ts !== undefined && typeof key === 'string' ? [{ ts, key }] : [];
  });
}

/** The part of a message that counts here; the SDK's type of a reply does not know metadata. */
interface Message {
  readonly ts?: string;
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: Readonly<Record<string, unknown>> };
}

function placeOf({ channel, thread }: Spot): string {
  return `${channel} ${thread ?? ''}`;
}

function idOf(spot: Spot, key: string): string {
  return `${placeOf(spot)} ${key}`;
}
