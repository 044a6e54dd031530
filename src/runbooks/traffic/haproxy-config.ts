/** Words that begin a section; a section ends where the next begins. Source: HAProxy's configuration manual, chapter 2. */
const SECTION =
  /^\s*(global|defaults|frontend|backend|listen|peers|mailers|resolvers|userlist|cache|program|http-errors|ring|log-forward|log-profile|fcgi-app|crt-store|acme|traces)(?:\s+([^\s#]+))?/;
const SERVER = /^(\s*server\s+)([^\s#]+)(\s+)([^\s#]+)(.*)$/s;
/** Of an address: a family, the address (IPv6 in brackets, else its last part is a port), a port. */
const ADDRESS = /^(?:ipv[46]@)?(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]+))(:\d+)?$/;

/** One server of a proxy. */
export interface ServerName {
  readonly backend: string;
  readonly server: string;
}

/** Where the configuration leads that server's connections; undefined when it has no such server, or one without a plain address. */
export function serverAddress(content: string, name: ServerName): string | undefined {
  const found = linesOf(content, name).flatMap(({ line }) => addressIn(line) ?? []);
  return found[0]?.address;
}

/** The configuration with that server at this address; its port and all else stay byte by byte. Idempotent. */
export function pointServer(content: string, name: ServerName, address: string): string {
  const lines = content.split('\n');
  for (const { at, line } of linesOf(content, name)) {
    const found = addressIn(line);
    if (found && found.address !== address)
      lines[at] = `${found.before}${bracketed(address)}${found.port}${found.after}`;
  }
  return lines.join('\n');
}

function linesOf(content: string, { backend, server }: ServerName): readonly { at: number; line: string }[] {
  let inside = false;
  return content.split('\n').flatMap((line, at) => {
    const [, section, name] = SECTION.exec(line) ?? [];
    if (section) inside = (section === 'backend' || section === 'listen') && name === backend;
    return inside && SERVER.exec(line)?.[2] === server ? [{ at, line }] : [];
  });
}

function addressIn(line: string) {
  const [, keyword = '', name = '', gap = '', word = '', after = ''] = SERVER.exec(line) ?? [];
  const [, inBrackets, plain, port = ''] = ADDRESS.exec(word) ?? [];
  const address = inBrackets ?? plain;
  return address === undefined ? undefined : { before: `${keyword}${name}${gap}`, address, port, after };
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
