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
 * neighbouring lines hold between them goes with both lines.
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
  const seen = lines.map(visible);
  // A private key spans many lines.
  const whole = hide(seen.join('\n'));
  const shown = whole === seen.join('\n') ? lines : whole.split('\n');
  const bare = whole.split('\n');
  const split = (index: number): boolean => {
    const [one = '', next = ''] = [bare[index], bare[index + 1]];
    return one !== '' && next !== '' && hide(one + next) !== hide(one) + hide(next);
  };
  return shown.map((line, index) => (split(index) || split(index - 1) ? HIDDEN : line));
}

/** Each line by itself: a line end is no invisible character. */
function visible(text: string): string {
  return text
    .replaceAll(ANSI, '')
    .split('\n')
    .map((line) => dropInvisible(line.replaceAll('\t', ' ')).normalize('NFKC'))
    .join('\n');
}
