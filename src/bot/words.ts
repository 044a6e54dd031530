import { dropInvisible } from './clean.ts';

/** One word of a typed command, as it was meant. */
export interface Word {
  readonly text: string;
  /** In quotes: never read as an option. */
  readonly quoted: boolean;
  /** `--name=value`: the name; the text is then the value. `--name`: the name, without text. */
  readonly option?: string;
  readonly hasValue: boolean;
}

export type Words = { readonly ok: true; readonly words: readonly Word[] } | { readonly ok: false };

const DOUBLE = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033';
const SINGLE = "'\u2018\u2019\u201a\u201b\u2039\u203a";
/** ASCII twice, or once any dash that keyboards and chats make of it. */
const OPTION = /^(?:-{2}|-?[\u2010-\u2015\u2212]{1,2}-?)([\p{L}][\p{L}\p{N}\u2010-\u2015\u2212-]*)(=)?/u;
const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/**
 * What chats and keyboards make of a typed line, undone: links become their label, entities their character, every kind of space
 * a plain one; characters nobody sees are dropped.
 */
export function normalise(typed: string): string {
  const readable = typed
    .replaceAll(/<([^<>|]*)\|([^<>|]*)>/g, '$2')
    .replaceAll(/<((?:https?|mailto):[^<>\s]*)>/g, '$1')
    .replaceAll(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity)
    .replaceAll(/[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+/g, ' ');
  return dropInvisible(readable).normalize('NFC').trim();
}

/** The words of a normalised line; not ok when a quote is never closed. */
export function splitWords(line: string): Words {
  const words: Word[] = [];
  let rest = line;
  while (rest !== '') {
    const option = OPTION.exec(rest);
    const name = option?.[1]?.replaceAll(/[\u2010-\u2015\u2212]/g, '-');
    const hasValue = option?.[2] !== undefined;
    const from = option ? option[0].length : 0;
    if (option && !hasValue && rest.length > from && rest[from] !== ' ') {
      // Not the end of the word yet: no name of an option after all.
      const word = until(rest, ' ');
      words.push({ text: word, quoted: false, hasValue: false, option: word.replace(/^[-\u2010-\u2015\u2212]+/, '') });
      rest = rest.slice(word.length).trimStart();
      continue;
    }
    const value = option && !hasValue ? { text: '', length: 0, quoted: false } : readValue(rest.slice(from));
    if (!value) return { ok: false };
    words.push({ text: value.text, quoted: value.quoted, hasValue, ...(name !== undefined && { option: name }) });
    rest = rest.slice(from + value.length).trimStart();
  }
  return { ok: true, words };
}

interface Value {
  readonly text: string;
  readonly length: number;
  readonly quoted: boolean;
}

/** A word or a quoted text at the beginning of the line; undefined for a double quote without its partner. */
function readValue(line: string): Value | undefined {
  const first = line[0] ?? '';
  const quotes = [DOUBLE, SINGLE].find((kind) => first !== '' && kind.includes(first));
  if (!quotes) return plain(line);
  for (let at = 1; at < line.length; at += 1) {
    const closes = quotes.includes(line[at] ?? '') && (at + 1 === line.length || line[at + 1] === ' ');
    if (closes) return { text: line.slice(1, at), length: at + 1, quoted: true };
  }
  // An apostrophe begins words, too.
  return quotes === SINGLE ? plain(line) : undefined;
}

function plain(line: string): Value {
  const text = until(line, ' ');
  return { text, length: text.length, quoted: false };
}

function until(line: string, end: string): string {
  const at = line.indexOf(end);
  return at === -1 ? line : line.slice(0, at);
}
