/** An address record as a dynamic update moves it. */
export interface RecordMove {
  readonly server: string;
  readonly zone: string;
  readonly name: string;
  readonly ttl: number;
  readonly from: string;
  readonly to: string;
}

/** The type of the record that holds such an address. */
export function recordType(address: string): 'A' | 'AAAA' {
  return address.includes(':') ? 'AAAA' : 'A';
}

/**
 * What nsupdate is told. The server refuses all of it when the name's records are not exactly the one we know: somebody else changed
 * them. Source: nsupdate(1), RFC 2136 section 2.4.2.
 */
export function updateOf({ server, zone, name, ttl, from, to }: RecordMove): readonly string[] {
  const full = absolute(name);
  return [
    `server ${server}`,
    `zone ${absolute(zone)}`,
    `prereq yxrrset ${full} ${recordType(from)} ${from}`,
    `update delete ${full} ${recordType(from)}`,
    `update add ${full} ${ttl} ${recordType(to)} ${to}`,
    'send',
  ];
}

/** The name as it stands in a zone. */
export function absolute(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}
