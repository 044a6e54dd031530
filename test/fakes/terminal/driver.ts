import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { PassThrough } from 'node:stream';
import { vi } from 'vitest';
import type { Place } from '../../../src/bot/platform.ts';
import { runConsole } from '../../../src/bot/platforms/terminal/console.ts';
import { createScreen } from '../../../src/bot/platforms/terminal/screen.ts';
import { TONE_SIGNS } from '../../../src/bot/platforms/terminal/style.ts';
import { SCREEN, TERMINAL_CAPABILITIES } from '../../../src/bot/platforms/terminal/terminal.ts';
import { createRouter } from '../../../src/bot/router.ts';
import type { Form } from '../../../src/domain/card.ts';
import type { Actor, Chair, Reaction, SeatDriver, Seen, SeenForm } from '../../contracts/chat-driver.ts';
import type { Display } from './display.ts';
import { openDisplay } from './display.ts';
import type { Heard } from './overheard.ts';
import { overheard } from './overheard.ts';

/** A person's own terminal with the console on it. */
interface Seat {
  readonly display: Display;
  readonly keys: PassThrough;
  /** What was asked through this console, in order, as it was answered. */
  readonly heard: Heard[];
  readonly over: Promise<void>;
}

const PATIENCE = { timeout: 20_000, interval: 10 };
/** So wide that no line is broken, and so high that nothing scrolls away. */
const SIZE = { columns: 400, rows: 1_000 };

/** The real console on a terminal of each person's own: they type, read the screen, and press buttons by their numbers. */
export function openTerminalDriver(): Promise<SeatDriver> {
  const seats = new Map<Actor, Seat>();
  let chair: Chair | undefined;
  const seatOf = (actor: Actor): Seat => {
    if (!chair) throw new Error('nobody can sit down yet');
    const seat = seats.get(actor) ?? sitDown(chair, actor);
    seats.set(actor, seat);
    return seat;
  };
  /** Types the line and waits for what the console makes of it. */
  const enter = async (seat: Seat, line: string): Promise<Reaction> => {
    const before = performance.now();
    const known = seat.heard.length;
    seat.keys.write(`${line}\n`);
    const heard = await vi.waitFor(() => present(seat.heard[known], 'the console took nothing up'), PATIENCE);
    const ackMs = performance.now() - before;
    if (heard.form) return { ackMs, form: await formOn(seat.display, heard.form) };
    await heard.done;
    return { ackMs };
  };
  const driver: SeatDriver = {
    name: 'terminal',
    platform: { id: 'terminal', can: TERMINAL_CAPABILITIES },
    ops: SCREEN,
    approvals: SCREEN,
    account: (actor) => actor,
    sit(given) {
      chair = given;
      return Promise.resolve({ stand: () => standUp(seats) });
    },
    type: (actor, line) => enter(seatOf(actor), line),
    screen: (actor, _at?: Place) => Promise.resolve(messagesOn(seatOf(actor).display)),
    async press(actor, message, label) {
      const at = message.buttons.indexOf(label);
      const own = await vi.waitFor(() => {
        const copy = messagesOn(seatOf(actor).display).findLast((one) => isAbout(one, message));
        return present(copy?.numbers[at], `no such button is on the screen of ${actor}`);
      }, PATIENCE);
      return await enter(seatOf(actor), String(own));
    },
    async submit(actor, form, values) {
      const seat = seatOf(actor);
      const before = performance.now();
      const known = seat.heard.length;
      for (const { name, label } of form.fields) {
        await vi.waitFor(() => {
          if (!seat.display.lines().at(-1)?.startsWith(label)) throw new Error(`nobody asks for ${label}`);
        }, PATIENCE);
        seat.keys.write(`${values[name] ?? ''}\n`);
      }
      const heard = await vi.waitFor(() => present(seat.heard[known], 'nothing was sent'), PATIENCE);
      await heard.done;
      return { ackMs: performance.now() - before };
    },
    violations: () => [],
    close: () => standUp(seats),
  };
  return Promise.resolve(driver);
}

function sitDown(chair: Chair, actor: Actor): Seat {
  const display = openDisplay({ isTTY: true, ...SIZE });
  const keys = new PassThrough();
  const heard: Heard[] = [];
  const router = overheard(createRouter({ ...chair, prefix: 'zapas' }), heard);
  const screen = createScreen(display.output, { colour: false });
  const over = runConsole({ ...chair, router, screen, input: keys, output: display.output, account: actor });
  return { display, keys, heard, over };
}

/** Everybody leaves, as by Ctrl-D. What stood on their screens is gone with them, and so are the pictures they were given. */
async function standUp(seats: Map<Actor, Seat>): Promise<void> {
  const leaving = [...seats.values()];
  seats.clear();
  for (const { keys } of leaving) keys.end();
  await Promise.all(leaving.map(({ over }) => over));
  const pictures = leaving.flatMap(({ display }) => messagesOn(display).flatMap(({ text }) => pathIn(text)));
  await Promise.all(pictures.map((path) => rm(dirname(path), { recursive: true })));
}

/** The form as it is asked, field by field: its title and what it is for stand above the first question. */
async function formOn(display: Display, { verb, payload, title, intro, fields }: Form): Promise<SeenForm> {
  await vi.waitFor(() => {
    if (!display.lines().some((line) => line.startsWith(`${title}: `))) throw new Error(`nobody sees ${title}`);
  }, PATIENCE);
  const asked = fields.map(({ name, label }) => ({ name, label }));
  return { id: `${verb} ${payload}`, title, text: `${title}\n${intro}`, fields: asked };
}

/** A message on a screen, with the numbers of its buttons. */
interface Printed extends Seen {
  readonly numbers: readonly number[];
}

const SIGNS = Object.values(TONE_SIGNS).map(({ sign }) => sign);
const BUTTON = /\[(\d+)\] (.*?)(?= {3}\[\d+\]|$)/g;

/** Cards begin at the left edge with the sign of their tone; all below is set in. */
function messagesOn(display: Display): readonly Printed[] {
  const printed: string[][] = [];
  let within = false;
  for (const line of display.lines()) {
    const begins = SIGNS.some((sign) => line.startsWith(`${sign} `));
    if (begins) printed.push([]);
    // What people type, and what is said between cards, is nobody's card.
    within = begins || (within && (line === '' || line.startsWith(' ')));
    if (within) printed.at(-1)?.push(line);
  }
  return printed.map((lines, index) => {
    const buttons = [...(lines.find(isRow) ?? '').matchAll(BUTTON)];
    const text = lines.filter((line) => !isRow(line)).join('\n');
    return {
      id: String(index),
      text,
      buttons: buttons.map(([, , label = '']) => label),
      numbers: buttons.map(([, number]) => Number(number)),
      private: true,
      thread: [],
      files: picturesIn(text),
      alerts: false,
    };
  });
}

function isRow(line: string): boolean {
  return /^ {2}\[\d+\] /.test(line);
}

/** A picture is told in words, with the path of a file that has it. */
function picturesIn(text: string): Seen['files'] {
  return pathIn(text).map((path) => ({ name: basename(path), alt: text, bytes: statSync(path).size }));
}

function pathIn(text: string): readonly string[] {
  return /\/\S+\.png/.exec(text) ?? [];
}

/** Is it the same question, in whoever's language? */
function isAbout(one: Seen, other: Seen): boolean {
  const run = /\b(?:przebieg|run) ([a-z0-9]{8})\b/;
  const [, id] = run.exec(other.text) ?? [];
  return id !== undefined && run.exec(one.text)?.[1] === id && one.buttons.length === other.buttons.length;
}

function present<Value>(value: Value | undefined, otherwise: string): Value {
  if (value === undefined) throw new Error(otherwise);
  return value;
}
