import { createHash } from 'node:crypto';
import type { APIComponentInContainer, REST } from 'discord.js';
import { ComponentType, Routes } from 'discord.js';
import type { Card } from '../../../domain/card.ts';
import { cleanLine } from '../../clean.ts';
import type { Attachment, ChatPlatform, MessageRef } from '../../platform.ts';
import { CODES, codeOf, toPlatformError } from './failures.ts';
import { LIMITS } from './limits.ts';
import { cut, plain } from './markdown.ts';
import { createMemory } from './memory.ts';
import type { Content, Poster } from './post.ts';
import { containerOf, createPoster } from './post.ts';
import { renderCard } from './render.ts';

/** The half of the port that writes to channels: by the bot's own token, never by that of an interaction. */
type Messages = Pick<ChatPlatform, 'publish' | 'update' | 'reply' | 'upload'>;

const DAY_MINUTES = 1_440;

export function createMessages(rest: REST): Messages {
  const poster = createPoster(rest);
  const titles = createMemory<string>();
  const below = createThreads(rest, poster);
  const nameFor = (ref: MessageRef, otherwise: string): string => titles.get(ref.message) ?? cleanLine(otherwise);
  return {
    publish: (place, card, key) =>
      told(async () => {
        const message = await poster.post(place.channel, key, contentOf(card));
        titles.set(message, cleanLine(card.title));
        return { place, message };
      }),
    update: (ref, card) => told(() => poster.redraw(ref, renderCard(card).container)),
    reply: (ref, card, key) =>
      told(() => below(ref, nameFor(ref, card.title), `${ref.message} ${key}`, contentOf(card))),
    upload: (ref, file) =>
      told(() => {
        const digest = createHash('sha256').update(file.content).digest('hex');
        return below(ref, nameFor(ref, file.alt), `${ref.message} ${file.name} ${digest}`, contentOfFile(file));
      }),
  };
}

/** Posts below a message, in its thread, which it makes when there is none. */
function createThreads(
  rest: REST,
  poster: Poster,
): (ref: MessageRef, name: string, key: string, content: Content) => Promise<void> {
  const known = createMemory<string>();
  const open = async ({ place, message }: MessageRef, name: string): Promise<{ id: string; fresh: boolean }> => {
    const thread = known.get(message);
    if (thread !== undefined) return { id: thread, fresh: false };
    const body = { name: cut(name, LIMITS.threadName) || message, auto_archive_duration: DAY_MINUTES };
    try {
      await rest.post(Routes.threads(place.channel, message), { body });
    } catch (error) {
      const code = codeOf(error);
      if (code !== CODES.threadExists && code !== CODES.wrongChannelType) throw error;
      // A thread has the id of its message. A message that stands in a thread itself can have none.
      const id = code === CODES.threadExists ? message : place.channel;
      known.set(message, id);
      return { id, fresh: false };
    }
    known.set(message, message);
    return { id: message, fresh: true };
  };
  return async (ref, name, key, content) => {
    const { id, fresh } = await open(ref, name);
    try {
      await poster.post(id, key, content, fresh);
    } catch (error) {
      // Somebody has deleted the thread; the message can have another one.
      if (codeOf(error) !== CODES.unknownChannel || !known.delete(ref.message)) throw error;
      await poster.post((await open(ref, name)).id, key, content, true);
    }
  };
}

function contentOf(card: Card): Content {
  return { container: renderCard(card).container, alerts: card.alerts ?? false };
}

/** A file with its caption. */
export function contentOfFile(file: Attachment): Content {
  const filename = safeName(file.name);
  const description = cut(cleanLine(file.alt) || filename, LIMITS.attachmentDescription);
  const url = `attachment://${filename}`;
  const caption = { type: ComponentType.TextDisplay, content: `-# ${plain(description, LIMITS.caption)}` } as const;
  const shown: APIComponentInContainer = /\.(png|jpe?g|gif|webp)$/i.test(filename)
    ? { type: ComponentType.MediaGallery, items: [{ media: { url }, description }] }
    : { type: ComponentType.File, file: { url } };
  return {
    container: containerOf([caption, shown]),
    alerts: false,
    // Of a log that is too long the end is what matters.
    files: [{ name: filename, data: Buffer.from(file.content).subarray(-LIMITS.file) }],
    attachments: [{ id: '0', filename, description }],
  };
}

/** A name that an `attachment://` address can carry. */
function safeName(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9._-]+/g, '_').slice(-80);
  return safe === '' || safe.startsWith('.') ? `file${safe}` : safe;
}

async function told<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw toPlatformError(error);
  }
}
