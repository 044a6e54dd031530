import { hideSecretForms } from '../../domain/looks-like-secret.ts';
import type { Redactor } from '../../domain/redact.ts';
import { dropInvisible } from '../clean.ts';
import type { Document } from './document.ts';
import { mapText } from './document.ts';

const HIDDEN = '***';
/** Colours and movements of a terminal, which could stand in the middle of a word. */
const ANSI = new RegExp(String.raw`\p{Cc}\[[0-?]*[ -/]*[@-~]`, 'gu');

/** What hides secrets, known ones and those that look like one, in a text of any length. */
export function hiderOf(redactor: Redactor): (text: string) => string {
  return (text) => hideSecretForms(redactor.text(text));
}

/**
 * The document without secrets. A character that nobody sees does not save one from being found, nor does a line end: what two
 * neighbouring lines hold between them is hidden in both.
 */
export function withoutSecrets(document: Document, redactor: Redactor): Document {
  const hide = hiderOf(redactor);
  return mapText(
    document,
    (text) => hidden(text, hide),
    (lines) => hiddenLines(lines, hide),
  );
}

/** The text as it is, unless something in it has to be hidden; then as it is seen. */
function hidden(text: string, hide: (text: string) => string): string {
  const seen = visible(text);
  const shown = hide(seen);
  return shown === seen ? text : shown;
}

function hiddenLines(lines: readonly string[], hide: (text: string) => string): readonly string[] {
  const seen = withoutKeys(lines.flatMap((line) => visible(line).split('\n')));
  const ranges = seen.map((line) => ({ from: 0, to: line.length }));
  for (const [index, one] of seen.entries()) {
    const [next, mine, other] = [seen[index + 1], ranges[index], ranges[index + 1]];
    if (next === undefined || !mine || !other) continue;
    const both = hide(one + next);
    if (both === hide(one) + hide(next)) continue;
    mine.to = common(one, both, (text, at) => text[at]);
    other.from = next.length - common(next, both, (text, at) => text.at(-1 - at));
  }
  const shown = seen.map((line, index) => {
    const { from, to } = ranges[index] ?? { from: 0, to: 0 };
    return `${from > 0 ? HIDDEN : ''}${hide(line.slice(from, to))}${to < line.length ? HIDDEN : ''}`;
  });
  const nothing =
    seen.length === lines.length && !seen.includes(HIDDEN) && shown.every((line, at) => line === seen[at]);
  return nothing ? lines : shown;
}

/** How many characters the two have in common, from one end. */
function common(one: string, other: string, at: (text: string, index: number) => string | undefined): number {
  let length = 0;
  while (length < one.length && at(one, length) === at(other, length)) length += 1;
  return length;
}

const KEY_BEGINS = /BEGIN [A-Z ]*PRIVATE KEY/;
const KEY_ENDS = /END [A-Z ]*PRIVATE KEY/;

/** A private key spans many lines, from its head, wherever that is broken, to its end or that of everything. */
function withoutKeys(lines: readonly string[]): readonly string[] {
  let inside = false;
  return lines.map((line, index) => {
    inside ||= KEY_BEGINS.test(line) || KEY_BEGINS.test(line + (lines[index + 1] ?? ''));
    const hidden = inside;
    if (KEY_ENDS.test(line) || KEY_ENDS.test((lines[index - 1] ?? '') + line)) inside = false;
    return hidden ? HIDDEN : line;
  });
}

/** Each line by itself: a line end is no invisible character. */
function visible(text: string): string {
  return text
    .replaceAll(ANSI, '')
    .split('\n')
    .map((line) => dropInvisible(line.replaceAll('\t', ' ')).normalize('NFKC'))
    .join('\n');
}
