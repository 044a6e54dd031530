import { RUNBOOK_IDS } from '../domain/runbook.ts';
import type { Command, CommandName, Effect } from './commands.ts';
import { inChat, membersOf } from './groups.ts';
import { nearest } from './nearest.ts';
import type { Option } from './options.ts';
import { optionsOf } from './options.ts';
import type { Word } from './words.ts';
import { normalise, splitWords } from './words.ts';

/** Longest command, in characters. */
const LINE_LIMIT = 2_000;

/** Why a line is no command. `command` is the one it was taken for; names are as typed or as they should be. */
export type Problem =
  | { readonly kind: 'unknown-command'; readonly value: string; readonly nearest: readonly string[] }
  | {
      readonly kind: 'unknown-option';
      readonly command: CommandName;
      readonly value: string;
      readonly nearest: readonly string[];
    }
  | {
      readonly kind: 'unknown-value';
      readonly command: CommandName;
      readonly option: string;
      readonly value: string;
      readonly nearest: readonly string[];
    }
  | {
      readonly kind: 'missing';
      readonly command: CommandName;
      readonly option: string;
      /** What was given, by the input's keys; a form that asks for the rest shows it. */
      readonly given: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'repeated' | 'no-value'; readonly command: CommandName; readonly option: string }
  | { readonly kind: 'extra'; readonly command: CommandName; readonly value: string }
  | { readonly kind: 'open-quote' }
  | { readonly kind: 'too-long'; readonly limit: number };

export type Parsed =
  | { readonly ok: true; readonly command: CommandName; readonly effect: Effect }
  | { readonly ok: false; readonly problem: Problem };

/** Spellings of the terminal's commands that people bring along. */
const ALIASES: Readonly<Record<string, CommandName>> = { show: 'run', stop: 'cancel', '?': 'help' };

/**
 * Reads a typed line, with or without `/zapas` before it. It tolerates what keyboards and chats make of quotes, dashes, spaces
 * and links, and any order of options; it never guesses: a name that is not exactly there is a {@link Problem} with the nearest
 * ones. An empty line asks for help.
 */
export function parseLine(typed: string, commands: readonly Command[]): Parsed {
  if (typed.length > LINE_LIMIT) return refuse({ kind: 'too-long', limit: LINE_LIMIT });
  const split = splitWords(normalise(typed));
  if (!split.ok) return refuse({ kind: 'open-quote' });
  const words = withoutGroup(withoutPrefix(split.words));
  const [first] = words;
  if (!first) return parseValues('help', {}, commands);
  const name = first.option === undefined ? first.text.toLowerCase() : `--${first.option}`;
  const command = commandNamed(name, commands);
  if (!command) return unknownCommand(name, commands);
  const read = readOptions(command, words.slice(1));
  return 'kind' in read ? refuse(read) : finish(command, read.values);
}

/** Reads options that a platform has already told apart. Same rules, same problems. */
export function parseValues(
  name: string,
  values: Readonly<Record<string, string | number | boolean>>,
  commands: readonly Command[],
): Parsed {
  const command = commandNamed(name, commands);
  if (!command) return unknownCommand(name, commands);
  const options = optionsOf(command);
  const known: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    const option = options.find((one) => one.name === key || one.flag === key);
    if (!option) return refuse(unknownOption(command, key));
    const taken = typeof value === 'string' ? readValue(command, option, value) : { value };
    if ('kind' in taken) return refuse(taken);
    known[option.name] = taken.value;
  }
  return finish(command, known);
}

/** `/zapas` or `zapas` itself, and `run` before the name of a runbook, as on the command line. */
function withoutPrefix(words: readonly Word[]): readonly Word[] {
  const named = words[0] && /^\/?zapas$/i.test(words[0].text) ? words.slice(1) : words;
  const [first, second] = named;
  const runbook = second?.option === undefined ? second?.text.toLowerCase() : undefined;
  const startsOne = RUNBOOK_IDS.some((id) => id === runbook);
  return first?.text.toLowerCase() === 'run' && startsOne ? named.slice(1) : named;
}

/** The group of a command may stand before it. */
function withoutGroup(words: readonly Word[]): readonly Word[] {
  const [first, second] = words;
  const members = first?.option === undefined ? membersOf(first?.text.toLowerCase() ?? '') : [];
  const grouped = second?.option === undefined && members.some((name) => name === second?.text.toLowerCase());
  return grouped ? words.slice(1) : words;
}

function commandNamed(name: string, commands: readonly Command[]): Command | undefined {
  const meant = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name;
  return commands.find((command) => command.name === meant);
}

function unknownCommand(value: string, commands: readonly Command[]): Parsed {
  const names = commands.map(({ name }) => name);
  const members = membersOf(value).filter((name) => names.includes(name));
  if (members.length > 0) return refuse({ kind: 'unknown-command', value, nearest: members.map(inChat) });
  return refuse({ kind: 'unknown-command', value: value.slice(0, 40), nearest: nearest(value, names) });
}

function unknownOption(command: Command, value: string): Problem {
  const flags = optionsOf(command).map(({ flag }) => flag);
  const near = nearest(value, flags).map((flag) => `--${flag}`);
  return { kind: 'unknown-option', command: command.name, value: `--${value.slice(0, 40)}`, nearest: near };
}

/** Goes through the words once; options may stand anywhere, the others fill the positions in order. */
function readOptions(
  command: Command,
  words: readonly Word[],
): { readonly values: Readonly<Record<string, unknown>> } | Problem {
  const options = optionsOf(command);
  const values: Record<string, unknown> = {};
  const loose: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (!word) break;
    if (word.option === undefined) {
      loose.push(word.text);
      continue;
    }
    const found = findOption(options, word.option);
    if (!found) return unknownOption(command, word.option);
    const { option, negated } = found;
    if (Object.hasOwn(values, option.name)) return { kind: 'repeated', command: command.name, option: option.flag };
    let text = word.hasValue ? word.text : undefined;
    if (text === undefined && option.kind === 'boolean') text = negated ? 'false' : 'true';
    if (text === undefined) {
      const next = words[at + 1];
      if (!next || next.option !== undefined) return { kind: 'no-value', command: command.name, option: option.flag };
      text = next.text;
      at += 1;
    }
    const taken = readValue(command, option, text);
    if ('kind' in taken) return taken;
    values[option.name] = taken.value;
  }
  return readLoose(command, options, loose, values);
}

function findOption(
  options: readonly Option[],
  name: string,
): { readonly option: Option; readonly negated: boolean } | undefined {
  const wanted = name.toLowerCase();
  const option = options.find(({ flag, name: key }) => flag === wanted || key.toLowerCase() === wanted);
  if (option) return { option, negated: false };
  const negated = options.find(({ flag, kind }) => kind === 'boolean' && `no-${flag}` === wanted);
  return negated && { option: negated, negated: true };
}

function readLoose(
  command: Command,
  options: readonly Option[],
  loose: readonly string[],
  values: Readonly<Record<string, unknown>>,
): { readonly values: Readonly<Record<string, unknown>> } | Problem {
  const all: Record<string, unknown> = { ...values };
  const open = command.order.filter((name) => !Object.hasOwn(values, name));
  for (const [index, name] of open.entries()) {
    const text = loose[index];
    const option = options.find((one) => one.name === name);
    if (text === undefined || !option) break;
    const taken = readValue(command, option, text);
    if ('kind' in taken) return taken;
    all[name] = taken.value;
  }
  const extra = loose.slice(open.length);
  if (extra.length === 0) return { values: all };
  const { rest } = command;
  if (rest === undefined) return { kind: 'extra', command: command.name, value: (extra[0] ?? '').slice(0, 40) };
  if (Object.hasOwn(all, rest)) return { kind: 'repeated', command: command.name, option: rest };
  return { values: { ...all, [rest]: extra.join(' ') } };
}

const YES = ['true', 'yes', 'on', '1', 'tak'];
const NO = ['false', 'no', 'off', '0', 'nie'];

function readValue(command: Command, option: Option, text: string): { readonly value: unknown } | Problem {
  const wrong = (names: readonly string[]): Problem => ({
    kind: 'unknown-value',
    command: command.name,
    option: option.flag,
    value: text.slice(0, 40),
    nearest: nearest(text, names),
  });
  switch (option.kind) {
    case 'text':
      return { value: text };
    case 'integer':
      return /^\d{1,9}$/.test(text) ? { value: Number(text) } : wrong([]);
    case 'boolean': {
      const word = text.toLowerCase();
      if (YES.includes(word)) return { value: true };
      return NO.includes(word) ? { value: false } : wrong(['yes', 'no']);
    }
    case 'choice': {
      const chosen = option.choices.find((choice) => choice === text.toLowerCase());
      return chosen === undefined ? wrong(option.choices) : { value: chosen };
    }
  }
}

/** The schema has the last word. */
function finish(command: Command, values: Readonly<Record<string, unknown>>): Parsed {
  const parsed = command.input.safeParse(values);
  if (parsed.success) return { ok: true, command: command.name, effect: command.effect(parsed.data) };
  const name = String(parsed.error.issues[0]?.path[0] ?? '');
  const flag = optionsOf(command).find((option) => option.name === name)?.flag ?? name;
  const value = values[name];
  if (value === undefined || value === '')
    return refuse({ kind: 'missing', command: command.name, option: flag, given: values });
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  const problem = {
    kind: 'unknown-value',
    command: command.name,
    option: flag,
    value: shown.slice(0, 40),
    nearest: [],
  } as const;
  return refuse(problem);
}

function refuse(problem: Problem): Parsed {
  return { ok: false, problem };
}
