import type { APIMessageTopLevelComponent, RawFile, REST } from 'discord.js';
import { ButtonStyle, ComponentType, InteractionResponseType, MessageFlags, Routes } from 'discord.js';
import type { Card, Form } from '../../../domain/card.ts';
import type { Language } from '../../../domain/inventory.ts';
import { translate } from '../../../i18n/translate.ts';
import { renderCard as renderPlain } from '../terminal/render.ts';
import { PLAIN } from '../terminal/style.ts';
import { CODES, codeOf } from './failures.ts';
import type { Subject } from './ids.ts';
import { againId } from './ids.ts';
import type { Values } from './modal.ts';
import { renderForm } from './modal.ts';
import type { Content } from './post.ts';
import { NOBODY, renderCard } from './render.ts';

/** What an answer goes to: an interaction, as long as its token lives. */
export interface Token {
  readonly id: string;
  readonly application: string;
  readonly token: string;
}

/** A button that opens a form. */
export interface Opener extends Subject {
  readonly language: Language;
  /** It was open before. */
  readonly again: boolean;
}

/** Answers to interactions. They are seen by one person alone, and never by anybody once the token is dead. */
export interface Answers {
  /** The promise to work on it. False: it came too late or not through; the person was told so by Discord. */
  defer(to: Token): Promise<boolean>;
  form(to: Token, form: Form, typed: Values): Promise<boolean>;
  names(to: Token, names: readonly string[]): Promise<void>;
  /** Replaces the promise. Never throws. */
  show(to: Token, cards: readonly Card[], opener?: Opener): Promise<void>;
  /** One more message. Throws what Discord says. */
  add(to: Token, card: Card, opener?: Opener): Promise<void>;
}

/** Characters of a line in the file that has what a message had no room for. */
const FILE_WIDTH = 120;
const FILE = 'zapas.txt';

export function createAnswers(rest: REST, warn: (fields: object, message: string) => void): Answers {
  /** The first answer, once more where the line failed. */
  const first = async ({ id, token }: Token, body: object): Promise<boolean> => {
    const send = (): Promise<unknown> => rest.post(Routes.interactionCallback(id, token), { body, auth: false });
    try {
      if ((await arrived(send)) || (await arrived(send))) return true;
      warn({ interaction: id }, 'Discord could not be reached in time; what was asked for is not done');
    } catch (error) {
      warn({ interaction: id, error: String(error) }, 'Discord refused an answer; what was asked for is not done');
    }
    return false;
  };
  const add = async ({ application, token }: Token, card: Card, opener?: Opener): Promise<void> => {
    const { body, files } = messageOf(card, opener);
    await rest.post(Routes.webhook(application, token), { body, ...files, auth: false });
  };
  return {
    defer: (to) =>
      first(to, {
        type: InteractionResponseType.DeferredChannelMessageWithSource,
        data: { flags: MessageFlags.Ephemeral },
      }),
    form: (to, form, typed) => first(to, { type: InteractionResponseType.Modal, data: renderForm(form, typed) }),
    async names(to, names) {
      const choices = names.map((name) => ({ name, value: name }));
      await first(to, { type: InteractionResponseType.ApplicationCommandAutocompleteResult, data: { choices } });
    },
    async show(to, cards, opener) {
      const original = Routes.webhookMessage(to.application, to.token, '@original');
      const [card, ...more] = cards;
      try {
        if (!card) return void (await rest.delete(original, { auth: false }));
        const { body, files } = messageOf(card, more.length === 0 ? opener : undefined);
        await rest.patch(original, { body: { ...body, flags: MessageFlags.IsComponentsV2 }, ...files, auth: false });
        for (const next of more) await add(to, next, next === more.at(-1) ? opener : undefined);
      } catch (error) {
        warn({ interaction: to.id, error: String(error) }, 'an answer could not be shown');
      }
    },
    add,
  };
}

/** One more message to one person alone, with files. Throws what Discord says. */
export async function handTo(rest: REST, { application, token }: Token, content: Content): Promise<void> {
  const { container, files = [], attachments } = content;
  const flags = MessageFlags.IsComponentsV2 | MessageFlags.Ephemeral;
  const body = { flags, components: [container], allowed_mentions: NOBODY, attachments };
  await rest.post(Routes.webhook(application, token), { body, files: [...files], auth: false });
}

/** Did Discord take it? One whose answer got lost was taken, and the next one is told so. Throws when it was refused. */
async function arrived(send: () => Promise<unknown>): Promise<boolean> {
  try {
    await send();
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === CODES.alreadyAnswered) return true;
    if (code !== undefined) throw error;
    return false;
  }
}

/** The message for one person; what had no room goes along as a file. */
function messageOf(card: Card, opener: Opener | undefined): { body: object; files: { files?: RawFile[] } } {
  const { container, cut } = renderCard(card);
  const button: readonly APIMessageTopLevelComponent[] = opener ? [openerRow(opener)] : [];
  const file: readonly APIMessageTopLevelComponent[] = cut
    ? [{ type: ComponentType.File, file: { url: `attachment://${FILE}` } }]
    : [];
  const body = {
    flags: MessageFlags.IsComponentsV2 | MessageFlags.Ephemeral,
    components: [container, ...file, ...button],
    allowed_mentions: NOBODY,
    ...(cut && { attachments: [{ id: '0', filename: FILE }] }),
  };
  return { body, files: cut ? { files: [{ name: FILE, data: wholeText(card), contentType: 'text/plain' }] } : {} };
}

function wholeText(card: Card): string {
  const lines = renderPlain(card, { style: PLAIN, width: FILE_WIDTH, numberOf: () => undefined });
  return lines.map((line) => line.trimEnd()).join('\n');
}

function openerRow({ language, again, ...subject }: Opener): APIMessageTopLevelComponent {
  const label = translate(language, again ? 'discord.button.again' : 'discord.button.form');
  const button = {
    type: ComponentType.Button,
    style: ButtonStyle.Primary,
    custom_id: againId(subject),
    label,
  } as const;
  return { type: ComponentType.ActionRow, components: [button] };
}
