/** Controls, line separators, halves of surrogate pairs, and format characters: bidirectional, zero-width, tags, byte order mark. */
const DANGEROUS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu;
const LINE_END = /\r\n|[\n\r\u2028\u2029]/g;

/**
 * Text that cannot trick whoever reads it: control characters show as their pictures (`␛`), bidirectional and invisible ones as
 * `�`, so that what a customer's host printed can neither move a cursor nor turn words around. Line ends become spaces.
 */
export function cleanLine(text: string): string {
  return text.replaceAll(LINE_END, ' ').replaceAll('\t', ' ').replaceAll(DANGEROUS, picture);
}

/** {@link cleanLine} for a text of several lines. */
export function cleanLines(text: string): readonly string[] {
  return text.split(LINE_END).map((line) => line.replaceAll('\t', '    ').replaceAll(DANGEROUS, picture));
}

/** The text without what nobody sees. */
export function dropInvisible(text: string): string {
  return text.replaceAll(DANGEROUS, '');
}

/** JSON that a terminal may be shown: what {@link cleanLine} would change is written as an escape. */
export function cleanJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(DANGEROUS, (character) => {
    if (character === '\n') return character;
    const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x24_00 + code);
  return code === 0x7f ? '␡' : '�';
}
