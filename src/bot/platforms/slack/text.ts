import { cleanLine, cleanLines } from '../../clean.ts';

/** What is certainly not shown is not even cleaned: a host can print megabytes. */
const LOOK_AT = 2;

/** One line of plain text within so many UTF-16 units; never empty, because Slack takes no empty text. */
export function line(text: string, limit: number): string {
  return cut(cleanLine(begin(text, limit)).trim(), limit) || '–';
}

/** Several lines of plain text within so many UTF-16 units; empty when nothing of it can be seen. */
export function lines(text: string, limit: number): string {
  return cut(cleanLines(begin(text, limit)).join('\n').trim(), limit);
}

/** Still longer than the limit when something was left out. */
function begin(text: string, limit: number): string {
  return text.length <= limit * LOOK_AT ? text : `${text.trimStart().slice(0, limit * LOOK_AT)}…`;
}

/** The text within so many UTF-16 units, ending with `…` where something is missing; a surrogate pair is never halved. */
export function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${whole(text.slice(0, limit - 1))}…`;
}

/** As {@link cut}, but the end is what stays. */
export function cutFront(text: string, limit: number): string {
  return text.length <= limit ? text : `…${text.slice(1 - limit).replace(/^[\uDC00-\uDFFF]/, '')}`;
}

/** Text where Slack reads markup: `&`, `<` and `>` are all that can begin a mention or a link (docs.slack.dev/messaging/formatting). */
export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** As {@link cut} of the escaped text; an escape is never halved. */
export function escapedLine(text: string, limit: number): string {
  const clean = cleanLine(begin(text, limit)).trim();
  const escaped = escapeMarkup(clean);
  if (escaped.length <= limit) return escaped || '–';
  return `${whole(escaped.slice(0, limit - 1)).replace(/&[a-z]{0,3}$/, '')}…`;
}

function whole(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/, '');
}
