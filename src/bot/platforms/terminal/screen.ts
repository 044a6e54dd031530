import type { Writable } from 'node:stream';
import type { Style } from './style.ts';
import { COLOURED, PLAIN } from './style.ts';

/** What a terminal's output can do. A pipe or a file is no terminal. */
export type Output = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** Lines that stay, and below them, on a terminal, a few that are drawn over and over. */
export interface Screen {
  readonly style: Style;
  readonly width: number;
  /** Is there a region that can be redrawn? */
  readonly live: boolean;
  /** Prints lines that stay. */
  print(lines: readonly string[]): void;
  /** What stands below everything that was printed; empty for nothing. Ignored where nothing can be redrawn. */
  draw(lines: readonly string[]): void;
  /** Whoever else writes at the bottom, such as a prompt: hidden while something is printed. */
  attach(prompt: { hide(): void; show(): void }): void;
}

const PLAIN_WIDTH = 100;
const SMALLEST_WIDTH = 40;
const CLEAR_TO_END = '\u001b[0J';

export function createScreen(output: Output, { colour }: { readonly colour: boolean }): Screen {
  const live = output.isTTY === true;
  let drawn = 0;
  let region: readonly string[] = [];
  let prompt = { hide: (): void => undefined, show: (): void => undefined };

  const erase = (): void => {
    prompt.hide();
    if (drawn > 0) output.write(`\u001b[${drawn}A\r${CLEAR_TO_END}`);
    drawn = 0;
  };
  const redraw = (): void => {
    const rows = Math.max(3, (output.rows ?? 24) - 2);
    const shown = region.slice(0, rows);
    if (shown.length > 0) output.write(`${shown.join('\n')}\n`);
    drawn = shown.length;
    prompt.show();
  };
  return {
    style: live && colour ? COLOURED : PLAIN,
    live,
    get width() {
      return Math.max(SMALLEST_WIDTH, live ? (output.columns ?? PLAIN_WIDTH) : PLAIN_WIDTH);
    },
    print(lines) {
      if (!live) {
        output.write(lines.map((line) => `${line}\n`).join(''));
        return;
      }
      erase();
      output.write(lines.map((line) => `${line}\n`).join(''));
      redraw();
    },
    draw(lines) {
      if (!live) return;
      erase();
      region = lines;
      redraw();
    },
    attach(attached) {
      prompt = attached;
    },
  };
}
