const GAP = '…';
const HEAD_LINES = 3;
const TAIL_LINES = 6;

/**
 * A bounded piece of a log: its head, the marked lines, its tail, with `…` for every gap. Lines are 1-based; at most
 * `limit` lines of the log come back. Marked lines yield before head and tail do.
 */
export function excerptOf(
  lines: readonly string[],
  { from, marks, limit }: { from: number; marks: readonly number[]; limit: number },
): string[] {
  const all = lines.map((_, index) => index + 1).slice(from - 1);
  const tail = all.slice(-Math.min(TAIL_LINES, limit));
  const head = all.slice(0, Math.min(HEAD_LINES, limit - tail.length));
  const wanted = new Set([...tail, ...head]);
  for (const mark of marks) {
    if (wanted.size >= limit) break;
    wanted.add(mark);
  }
  const shown = [...wanted].sort((one, other) => one - other);
  return shown.flatMap((line, index) => {
    const previous = shown[index - 1];
    const text = lines[line - 1] ?? '';
    return previous !== undefined && line > previous + 1 ? [GAP, text] : [text];
  });
}
