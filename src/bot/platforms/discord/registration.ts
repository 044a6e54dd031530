import type {
  APIApplicationCommandBasicOption,
  APIApplicationCommandSubcommandGroupOption,
  APIApplicationCommandSubcommandOption,
  RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js';
import { ApplicationCommandOptionType, ApplicationCommandType } from 'discord.js';
import type { Language } from '../../../domain/inventory.ts';
import { createTranslator } from '../../../i18n/translate.ts';
import type { Command } from '../../commands.ts';
import type { CommandGroup } from '../../groups.ts';
import { COMMAND_GROUPS, groupOf, membersOf } from '../../groups.ts';
import type { Option } from '../../options.ts';
import { optionsOf } from '../../options.ts';
import { LIMITS } from './limits.ts';
import { cut } from './markdown.ts';

/** The one command people type; what they want is its subcommand. */
export const ROOT = 'zapas';
/** docs, application commands: names are lower case. */
const NAME = /^[-_\p{Ll}\p{N}]{1,32}$/u;

type Body = RESTPostAPIChatInputApplicationCommandsJSONBody;

const speakers = { en: createTranslator('en', 'UTC'), pl: createTranslator('pl', 'UTC') };

/**
 * What is registered for these commands: one root with a subcommand each, in groups or by itself, described in English and Polish. Throws a RangeError
 * when Discord would not take it, which a test finds before anybody else.
 */
export function registrationOf(commands: readonly Command[]): Body {
  const alone = commands.filter(({ name }) => groupOf(name) === undefined).map(subcommand);
  const groups = (Object.keys(COMMAND_GROUPS) as readonly CommandGroup[]).flatMap((group) => grouped(group, commands));
  const options = [...alone, ...groups];
  const body: Body = {
    name: ROOT,
    type: ApplicationCommandType.ChatInput,
    ...described('discord.command', ROOT),
    options,
  };
  check(options.length <= LIMITS.commandOptions, `${options.length} subcommands and groups`);
  check(weight(body) <= LIMITS.command, `${weight(body)} characters`);
  return body;
}

/** A group with its commands; nothing where none of them is there. */
function grouped(
  name: CommandGroup,
  commands: readonly Command[],
): readonly APIApplicationCommandSubcommandGroupOption[] {
  const members = membersOf(name);
  const options = commands.filter((command) => members.includes(command.name)).map(subcommand);
  if (options.length === 0) return [];
  check(options.length <= LIMITS.commandOptions, `${options.length} subcommands of ${name}`);
  return [
    { type: ApplicationCommandOptionType.SubcommandGroup, name, ...described(`discord.group.${name}`, name), options },
  ];
}

function subcommand(command: Command): APIApplicationCommandSubcommandOption {
  check(NAME.test(command.name), command.name);
  // Discord wants what is required first.
  const options = optionsOf(command).toSorted((one, other) => Number(other.required) - Number(one.required));
  check(options.length <= LIMITS.commandOptions, `${options.length} options of ${command.name}`);
  return {
    type: ApplicationCommandOptionType.Subcommand,
    name: command.name,
    ...described(`command.${command.name}`, command.name),
    options: options.map((option) => basicOption(command, option)),
  };
}

function basicOption(command: Command, option: Option): APIApplicationCommandBasicOption {
  check(NAME.test(option.flag), `${command.name} ${option.flag}`);
  check(option.choices.length <= LIMITS.commandOptions, `choices of ${command.name} ${option.flag}`);
  const common = { name: option.flag, ...described(`option.${option.name}`, option.name), required: option.required };
  switch (option.kind) {
    case 'integer':
      return { ...common, type: ApplicationCommandOptionType.Integer };
    case 'boolean':
      return { ...common, type: ApplicationCommandOptionType.Boolean };
    case 'choice': {
      const choices = option.choices.map((choice) => ({ name: choice, value: choice }));
      return { ...common, type: ApplicationCommandOptionType.String, choices };
    }
    case 'text':
      return { ...common, type: ApplicationCommandOptionType.String, autocomplete: isCompleted(command, option.name) };
  }
}

/** Names are completed; what a person writes in their own words is not. */
function isCompleted({ order }: Command, option: string): boolean {
  return order.includes(option);
}

/** What is typed so far, as a line: `failover dem`, for whatever completes it. */
export function lineSoFar(
  command: Command,
  values: Readonly<Record<string, string | number | boolean>>,
  focused: string,
): string {
  const options = optionsOf(command);
  const value = ({ name, flag }: Option): string => String(values[flag] ?? values[name] ?? '');
  const at = command.order.findIndex((name) =>
    options.some((option) => option.name === name && option.flag === focused),
  );
  const before = command.order.slice(0, Math.max(0, at)).map((name) => options.find((option) => option.name === name));
  const last = options.find(({ flag }) => flag === focused);
  // A word stands for each option before, so that the last one is what is completed.
  const words = before.map((option) => (option && value(option).split(/\s/)[0]) || '-');
  return [command.name, ...words, last ? value(last) : ''].join(' ');
}

function described(key: string, fallback: string): { description: string; description_localizations: { pl: string } } {
  const say = (language: Language): string =>
    cut(speakers[language].sayIf(key, {}, fallback), LIMITS.commandDescription);
  return { description: say('en'), description_localizations: { pl: say('pl') } };
}

/** Characters as Discord counts them: names, descriptions (the longest of the translations) and choices. */
function weight(node: unknown): number {
  if (Array.isArray(node)) return node.reduce((sum: number, one: unknown) => sum + weight(one), 0);
  if (typeof node !== 'object' || node === null) return 0;
  let sum = 0;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'description' && 'description_localizations' in node)
      sum += Math.max(String(value).length, ...Object.values(node.description_localizations ?? {}).map(lengthOf));
    else if (key === 'name' || key === 'value') sum += lengthOf(value);
    else if (key !== 'description_localizations') sum += weight(value);
  }
  return sum;
}

function lengthOf(value: unknown): number {
  return String(value).length;
}

/** Is what Discord has what these commands need? It adds ids, versions and defaults of its own. */
export function isRegistered(registered: readonly unknown[], wanted: Body): boolean {
  const [only, ...more] = registered;
  return only !== undefined && more.length === 0 && covers(only, wanted);
}

/** Everything wanted is there, with nothing more of the kind: no other options, choices or translations. */
function covers(there: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    const list = Array.isArray(there) ? there : [];
    return list.length === wanted.length && wanted.every((one, at) => covers(list[at], one));
  }
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof there !== 'object' || there === null) return wanted === null || Object.keys(wanted).length === 0;
    const found = new Map<string, unknown>(Object.entries(there));
    const lists = ['options', 'choices'].filter((key) => !(key in wanted));
    if (lists.some((key) => ((found.get(key) ?? []) as readonly unknown[]).length > 0)) return false;
    return Object.entries(wanted).every(([key, value]) => covers(found.get(key), value));
  }
  // What is false or empty by default may be left away in the answer.
  return there === wanted || (there === undefined && wanted === false);
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new RangeError(`Discord does not take the commands: ${what}`);
}
