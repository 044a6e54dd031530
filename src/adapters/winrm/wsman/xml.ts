/** Markup that may stand in a template as it is; only {@link xml} and {@link joined} make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** No XML 1.0 document can carry these, escaped or not: control characters, lone surrogates, U+FFFE and U+FFFF. */
// oxlint-disable-next-line no-control-regex -- the control characters are what it looks for
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;

/** Text that cannot be sent in an envelope. */
export class UnsendableText extends Error {
  constructor() {
    super('the text has characters that no XML document can carry');
    this.name = 'UnsendableText';
  }
}

/** A template of markup; every value that is no markup itself is escaped, for elements and attributes alike. */
export function xml(strings: TemplateStringsArray, ...values: readonly (string | number | Markup)[]): Markup {
  const parts = strings.map((string, index) => {
    const value = values[index];
    if (value === undefined) return string;
    return string + (value instanceof Markup ? value.text : escaped(String(value)));
  });
  return new Markup(parts.join(''));
}

/** Several pieces of markup as one. */
export function joined(parts: readonly Markup[]): Markup {
  return new Markup(parts.map(({ text }) => text).join(''));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser turns these into line feeds or blanks when they stand as they are.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function escaped(text: string): string {
  if (IMPOSSIBLE.test(text)) throw new UnsendableText();
  return text.replaceAll(/[&<>"'\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}
