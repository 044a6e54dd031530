import type {
  AutocompleteInteraction,
  ChatInputCommandInteraction,
  Interaction,
  ModalSubmitInteraction,
} from 'discord.js';
import { ApplicationCommandOptionType } from 'discord.js';
import type { Card, Form } from '../../../domain/card.ts';
import type { Language } from '../../../domain/inventory.ts';
import type { Key } from '../../../i18n/catalogue.ts';
import type { Params } from '../../../i18n/message.ts';
import { translate } from '../../../i18n/translate.ts';
import type { Command } from '../../commands.ts';
import type { Account, Answer, Finished, Handlers } from '../../platform.ts';
import type { Answers, Opener, Token } from './answers.ts';
import type { FormMemory } from './form-memory.ts';
import type { Subject } from './ids.ts';
import { subjectOf } from './ids.ts';
import { DEADLINES, LIMITS } from './limits.ts';
import type { Values } from './modal.ts';
import { chosen } from './modal.ts';
import { accountOf, placeOf } from './people.ts';
import { lineSoFar } from './registration.ts';

export interface InteractionsDeps {
  readonly handlers: Handlers;
  readonly answers: Answers;
  readonly forms: FormMemory;
  readonly commands: readonly Command[];
  readonly guild: string;
  /** Told of every interaction that can be answered once more, from when it was answered on. */
  readonly alive: (who: Account, to: Token, answered: Promise<void>) => void;
  readonly warn: (fields: object, message: string) => void;
}

/** After that long somebody who waits is told that it takes long; the bot itself says so a little earlier. */
const GUARD_MS = 2_500;
/** The last moment at which a promise can still be taken back. */
const LAST_WORD_MS = DEADLINES.tokenMs - 60_000;
/** Ids of interactions that are remembered: after a RESUME the gateway may repeat them. */
const REMEMBERED = 5_000;

interface Act {
  readonly who: Account & { readonly language: Language };
  readonly to: Token;
  readonly again?: Opener;
}

/** Takes what people do, once each, and answers within the time Discord gives, whatever the handlers do. Never throws. */
export function createInteractions(deps: InteractionsDeps): (interaction: Interaction) => Promise<void> {
  const seen = new Set<string>();
  return async (interaction) => {
    if (seen.has(interaction.id)) return;
    seen.add(interaction.id);
    const [oldest] = seen;
    if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
    try {
      await take(deps, interaction);
    } catch (error) {
      deps.warn({ interaction: interaction.id, error: String(error) }, 'an interaction could not be handled');
    }
  };
}

async function take(deps: InteractionsDeps, interaction: Interaction): Promise<void> {
  const { handlers, guild } = deps;
  const known = accountOf(interaction, guild);
  const who = { ...known, language: known.language ?? 'en' };
  const { id, applicationId: application, token } = interaction;
  const act: Act = { who, to: { id, application, token } };
  const incoming = { who, place: placeOf(interaction), delivery: id };
  if (interaction.isAutocomplete()) return await complete(deps, act, interaction);
  if (interaction.isChatInputCommand()) {
    const input = { name: interaction.options.getSubcommand(false) ?? '', values: valuesOf(interaction) };
    return await respond(deps, act, () => handlers.command({ ...incoming, input }));
  }
  if (interaction.isButton()) {
    const subject = subjectOf(interaction.customId);
    if (!subject) return await say(deps, act, 'discord.old-button');
    const { verb, payload } = subject;
    const kept = subject.again ? deps.forms.find(who.account, subject) : undefined;
    if (kept) return void (await deps.answers.form(act.to, kept.form, kept.typed));
    return await respond(deps, act, () => handlers.press({ ...incoming, verb, payload }));
  }
  if (!interaction.isModalSubmit()) return;
  const subject = subjectOf(interaction.customId);
  if (!subject) return await say(deps, act, 'discord.old-button');
  await submit(deps, act, subject, typedInto(interaction), (values) =>
    handlers.submit({ ...incoming, verb: subject.verb, payload: subject.payload, values }),
  );
}

/** A form that came back. Discord opens no form as an answer to one, so a refused one can be opened again by a button. */
async function submit(
  deps: InteractionsDeps,
  act: Act,
  subject: Subject,
  values: Values,
  handle: (values: Values) => Answer,
): Promise<void> {
  const { account, language } = act.who;
  const kept = deps.forms.find(account, subject);
  const again: Opener | undefined = kept && { ...subject, language, again: true };
  if (!kept) return await respond(deps, act, () => handle(values));
  deps.forms.keep(account, kept.form, values);
  const meant = chosen(kept.form, values);
  if (meant.ok) return await respond(deps, { ...act, ...(again && { again }) }, () => handle(meant.values));
  const { field, typed, nearest } = meant;
  const params = { field, typed, ...(nearest.length > 0 && { nearest: nearest.join(', ') }) };
  const text = translate(language, 'discord.form.unknown', params);
  const card = note('failure', translate(language, 'discord.broken.title'), text);
  if (await deps.answers.defer(act.to)) await deps.answers.show(act.to, [card], again);
}

/** The first answer at once, then what became of it. */
async function respond(deps: InteractionsDeps, act: Act, handle: () => Answer): Promise<void> {
  const { answers, forms, warn } = deps;
  const { who, to } = act;
  let answer: Answer;
  try {
    answer = handle();
  } catch (error) {
    warn({ interaction: to.id, error: String(error) }, 'a handler failed');
    return await say(deps, act, 'discord.broken');
  }
  if (answer.now === 'work') {
    if (!(await answers.defer(to))) return;
    // Files may be handed over before the work is done.
    const answered = Promise.resolve().then(() => work(deps, act, answer));
    deps.alive(who, to, answered);
    return await answered;
  }
  forms.keep(who.account, answer.form, {});
  if (act.again === undefined) return void (await answers.form(to, answer.form, {}));
  await say(deps, act, 'discord.form', { ...answer.form, language: who.language, again: false });
}

/** Shows what became of it; says so when that takes long, and at the last moment when nothing came. */
async function work(deps: InteractionsDeps, act: Act, answer: Answer & { readonly now: 'work' }): Promise<void> {
  const { answers, warn } = deps;
  const { to, who } = act;
  let shown: Promise<void> = Promise.resolve();
  const tell = (key: 'discord.working' | 'discord.unanswered'): void => {
    shown = shown.then(() => answers.show(to, [noteOf(who.language, key, 'progress')]));
  };
  const timers = [
    setTimeout(() => tell('discord.working'), GUARD_MS),
    setTimeout(() => tell('discord.unanswered'), LAST_WORD_MS).unref(),
  ];
  const finished = await answer.finish().catch((error: unknown): Finished => {
    warn({ interaction: to.id, error: String(error) }, 'a handler failed');
    return { ok: false, cards: [noteOf(who.language, 'discord.unanswered', 'failure')] };
  });
  for (const timer of timers) clearTimeout(timer);
  await shown;
  await answers.show(to, finished.cards, finished.ok ? undefined : act.again);
}

async function complete(deps: InteractionsDeps, { who, to }: Act, interaction: AutocompleteInteraction): Promise<void> {
  const { name: focused } = interaction.options.getFocused(true);
  const command = deps.commands.find(({ name }) => name === interaction.options.getSubcommand(false));
  const line = command && lineSoFar(command, valuesOf(interaction), focused);
  const names = line === undefined ? [] : deps.handlers.complete(who, line);
  const fitting = names.filter((name) => name !== '' && name.length <= LIMITS.completion);
  await deps.answers.names(to, [...new Set(fitting)].slice(0, LIMITS.completions));
}

type Said = 'discord.working' | 'discord.unanswered' | 'discord.broken' | 'discord.form' | 'discord.old-button';

async function say({ answers }: InteractionsDeps, { to, who }: Act, key: Said, opener?: Opener): Promise<void> {
  if (await answers.defer(to)) await answers.show(to, [noteOf(who.language, key, 'warning')], opener);
}

function noteOf(language: Language, key: Said, tone: Card['tone'], params: Params = {}): Card {
  const title: Key = `${key}.title`;
  return note(tone, translate(language, title), translate(language, `${key}.text`, params));
}

function note(tone: Card['tone'], title: string, text: string): Card {
  const blocks = [{ kind: 'text', style: 'plain', text }] as const;
  return { id: 'note', rev: 0, tone, title, blocks, buttons: [], fallback: title };
}

/** What was entered, by the names of the options. */
function valuesOf(
  interaction: ChatInputCommandInteraction | AutocompleteInteraction,
): Readonly<Record<string, string | number | boolean>> {
  const [outer] = interaction.options.data;
  const inner = outer?.type === ApplicationCommandOptionType.SubcommandGroup ? outer.options?.[0] : outer;
  const given = inner?.type === ApplicationCommandOptionType.Subcommand ? (inner.options ?? []) : [];
  return Object.fromEntries(given.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
}

function typedInto({ fields }: ModalSubmitInteraction): Values {
  const values: Record<string, string> = {};
  for (const [name, field] of fields.fields) {
    // Polish letters may come apart into two characters each.
    if ('value' in field && typeof field.value === 'string') values[name] = field.value.normalize('NFC');
    else if ('values' in field) values[name] = field.values[0] ?? '';
  }
  return values;
}

/** What a form that cannot be opened is replaced by. */
export function openerFor(form: Form, language: Language): { readonly card: Card; readonly opener: Opener } {
  const { verb, payload } = form;
  return { card: noteOf(language, 'discord.form', 'question'), opener: { verb, payload, language, again: false } };
}
