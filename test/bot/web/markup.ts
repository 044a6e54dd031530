/** What a strict reader finds in markup of ours. */
export interface Markup {
  readonly names: ReadonlySet<string>;
  /** `element.attribute`-less: names of attributes anywhere. */
  readonly attributes: ReadonlySet<string>;
  /** Unquoted attributes, bare `<`, `>` or `&` in text, elements that do not nest. */
  readonly problems: readonly string[];
}

const TAG = /^<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*>/;
const EMPTY = new Set(['input', 'img', 'meta', 'link', 'br']);

/** Reads it by the narrow grammar our pages keep to; anything beyond that is a problem. */
export function readMarkup(markup: string): Markup {
  const names = new Set<string>();
  const attributes = new Set<string>();
  const problems: string[] = [];
  const open: string[] = [];
  let rest = markup;
  while (rest !== '') {
    const text = rest.indexOf('<') === -1 ? rest : rest.slice(0, rest.indexOf('<'));
    if (/>|&(?!(?:amp|lt|gt|quot|#39);)/.test(text)) problems.push(`text: ${text.slice(0, 60)}`);
    rest = rest.slice(text.length);
    if (rest === '') break;
    const tag = TAG.exec(rest);
    if (!tag) {
      problems.push(`tag: ${rest.slice(0, 60)}`);
      rest = rest.slice(1);
      continue;
    }
    const [whole, slash, name = '', given = ''] = tag;
    rest = rest.slice(whole.length);
    names.add(name);
    for (const [, attribute = ''] of given.matchAll(/([a-z-]+)(?:="[^"]*")?/g)) attributes.add(attribute);
    if (slash === '/') {
      if (open.pop() !== name) problems.push(`nesting: </${name}>`);
    } else if (!EMPTY.has(name)) open.push(name);
  }
  if (open.length > 0) problems.push(`left open: ${open.join(' ')}`);
  return { names, attributes, problems };
}
