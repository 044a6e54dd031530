import { cleanLine, cleanLines } from '../../clean.ts';

/** One line of plain text within so many UTF-16 units; never empty, because Slack takes no empty text. */
export function line(text: string, limit: number): string {
  return cut(cleanLine(text).trim(), limit) || '–';
}

/** Several lines of plain text within so many UTF-16 units; empty when nothing of it can be seen. */
export function lines(text: string, limit: number): string {
  return cut(cleanLines(text).join('\n').trim(), limit);
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
  const clean = cleanLine(text).trim();
  const escaped = escapeMarkup(clean);
  if (escaped.length <= limit) return escaped || '–';
  return `${whole(escaped.slice(0, limit - 1)).replace(/&[a-z]{0,3}$/, '')}…`;
}

function whole(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/, '');
}
