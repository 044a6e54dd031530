import { CP852, CP1250 } from './code-pages.ts';

/** How a line was written. */
export type Encoding = 'utf-8' | 'cp1250' | 'cp852';

export interface DecodedLine {
  readonly text: string;
  readonly encoding: Encoding;
}

const NEWLINE = 0x0a;
const POLISH = /[ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]/g;
const OTHER = /[^\p{ASCII}ąćęłńóśźżĄĆĘŁŃÓŚŹŻ„”–—…«»°§]/gu;

/**
 * Decodes a log file line by line, because one file mixes encodings: backends write in the database's, the start-up
 * process and Windows services in the ANSI code page, consoles in the OEM one (H44). UTF-8 when it is valid UTF-8,
 * otherwise whichever of CP1250 and CP852 reads as Polish. Line ends are dropped, and so is an empty last line.
 */
export function decodeLog(bytes: Uint8Array): DecodedLine[] {
  const lines: DecodedLine[] = [];
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found === -1 ? bytes.length : found;
    lines.push(decodeLine(bytes.subarray(start, end)));
    start = end + 1;
  }
  return lines;
}

/** Decodes one line (without its newline); a trailing carriage return and a byte order mark are dropped. */
export function decodeLine(bytes: Uint8Array): DecodedLine {
  const utf8 = decodeUtf8(bytes);
  if (utf8 !== undefined) return { text: trim(utf8), encoding: 'utf-8' };
  const ansi = decodeSingleByte(bytes, CP1250);
  const oem = decodeSingleByte(bytes, CP852);
  const useOem = likeness(oem) > likeness(ansi);
  return useOem ? { text: trim(oem), encoding: 'cp852' } : { text: trim(ansi), encoding: 'cp1250' };
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function decodeSingleByte(bytes: Uint8Array, table: string): string {
  return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : table.charAt(byte - 0x80))).join('');
}

function likeness(text: string): number {
  return (text.match(POLISH)?.length ?? 0) - (text.match(OTHER)?.length ?? 0);
}

function trim(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
