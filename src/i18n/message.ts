import { IntlMessageFormat } from 'intl-messageformat';
import type { Language } from '../domain/inventory.ts';

/** The value shown where one is missing. */
export const MISSING = '«?»';
/** The branch of a `select` that is taken when its argument is missing: the text does without it. */
const ABSENT = 'absent';

export type Params = Readonly<Record<string, string | number>>;

/** How a message uses an argument. `select` and `plural` arguments may be missing where the message provides for it. */
export interface Argument {
  readonly name: string;
  readonly used: 'text' | 'number' | 'plural' | 'select';
  readonly options: readonly string[];
}

/** A message, ready to be filled. */
export interface Message {
  readonly arguments: readonly Argument[];
  /** The text, and the names of arguments that it wanted and did not get. */
  format(params: Params): { readonly text: string; readonly missing: readonly string[] };
}

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

/** Compiles an ICU message. Throws a SyntaxError for a malformed one; the catalogues' test finds those. */
export function compileMessage(language: Language, source: string): Message {
  const format = new IntlMessageFormat(source, language, undefined, { ignoreTag: true });
  const found = format.getAst().flatMap(argumentsOf);
  return {
    arguments: found,
    format(params) {
      const values: Record<string, string | number> = {};
      for (const [name, value] of Object.entries(params))
        values[name] = found.some((one) => one.name === name && isNumeric(one)) ? asNumber(value) : value;
      const lacking = found.filter(({ name }) => params[name] === undefined);
      // The use that can do without the value decides what stands in for it.
      for (const argument of lacking.toSorted((one, other) => Number(isOptional(one)) - Number(isOptional(other))))
        values[argument.name] = standIn(argument);
      const text = String(format.format(values));
      return { text, missing: text.includes(MISSING) ? [...new Set(lacking.map(({ name }) => name))] : [] };
    },
  };
}

function isNumeric({ used }: Argument): boolean {
  return used === 'plural' || used === 'number';
}

function asNumber(value: string | number): string | number {
  const number = Number(value);
  return typeof value === 'string' && (value.trim() === '' || Number.isNaN(number)) ? value : number;
}

function isOptional({ used, options }: Argument): boolean {
  return (used === 'select' && options.includes(ABSENT)) || (used === 'plural' && options.includes('=0'));
}

function standIn(argument: Argument): string | number {
  if (argument.used === 'plural' && isOptional(argument)) return 0;
  return argument.used === 'select' && isOptional(argument) ? ABSENT : MISSING;
}

function argumentsOf(element: Element): readonly Argument[] {
  if (!('value' in element) || typeof element.value !== 'string') return [];
  const name = element.value;
  if ('options' in element) {
    const options = Object.keys(element.options);
    const inner = Object.values(element.options).flatMap(({ value }) => value.flatMap(argumentsOf));
    return [{ name, used: 'pluralType' in element ? 'plural' : 'select', options }, ...inner];
  }
  // 0 is literal text, 1 a plain argument, 2 a number; dates and times are formatted before they get here.
  const type: number = element.type;
  if (type === 1) return [{ name, used: 'text', options: [] }];
  return type === 2 ? [{ name, used: 'number', options: [] }] : [];
}
