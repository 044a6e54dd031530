import { describe, expect, it } from 'vitest';
import { COMMAND_NAMES, defineCommands } from '../../src/bot/commands.ts';
import { optionsOf } from '../../src/bot/options.ts';
import { ERRORS } from '../../src/domain/errors.ts';
import { FINDINGS } from '../../src/domain/findings.ts';
import type { Language } from '../../src/domain/inventory.ts';
import type { Key } from '../../src/i18n/catalogue.ts';
import { CATALOGUES, isKey } from '../../src/i18n/catalogue.ts';
import { compileMessage, MISSING } from '../../src/i18n/message.ts';
import { ROWS } from '../../src/runbooks/postgres/log/table.ts';
import { RUNBOOKS } from '../../src/runbooks/registry.ts';

const LANGUAGES: readonly Language[] = ['en', 'pl'];
const keys = Object.keys(CATALOGUES.en) as Key[];

/** Names of the arguments, with what a `select` tells apart. Plurals differ by language on purpose. */
function contract(language: Language, key: Key): readonly string[] {
  const found = compileMessage(language, CATALOGUES[language][key]).arguments.map(({ name, used, options }) =>
    used === 'select' ? `${name}: ${[...options].sort().join(' ')}` : name,
  );
  return [...new Set(found)].sort();
}

/** Words of the English text that are no values. */
function words(key: Key): number {
  return CATALOGUES.en[key].replaceAll(/\{[^{}]*\}/g, '').match(/\p{L}{3,}/gu)?.length ?? 0;
}

describe('the catalogues', () => {
  it('have the same texts in both languages', () => {
    expect(Object.keys(CATALOGUES.pl).sort()).toEqual([...keys].sort());
    expect(keys.length).toBeGreaterThan(400);
  });

  it('name the same values in both languages', () => {
    const differing = keys.filter((key) => contract('en', key).join() !== contract('pl', key).join());
    expect(differing.map((key) => [key, contract('en', key), contract('pl', key)])).toEqual([]);
  });

  it('are both written: no Polish text is the English one', () => {
    expect(keys.filter((key) => words(key) > 4 && CATALOGUES.en[key] === CATALOGUES.pl[key])).toEqual([]);
  });

  it('use the Polish plural forms wherever they count', () => {
    const plurals = keys.flatMap((key) =>
      compileMessage('pl', CATALOGUES.pl[key])
        .arguments.filter(({ used, options }) => used === 'plural' && options.includes('one'))
        .map(({ options }) => [key, options] as const),
    );
    expect(plurals.filter(([, options]) => !options.includes('few') || !options.includes('many'))).toEqual([]);
    expect(plurals.length).toBeGreaterThan(10);
  });

  it.each(LANGUAGES)('say something for everything there is to say (%s)', (language) => {
    const steps = RUNBOOKS.flatMap(({ steps: all }) => all.map(({ id }) => `step.${id}.title`));
    const options = defineCommands(RUNBOOKS).flatMap((command) =>
      optionsOf(command).map(({ name }) => `option.${name}`),
    );
    const wanted = [
      ...Object.keys(ERRORS).flatMap((code) => [`error.${code}.what`, `error.${code}.hint`]),
      ...FINDINGS.flatMap((id) => ['title', 'detail', 'next'].map((part) => `finding.${id}.${part}`)),
      ...steps,
      ...COMMAND_NAMES.map((name) => `command.${name}`),
      ...options,
      ...ROWS.filter(({ gravity }) => gravity !== 'none').map(({ id }) => `log.${id}`),
    ];
    const silent = wanted.filter((name) => !isKey(name) || CATALOGUES[language][name].trim() === '');
    expect(silent).toEqual([]);
  });

  it.each(LANGUAGES)('survive missing values and strange ones (%s)', (language) => {
    for (const key of keys) {
      const message = compileMessage(language, CATALOGUES[language][key]);
      expect(() => message.format({})).not.toThrow();
      const strange = Object.fromEntries(message.arguments.map(({ name }) => [name, '{x} <b> \'{ \u202e ""']));
      expect(() => message.format(strange)).not.toThrow();
    }
  });

  it.each(LANGUAGES)('never leave the «?» of a missing value when every value is there (%s)', (language) => {
    for (const key of keys) {
      const message = compileMessage(language, CATALOGUES[language][key]);
      const values = Object.fromEntries(
        message.arguments.map(({ name, used, options }) => [name, used === 'select' ? (options[0] ?? '') : 2]),
      );
      expect([key, message.format(values).text]).not.toContainEqual(expect.stringContaining(MISSING));
    }
  });
});
