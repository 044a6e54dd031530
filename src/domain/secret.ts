import { inspect } from 'node:util';

/**
 * A value that must never be shown: passwords, key material, tokens.
 *
 * Every ordinary way of turning it into text (string conversion, template literal, JSON, console) gives `***`; only
 * {@link Secret.reveal} gives the value, so a search for `.reveal(` lists every place that can leak one.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The clear value. Call it only where the bytes leave for the host that needs them. */
  reveal(): string {
    return this.#value;
  }

  toString(): '***' {
    return '***';
  }

  toJSON(): '***' {
    return '***';
  }

  [inspect.custom](): '***' {
    return '***';
  }
}

/** Text, or text that must not be shown. */
export type Word = string | Secret;

/** The clear text of a word. */
export function revealWord(word: Word): string {
  return typeof word === 'string' ? word : word.reveal();
}
