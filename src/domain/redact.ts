/**
 * Takes secrets out of text before it leaves the worker.
 *
 * Registered secrets are found in clear, base64 (at every alignment, also of UTF-16LE as PowerShell wants it), hexadecimal,
 * URL-encoded, JSON-escaped and in the quotings of shells, SQL and connection strings. Secrets nobody registered are found
 * by their form: `password=…`, `PASSWORD '…'`, URLs with a login, PEM private keys, SCRAM verifiers, MD5 password hashes.
 */
export interface Redactor {
  /** Registers a secret. Fewer than four characters are not looked for: they would blot out ordinary text. */
  add(secret: string): void;
  /** The text with every secret replaced by `***`. */
  text(text: string): string;
  /** The value with {@link Redactor.text} applied to every string in it; keys stay. */
  deep<Value>(value: Value): Value;
  /** For text that arrives in pieces: what comes out, joined, is what {@link Redactor.text} makes of the whole. */
  stream(): RedactingStream;
}

/** Holds back what may be the beginning of a secret until it can tell. */
export interface RedactingStream {
  push(chunk: string): string;
  /** The rest. Call it once. */
  end(): string;
}

const HIDDEN = '***';
const SHORTEST_SECRET = 4;
/** A base64 fragment shorter than this is too common to hide. */
const SHORTEST_FRAGMENT = 6;
/** Longest line (characters) that is held back whole. */
const LONGEST_LINE = 65_536;

const PEM_BEGIN = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----|[\s\S]*$)/g;
const PEM_END = /-----END [A-Z ]*PRIVATE KEY-----$/;
const PEM_END_LENGTH = 64;

/** Forms of secrets nobody registered. Each stays within one line, which is what makes cutting at line ends safe. */
const STRUCTURES: readonly (readonly [RegExp, string])[] = [
  [/SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+/g, HIDDEN],
  [/\bmd5[0-9a-f]{32}\b/g, HIDDEN],
  [/(:\/\/[^\s:@/]*:)[^\s@/]+@/g, `$1${HIDDEN}@`],
  [
    /\b([a-z_-]{0,40}(?:password|passwd|passphrase)["']?[ \t]*[=:][ \t]*)("[^"\r\n]+"|'[^'\r\n]+'|[^\s,;&"']+)/gi,
    `$1${HIDDEN}`,
  ],
  [/\b(password[ \t]+)E?'(?:[^'\r\n]|'')*'/gi, `$1${HIDDEN}`],
];

/** A redactor that knows no secret yet. */
export function createRedactor(): Redactor {
  const forms = new Set<string>();
  let known: RegExp | undefined;
  let longest = 0;

  const add = (secret: string): void => {
    if (secret.length < SHORTEST_SECRET) return;
    for (const form of formsOf(secret)) forms.add(form);
    const longestFirst = [...forms].sort((a, b) => b.length - a.length);
    longest = longestFirst[0]?.length ?? 0;
    known = new RegExp(longestFirst.map(escapeRegExp).join('|'), 'g');
  };
  const text = (clear: string): string => {
    const withoutKnown = known ? clear.replace(known, HIDDEN) : clear;
    return STRUCTURES.reduce((result, [form, by]) => result.replace(form, by), withoutKnown.replace(PEM, HIDDEN));
  };
  return {
    add,
    text,
    deep: (value) => deepRedact(value, text),
    stream: () => createStream(text, (held) => safeCut(held, known, longest)),
  };
}

function createStream(text: (clear: string) => string, cutOf: (held: string) => number): RedactingStream {
  let held = '';
  return {
    push(chunk) {
      held = forgetKeyBody(held + chunk);
      const cut = cutOf(held);
      const ready = text(held.slice(0, cut));
      held = held.slice(cut);
      return ready;
    },
    end() {
      const rest = text(held);
      held = '';
      return rest;
    },
  };
}

/**
 * How much of the held text can be redacted by itself: whole lines, no secret across the cut, no private key still open, and
 * nothing at the end that more text could turn into a secret.
 */
function safeCut(held: string, known: RegExp | undefined, longest: number): number {
  const undecided = held.length - Math.max(longest - 1, 0);
  const spans = [...(known ? spansOf(held, known) : []), ...spansOf(held, PEM)];
  let cut = lineStart(held, undecided);
  if (cut === 0 && undecided > LONGEST_LINE) cut = undecided;
  for (;;) {
    const across = spans.find(({ from, to }) => from < cut && to > cut);
    if (!across) return cut;
    cut = lineStart(held, across.from);
  }
}

function spansOf(held: string, form: RegExp): readonly { readonly from: number; readonly to: number }[] {
  return [...held.matchAll(form)].map(({ index, 0: match }) => ({
    from: index,
    to: form === PEM && !PEM_END.test(match) ? Number.POSITIVE_INFINITY : index + match.length,
  }));
}

/** The last beginning of a line at or before the position. */
function lineStart(held: string, position: number): number {
  if (position <= 0) return 0;
  return Math.max(held.lastIndexOf('\n', position - 1), held.lastIndexOf('\r', position - 1)) + 1;
}

/** The inside of a key that never ends must not fill the memory: all of it becomes `***` anyway. */
function forgetKeyBody(held: string): string {
  const begin = PEM_BEGIN.exec(held);
  if (!begin || held.length < 2 * LONGEST_LINE || /-----END/.test(held.slice(begin.index))) return held;
  return held.slice(0, begin.index + begin[0].length) + held.slice(-PEM_END_LENGTH);
}

function formsOf(secret: string): readonly string[] {
  const utf8 = Buffer.from(secret, 'utf8');
  const url = encodeURIComponent(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll("'", "''"),
    secret.replaceAll("'", String.raw`'\''`),
    secret.replaceAll(/[\\']/g, String.raw`\$&`),
    url,
    url.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    new URLSearchParams([['', secret]]).toString().slice(1),
    utf8.toString('hex'),
    utf8.toString('hex').toUpperCase(),
    ...base64Forms(utf8),
    ...base64Forms(Buffer.from(secret, 'utf16le')),
  ];
}

/** Base64 of the bytes alone, and what every longer text that contains them has in common at each of the three alignments. */
function base64Forms(bytes: Buffer): readonly string[] {
  const aligned = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const tainted = (bytes.length + shift) % 3 === 0 ? 0 : 1;
    return encoded.slice(shift === 0 ? 0 : shift + 1, encoded.length - tainted);
  });
  const forms = [bytes.toString('base64'), ...aligned.filter((form) => form.length >= SHORTEST_FRAGMENT)];
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

function escapeRegExp(literal: string): string {
  return literal.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}

function deepRedact<Value>(value: Value, text: (clear: string) => string): Value {
  const visit = (member: unknown): unknown => {
    if (typeof member === 'string') return text(member);
    if (Array.isArray(member)) return member.map(visit);
    if (typeof member !== 'object' || member === null) return member;
    return Object.fromEntries(Object.entries(member).map(([key, inner]) => [key, visit(inner)]));
  };
  const redacted = visit(value);
  return redacted as Value;
}
