import { wordPattern } from './fold.ts';

/** PostgreSQL's severities; `OTHER` is a line that is no log entry (the output of a program, a Windows message). */
export type Severity = 'DEBUG' | 'INFO' | 'NOTICE' | 'LOG' | 'WARNING' | 'ERROR' | 'FATAL' | 'PANIC' | 'OTHER';

/** One message with everything that belongs to it. */
export interface LogEntry {
  readonly severity: Severity;
  readonly message: string;
  /** As printed, with the server's time zone. */
  readonly at?: string;
  readonly pid?: number;
  readonly sqlstate?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly context?: string;
  readonly statement?: string;
  /** 1-based, inclusive. */
  readonly first: number;
  readonly last: number;
}

/** The parts of a message that stand on lines of their own in the plain format. */
export type Part = 'detail' | 'hint' | 'context' | 'statement';
/** `other`: parts nobody needs (QUERY, LOCATION, BACKTRACE); they are read so that they do not become entries. */
export type Heading = { readonly severity: Severity } | { readonly part: Part | 'other' };

const HEADINGS: readonly (readonly [Heading, readonly string[]])[] = [
  [{ severity: 'LOG' }, ['LOG', 'DZIENNIK']],
  [{ severity: 'FATAL' }, ['FATAL', 'KATASTROFALNY']],
  [{ severity: 'ERROR' }, ['ERROR', 'BŁĄD']],
  [{ severity: 'PANIC' }, ['PANIC', 'PANIKA']],
  [{ severity: 'WARNING' }, ['WARNING', 'OSTRZEŻENIE']],
  [{ severity: 'NOTICE' }, ['NOTICE', 'UWAGA']],
  [{ severity: 'INFO' }, ['INFO', 'INFORMACJA']],
  [{ severity: 'DEBUG' }, ['DEBUG', 'DEBUG1', 'DEBUG2', 'DEBUG3', 'DEBUG4', 'DEBUG5']],
  [{ part: 'detail' }, ['DETAIL', 'SZCZEGÓŁY']],
  [{ part: 'hint' }, ['HINT', 'PODPOWIEDŹ']],
  [{ part: 'context' }, ['CONTEXT', 'KONTEKST']],
  [{ part: 'statement' }, ['STATEMENT', 'WYRAŻENIE']],
  [{ part: 'other' }, ['QUERY', 'ZAPYTANIE', 'LOCATION', 'POZYCJA', 'BACKTRACE']],
];
const COMPILED = HEADINGS.map(([heading, words]) => ({ heading, patterns: words.map(wordPattern) }));

/**
 * What the word before `:  ` means, in English or Polish; letters with diacritics may be lost (H44). `undefined` for any
 * other word. `folded` is the word as `fold` gives it.
 */
export function headingOf(folded: string): Heading | undefined {
  return COMPILED.find(({ patterns }) => patterns.some((pattern) => pattern.test(folded)))?.heading;
}

/** The severity a word names, `OTHER` when it names none. */
export function severityOf(folded: string): Severity {
  const heading = headingOf(folded);
  return heading !== undefined && 'severity' in heading ? heading.severity : 'OTHER';
}
