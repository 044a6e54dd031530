import { formatError } from './format-error.ts';

/** The longest identifier PostgreSQL keeps; a longer one is cut there and could then name another role. */
const MAX_IDENTIFIER_BYTES = 63;

/**
 * A string literal that means the same with standard_conforming_strings on and off: text with a backslash becomes
 * `E'…'`. Throws `postgresql.format` for NUL, which no text value can hold.
 */
export function quoteLiteral(value: string): string {
  refuseNul(value);
  const doubled = value.replaceAll("'", "''");
  return value.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`;
}

/** A quoted identifier, so that case is kept (H22). Throws `postgresql.format` for NUL, empty and over-long names. */
export function quoteIdentifier(name: string): string {
  refuseNul(name);
  if (name === '') throw formatError('sql', 'identifier-empty');
  if (Buffer.byteLength(name) > MAX_IDENTIFIER_BYTES) throw formatError('sql', 'identifier-too-long');
  return `"${name.replaceAll('"', '""')}"`;
}

function refuseNul(text: string): void {
  if (text.includes('\0')) throw formatError('sql', 'nul');
}
