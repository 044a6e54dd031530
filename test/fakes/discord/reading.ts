import type { Seen, SeenForm } from '../../contracts/chat-driver.ts';
import { flatten, list, SILENT_FLAG, text } from './rules.ts';
import type { Message, World } from './world.ts';

type Json = Readonly<Record<string, unknown>>;

/** An escaped character, a fence, a code span, and what markup there is. The first that matches is meant. */
const MARKUP = /\\([^0-9A-Za-z\s])|```\n?([\s\S]*?)\n?```|`([^`\n]+)`|^(?:#{1,3} |-# |>{1,3} )|\*\*|__|~~|\|\|/gm;

/** What somebody reads where that markdown stands. Escaped characters are read as they are, the others disappear. */
export function readMarkdown(source: string): string {
  return source.replaceAll(
    MARKUP,
    (_, escaped: string | undefined, fenced: string | undefined, code: string | undefined) =>
      escaped ?? fenced ?? code ?? '',
  );
}

/** Texts, labels of buttons and names of files in reading order. */
function wholeText(components: unknown): string {
  return flatten(components)
    .flatMap((one) => (typeof one['content'] === 'string' ? [readMarkdown(one['content'])] : []))
    .join('\n');
}

export function seen(world: World, message: Message): Seen {
  const thread = world.in(message.id).filter(({ only }) => only === undefined);
  const files = [message, ...thread].flatMap((one) => one.files);
  return {
    id: message.id,
    text: [message.content, wholeText(message.components)].filter((text) => text !== '').join('\n'),
    buttons: flatten(message.components).flatMap((one) => (one['type'] === 2 ? [text(one['label'])] : [])),
    private: message.only !== undefined || world.channels.get(message.channel)?.type === 1,
    thread: thread.map((one) => wholeText(one.components)),
    files: files.map(({ name, alt, bytes }) => ({ name, alt, bytes: bytes.length })),
    alerts: message.only === undefined && (message.flags & SILENT_FLAG) === 0,
  };
}

export function seenForm(id: string, modal: Json): SeenForm {
  const labels = list(modal['components']).filter((one) => one['type'] === 18);
  const texts = flatten(modal['components']).flatMap((one) =>
    [one['content'] === undefined ? undefined : readMarkdown(text(one['content'])), one['label'], one['description']]
      .filter((text) => text !== undefined && text !== null)
      .map(String),
  );
  return {
    id,
    title: text(modal['title']),
    text: [text(modal['title']), ...texts].join('\n'),
    fields: labels.map((one) => {
      const inner = one['component'] as Json;
      const options = list(inner['options']).map((option) => text(option['label']));
      return {
        name: text(inner['custom_id']),
        label: text(one['label']),
        ...(inner['type'] === 3 && { options }),
      };
    }),
  };
}
