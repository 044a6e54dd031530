const ENTRY = /^(\s*)("(?:[^"]|"")*"|[^\s="';#[]+)(\s*=\s*)(.*)$/s;
/** One `key=value` of a connection string; a quoted value has its quotes doubled inside. */
const SETTING = /(\s*)([A-Za-z_]+)(\s*=\s*)('(?:[^']|'')*'|[^\s']+)/y;

/**
 * Where the `[databases]` section leads the connections of that name; the last word is PgBouncer's. Undefined when it has no such entry,
 * or one without a `host` (then it is a local socket), or one that cannot be read. Source: pgbouncer.ini(5).
 */
export function databaseHost(content: string, database: string): string | undefined {
  const last = entriesOf(content, database).at(-1);
  const value = last?.settings.findLast(({ key }) => key === 'host')?.value;
  return value === undefined ? undefined : unquoted(value);
}

/** The configuration with that database at this host; all else stays byte by byte. Idempotent. */
export function pointDatabase(content: string, database: string, host: string): string {
  const lines = content.split('\n');
  for (const { at, start, settings, rest } of entriesOf(content, database)) {
    const moved = settings.map(({ text, key, value, before }) =>
      key === 'host' && unquoted(value) !== host ? `${before}${quoted(host, value)}` : text,
    );
    lines[at] = `${start}${moved.join('')}${rest}`;
  }
  return lines.join('\n');
}

function entriesOf(content: string, database: string) {
  let inside = false;
  return content.split('\n').flatMap((line, at) => {
    const section = /^\s*\[([^\]]*)\]/.exec(line)?.[1];
    if (section !== undefined) inside = section.trim() === 'databases';
    if (!inside) return [];
    const [, indent = '', name, equals = '', value = ''] = ENTRY.exec(line) ?? [];
    if (name === undefined || nameIn(name) !== database) return [];
    const read = settingsIn(value);
    return read ? [{ at, start: `${indent}${name}${equals}`, ...read }] : [];
  });
}

function nameIn(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word;
}

/** Undefined for what is no connection string: such a line stays as it is. */
function settingsIn(value: string) {
  const settings: { text: string; before: string; key: string; value: string }[] = [];
  let end = 0;
  for (const match of value.matchAll(new RegExp(SETTING, 'gy'))) {
    const [text, gap = '', key = '', equals = '', word = ''] = match;
    settings.push({ text, before: `${gap}${key}${equals}`, key, value: word });
    end = match.index + text.length;
  }
  const rest = value.slice(end);
  return rest.trim() === '' ? { settings, rest } : undefined;
}

function unquoted(value: string): string {
  return value.startsWith("'") ? value.slice(1, -1).replaceAll("''", "'") : value;
}

/** As the old value was written. */
function quoted(host: string, old: string): string {
  return old.startsWith("'") ? `'${host}'` : host;
}
