/** One line of a hosts file that names something: address and names, and what stands behind `#`. */
const ENTRY = /^(\s*)([0-9A-Fa-f.:%a-z]+)(\s+[^#]*?)(\s*(?:#.*)?)$/;

/**
 * The file with a block of our own that gives these names this address, and with the names nowhere else: a resolver takes the first
 * line, or all of them. Everything else stays as it is. Idempotent. Source: hosts(5).
 */
export function pointNames(
  content: string,
  { block, address, names }: { readonly block: string; readonly address: string; readonly names: readonly string[] },
): string {
  const [begin, end] = [`# BEGIN zapas ${block}`, `# END zapas ${block}`];
  const lines = content === '' ? [] : content.replace(/\n$/, '').split('\n');
  const from = lines.indexOf(begin);
  const to = from === -1 ? -1 : lines.indexOf(end, from);
  const others = to === -1 ? lines : [...lines.slice(0, from), ...lines.slice(to + 1)];
  const at = to === -1 ? others.length : from;
  const own = [begin, `${address} ${names.join(' ')}`, end];
  const [before, after] = [others.slice(0, at), others.slice(at)].map((part) =>
    part.flatMap((line) => withoutNames(line, names)),
  );
  return `${[...(before ?? []), ...own, ...(after ?? [])].join('\n')}\n`;
}

/** The line without these names; none when nothing is left of it. Names are compared as a resolver does, in any case. */
function withoutNames(line: string, names: readonly string[]): readonly string[] {
  const [, indent = '', address = '', listed = '', comment = ''] = ENTRY.exec(line) ?? [];
  const known = listed.trim().split(/\s+/);
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const left = known.filter((name) => !taken.has(name.toLowerCase()));
  if (address === '' || left.length === known.length) return [line];
  return left.length === 0 ? [] : [`${indent}${address} ${left.join(' ')}${comment}`];
}
