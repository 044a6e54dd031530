import type { Language } from '../domain/inventory.ts';
import type { Key } from './catalogue.ts';
import { CATALOGUES, isKey } from './catalogue.ts';
import type { Message, Params } from './message.ts';
import { compileMessage } from './message.ts';
import { formatBytes, formatDuration, formatMoment, formatNumber } from './units.ts';

/** Told when a text did not get a value it names; the text shows `«?»` there. */
export type OnMissing = (key: Key, names: readonly string[]) => void;

const compiled = new Map<string, Message>();

/**
 * The text of that name in that language. A missing value shows as `«?»` (or leaves its part of the text away, where the text
 * provides for that) and is reported; it never throws for data.
 */
export function translate(language: Language, key: Key, params: Params = {}, onMissing: OnMissing = ignore): string {
  const id = `${language} ${key}`;
  let message = compiled.get(id);
  if (!message) {
    message = compileMessage(language, CATALOGUES[language][key]);
    compiled.set(id, message);
  }
  const { text, missing } = message.format(params);
  if (missing.length > 0) onMissing(key, missing);
  return text;
}

/** Everything that is said to one reader: their language, and the clock of the site it is about. */
export interface Translator {
  readonly language: Language;
  readonly timeZone: string;
  say(key: Key, params?: Params): string;
  /** For names that come from data, such as those of steps: the fallback where the catalogue does not know the name. */
  sayIf(name: string, params: Params, fallback: string): string;
  bytes(bytes: number | string): string;
  /** Milliseconds. */
  duration(milliseconds: number): string;
  number(value: number): string;
  /** An ISO 8601 moment. */
  moment(moment: string): string;
  clock(moment: string): string;
}

/** A translator for that reader and that site's time zone. */
export function createTranslator(language: Language, timeZone: string, onMissing: OnMissing = ignore): Translator {
  const say = (key: Key, params: Params = {}): string => translate(language, key, params, onMissing);
  return {
    language,
    timeZone,
    say,
    sayIf: (name, params, fallback) => (isKey(name) ? say(name, params) : fallback),
    bytes: (bytes) => formatBytes(language, bytes),
    duration: (milliseconds) => formatDuration(language, milliseconds),
    number: (value) => formatNumber(language, value),
    moment: (moment) => formatMoment(language, timeZone, moment),
    clock: (moment) => formatMoment(language, timeZone, moment, 'clock'),
  };
}

function ignore(): void {
  // Whoever has a log passes something better.
}
