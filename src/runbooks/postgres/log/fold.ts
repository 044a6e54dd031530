const MARKS = /\p{M}+/gu;
/** What a lost character looks like: one or two question marks or replacement characters. */
const LOST = '[?\uFFFD]{1,2}';

/** Lower case without diacritics, so that damaged and undamaged Polish compare alike (H44). */
export function fold(text: string): string {
  return text.normalize('NFD').replace(MARKS, '').replace(/ł/g, 'l').replace(/Ł/g, 'L').toLowerCase();
}

/**
 * A pattern over folded text: `…` stands for anything on the same line (also nothing), and every letter with a
 * diacritic may have been lost to `?`.
 */
export function messagePattern(text: string): RegExp {
  const source = Array.from(text, (char) => {
    if (char === '…') return '[^\\n]*?';
    const plain = escapeRegExp(fold(char));
    return char.charCodeAt(0) > 0x7f ? `(?:${plain}|${LOST})` : plain;
  });
  return new RegExp(source.join(''));
}

/** The same over a whole word. */
export function wordPattern(word: string): RegExp {
  return new RegExp(`^(?:${messagePattern(word).source})$`);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
