import { z } from 'zod';
import type { Command } from './commands.ts';

/** One option as flags, chat options and forms need it. */
export interface Option {
  /** Key of the input. */
  readonly name: string;
  /** As typed: `since-start`. */
  readonly flag: string;
  readonly kind: 'text' | 'integer' | 'boolean' | 'choice';
  readonly choices: readonly string[];
  readonly required: boolean;
  readonly default?: string | number | boolean;
  /** May be given by position. */
  readonly positional: boolean;
}

interface JsonProperty {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: string | number | boolean;
}

/** The options of a command, in the order of its schema. */
export function optionsOf(command: Command): readonly Option[] {
  const schema = z.toJSONSchema(command.input, { io: 'input' });
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonProperty>>;
  return Object.entries(properties).map(([name, property]) => ({
    name,
    flag: name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    kind: kindOf(property),
    choices: property.enum ?? [],
    required: schema.required?.includes(name) ?? false,
    ...(property.default !== undefined && { default: property.default }),
    positional: command.order.includes(name) || command.rest === name,
  }));
}

function kindOf(property: JsonProperty): Option['kind'] {
  if (property.enum) return 'choice';
  if (property.type === 'integer') return 'integer';
  return property.type === 'boolean' ? 'boolean' : 'text';
}

/** How a command is written: `approve <run> [name] [--note …]`. */
export function usageOf(command: Command): string {
  const words = optionsOf(command).map(({ flag, required, positional, kind, choices, default: usual }) => {
    const value = choices.length > 0 ? choices.join('|') : flag;
    if (positional) return required ? `<${value}>` : `[${value}]`;
    if (kind === 'boolean') return usual === true ? `[--no-${flag}]` : `[--${flag}]`;
    return `[--${flag} <${choices.length > 0 ? value : kind}>]`;
  });
  return [command.name, ...words].join(' ');
}
