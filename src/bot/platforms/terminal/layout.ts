/** Cells that a character takes on the screen: none for combining marks, two for wide ones and emoji. */
function cellsOf(character: string): number {
  if (/\p{Mark}/u.test(character)) return 0;
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
    character,
  )
    ? 2
    : 1;
}

/** Cells a text takes on the screen. It holds no escape sequences. */
export function cells(text: string): number {
  let count = 0;
  for (const character of text) count += cellsOf(character);
  return count;
}

/** The text filled with spaces to that many cells. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cells(text)));
}

/** The text, cut at its end with `…` when it takes more cells than that. */
export function cut(text: string, width: number): string {
  if (cells(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += cellsOf(character);
    if (used > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** The text broken between words into lines of at most that many cells; a word longer than a line is broken, too. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (cells(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (cells(line) > width) {
      const head = cut(line, width + 1).slice(0, -1);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return [...lines, line];
}
