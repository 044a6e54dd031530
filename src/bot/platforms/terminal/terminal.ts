import type { Button, Card, StepItem } from '../../../domain/card.ts';
import { cleanLine } from '../../clean.ts';
import type { Account, Attachment, Capabilities, ChatPlatform, MessageRef, Place } from '../../platform.ts';
import type { RenderOptions } from './render.ts';
import { renderCard, renderStep } from './render.ts';
import type { Screen } from './screen.ts';
import { signed, TONE_SIGNS } from './style.ts';

/** The one place a terminal has. */
export const SCREEN: Place = { platform: 'terminal', channel: 'screen' };

export const TERMINAL_CAPABILITIES: Capabilities = {
  maskedInput: false,
  completion: true,
  privateNotices: true,
  ackMs: Number.POSITIVE_INFINITY,
  editMs: 120,
  oldAfterMs: Number.POSITIVE_INFINITY,
  perMinute: Number.POSITIVE_INFINITY,
  images: false,
  shared: false,
  lasting: false,
  threads: false,
  files: false,
};

/** The output half of the terminal: draws cards; what is typed is the console's. */
export interface Terminal
  extends Pick<ChatPlatform, 'id' | 'can' | 'publish' | 'update' | 'upload' | 'notice' | 'person' | 'health'> {
  /** The button of that number. Numbers are never used twice: pressing an old one gets a true answer. */
  button(number: number): Button | undefined;
  print(card: Card): void;
  /** Plain lines between the cards. */
  say(line: string): void;
}

/** Every so many percent a line, where nothing can be redrawn. */
const PERCENT_STEP = 10;

export interface TerminalOptions {
  /** Somebody sits there who can press buttons. */
  readonly press: boolean;
  /** Puts a file where whoever sits there can open it. Gives a line that says where; never throws. */
  readonly keep: (file: Attachment) => Promise<string>;
}

export function createTerminal(screen: Screen, { press, keep }: TerminalOptions): Terminal {
  const buttons = new Map<number, Button>();
  const numbers = new Map<string, number>();
  const running = new Map<string, Card>();
  const told = new Map<string, Set<string>>();
  // A line of a step was the last thing printed: what comes next stands apart from it.
  let amongSteps = false;

  const numberOf = (button: Button): number | undefined => {
    if (!press) return undefined;
    const key = `${button.verb} ${button.payload}`;
    const number = numbers.get(key) ?? numbers.size + 1;
    numbers.set(key, number);
    buttons.set(number, button);
    return number;
  };
  const options = (): RenderOptions => ({ style: screen.style, width: screen.width, numberOf });
  const put = (lines: readonly string[]): void => {
    screen.print(amongSteps ? ['', ...lines] : lines);
    amongSteps = false;
  };
  const print = (card: Card): void => put(renderCard(card, options()));
  const redraw = (): void => screen.draw([...running.values()].flatMap((card) => compact(card, options())));

  const closed = new Map<string, string>();
  /** A card that only became newer, but says the same, is not told again. */
  const close = (card: Card): void => {
    const lines = closing(card, options());
    if (closed.get(card.id) === lines[0]) return;
    closed.set(card.id, lines[0] ?? '');
    screen.print(lines);
  };

  /** A run that is under way stays at the bottom, drawn over and over; elsewhere each finished step becomes a line. */
  const showRun = (card: Card): void => {
    if (isAnswer(card)) {
      running.delete(card.id);
      redraw();
      print(card);
      return;
    }
    if (screen.live) {
      if (isOver(card)) running.delete(card.id);
      else running.set(card.id, card);
      redraw();
      if (isOver(card)) put(compact(card, options()));
      return;
    }
    const known = told.get(card.id) ?? new Set<string>();
    told.set(card.id, known);
    const lines = news(card, known).map((item) => renderStep(item, options()));
    const quiet = card.tone === 'progress' && lines.length === 0;
    if (!known.has('head') && !quiet) put(headOf(card, options()));
    if (!quiet) known.add('head');
    if (lines.length > 0) screen.print(lines);
    amongSteps ||= lines.length > 0;
    if (card.tone === 'warning') put(tailOf(card, options()));
  };
  const show = (card: Card, first: boolean): void => {
    if (card.id.startsWith('run:')) showRun(card);
    else if (first) print(card);
    else close(card);
  };
  return {
    id: 'terminal',
    can: TERMINAL_CAPABILITIES,
    publish(place, card, key) {
      show(card, true);
      return Promise.resolve({ place, message: key } satisfies MessageRef);
    },
    update(_ref, card) {
      show(card, false);
      return Promise.resolve();
    },
    // Where nobody sits there are the words; a copy for each reader of a pipe would only pile up.
    upload: async (_ref, file) => void (screen.live && put([`  ${cleanLine(await keep(file))}`, ''])),
    notice(_to, _place, card) {
      print(card);
      return Promise.resolve();
    },
    person: (account) => Promise.resolve(memberOf(account)),
    health: () => Promise.resolve({ ok: true, detail: '' }),
    button: (number) => buttons.get(number),
    print,
    say: (line) => put(line.split('\n').map(cleanLine)),
  };
}

/** The operating system let this process run as somebody; the terminal takes their word for who that is. */
export function memberOf(account: string): Account {
  return { platform: 'terminal', account, kind: 'member' };
}

/** What a question was answered with (a checklist, a picture of the pair, a log), rather than the course of a procedure. */
function isAnswer(card: Card): boolean {
  const kinds = card.blocks.map(({ kind }) => kind);
  return isOver(card) && (kinds.includes('checklist') || !kinds.includes('steps'));
}

function isOver({ tone }: Card): boolean {
  return tone !== 'progress' && tone !== 'info' && tone !== 'question';
}

/** A question that was answered: who, when, where, in two lines; the card above has the rest. */
function closing(card: Card, options: RenderOptions): readonly string[] {
  const [first] = card.blocks;
  const text = first?.kind === 'text' ? `: ${cleanLine(first.text)}` : '';
  return [`${signed(options.style, TONE_SIGNS[card.tone])} ${options.style.bold(cleanLine(card.title))}${text}`, ''];
}

/** The card without what does not change, for the region that is drawn over and over. */
function compact(card: Card, options: RenderOptions): readonly string[] {
  return renderCard({ ...card, blocks: card.blocks.filter(({ kind }) => kind !== 'fields') }, options);
}

/** A run's card without its steps, which follow line by line. */
function headOf(card: Card, options: RenderOptions): readonly string[] {
  return renderCard({ ...card, blocks: card.blocks.slice(0, stepsAt(card)), buttons: [] }, options);
}

/** What stands below the steps: what went wrong, and what to do. */
function tailOf(card: Card, options: RenderOptions): readonly string[] {
  return renderCard({ ...card, blocks: card.blocks.slice(stepsAt(card) + 1), buttons: [] }, options);
}

function stepsAt({ blocks }: Card): number {
  const at = blocks.findIndex(({ kind }) => kind === 'steps');
  return at === -1 ? blocks.length : at;
}

/**
 * Steps that have something new to tell since the last time. Checks and steps that had nothing to do may still be drawn together
 * with those after them, so they are told when something follows that never will be.
 */
function news(card: Card, known: Set<string>): readonly StepItem[] {
  const items = card.blocks.flatMap((block) => (block.kind === 'steps' ? block.items : []));
  const settled = isOver(card) ? items : items.slice(0, items.findLastIndex(isSolid) + 1);
  return settled.filter((item) => {
    const key = newsKey(item);
    if (key === undefined || known.has(key)) return false;
    known.add(key);
    return true;
  });
}

function isSolid(item: StepItem): boolean {
  if (item.kind === 'point-of-no-return') return item.passed;
  if (item.state === 'failed' || item.state === 'waiting') return true;
  return item.effect !== 'read' && (item.state === 'done' || item.state === 'running');
}

function newsKey(item: StepItem): string | undefined {
  if (item.kind === 'point-of-no-return') return item.passed ? 'point-of-no-return' : undefined;
  if (item.state === 'pending' || item.state === 'waiting') return undefined;
  if (item.state !== 'running') return `${item.id} ${item.state}`;
  if (!item.progress) return item.note === undefined ? undefined : `${item.id} ${item.note}`;
  const percent = Math.floor((item.progress.fraction * 100) / PERCENT_STEP) * PERCENT_STEP;
  return percent === 0 ? undefined : `${item.id} ${percent}`;
}
