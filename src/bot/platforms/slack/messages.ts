import type { WebClient } from '@slack/web-api';
import type { Card } from '../../../domain/card.ts';
import type { ChatPlatform } from '../../platform.ts';
import { platformError, refusesShape } from './errors.ts';
import type { Mark, Spot } from './ledger.ts';
import { createLedger } from './ledger.ts';
import type { Rendered } from './render.ts';
import { renderCard, renderLeast } from './render.ts';
import { uploadFile } from './upload.ts';

/** What is written into channels. */
type Messages = Pick<ChatPlatform, 'publish' | 'update' | 'reply' | 'notice'>;

export interface MessagesDeps {
  /** Retries nothing: Slack posts twice what is sent twice. */
  readonly writer: WebClient;
  readonly reader: WebClient;
  readonly warn: (fields: object, message: string) => void;
}

/** Nothing in a text becomes a link, a preview or a mention. */
const LITERAL = { parse: 'none', link_names: false } as const;
const NO_PREVIEWS = { unfurl_links: false, unfurl_media: false } as const;

export function createMessages({ writer, reader, warn }: MessagesDeps): Messages {
  const ledger = createLedger(reader);
  /** Sends the card; when Slack takes offence at its shape, as little of it as can stand for it. */
  const shaped = async <Sent>(card: Card, alert: boolean, act: (message: Rendered) => Promise<Sent>): Promise<Sent> => {
    try {
      return await act(renderCard(card, { alert }));
    } catch (error) {
      if (!refusesShape(error)) throw error;
      warn({ card: card.id, error: String(error) }, 'slack refused a card; it is shown in short');
      return await act(renderLeast(card, { alert }));
    }
  };
  const post = async ({ channel, thread }: Spot, card: Card, metadata: Mark): Promise<string> => {
    const where = { channel, ...(thread !== undefined && { thread_ts: thread }) };
    const { ts = '' } = await shaped(card, card.alerts === true, ({ text, blocks }) =>
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- Slack's method, not the browser's.
      writer.chat.postMessage({ text, blocks, ...where, ...LITERAL, ...NO_PREVIEWS, metadata }),
    );
    const { commands } = renderCard(card, { alert: false });
    if (commands !== undefined) void append({ channel, thread: thread ?? ts }, card, commands);
    return ts;
  };
  /** The message is what counts; that its thread lacks a file is only noted. */
  const append = async (spot: Spot, { title }: Card, commands: string): Promise<void> => {
    try {
      await uploadFile(writer, spot, { name: 'commands.txt', content: Buffer.from(commands), alt: title });
    } catch (error) {
      warn({ error: String(error) }, 'the commands of a card could not be put into its thread');
    }
  };
  const once = async (spot: Spot, card: Card, key: string): Promise<string> =>
    await mapped(ledger.once(spot, key, (mark) => post(spot, card, mark)));
  return {
    publish: async (place, card, key) => ({ place, message: await once({ channel: place.channel }, card, key) }),
    async reply({ place, message }, card, key) {
      await once({ channel: place.channel, thread: message }, card, key);
    },
    async update({ place, message: ts }, card) {
      const channel = place.channel;
      // Text and blocks always together: a text alone takes the blocks away.
      await mapped(
        shaped(card, false, ({ text, blocks }) => writer.chat.update({ text, blocks, ...LITERAL, channel, ts })),
      );
    },
    async notice({ account: user }, { channel }, card) {
      await mapped(
        shaped(card, false, ({ text, blocks }) =>
          writer.chat.postEphemeral({ text, blocks, ...LITERAL, channel, user }),
        ),
      );
    },
  };
}

/** Settles as the promise does, with errors in the words of the port. */
export async function mapped<Value>(act: Promise<Value>): Promise<Value> {
  try {
    return await act;
  } catch (error) {
    throw platformError(error);
  }
}
