import { EventEmitter, once } from 'node:events';
import { vi } from 'vitest';
import type {
  Account,
  Answer,
  Finished,
  Handlers,
  IncomingCommand,
  IncomingPress,
  IncomingSubmit,
} from '../../../src/bot/platform.ts';
import type { Card, Form } from '../../../src/domain/card.ts';

/** A small card. */
export function cardOf(title: string, over: Partial<Card> = {}): Card {
  return { id: title, rev: 0, tone: 'info', title, blocks: [], buttons: [], fallback: title, ...over };
}

export const APPROVE = {
  verb: 'approve',
  payload: 'k7m29qtx.1.demo',
  label: 'Approve…',
  style: 'primary',
  opensForm: true,
} as const;

export const FORM: Form = {
  verb: 'approve',
  payload: 'k7m29qtx.1.demo',
  title: 'Approve',
  intro: 'Type the name: demo',
  fields: [
    { kind: 'typed', name: 'name', label: 'Name of the cluster', expected: 'demo' },
    { kind: 'text', name: 'note', label: 'Note', required: false, multiline: true, limit: 500 },
  ],
  submit: 'Approve',
};

/** Handlers that note what they were asked and answer as told. */
export interface Told extends Handlers {
  readonly commands: IncomingCommand[];
  readonly presses: IncomingPress[];
  readonly submits: IncomingSubmit[];
  readonly typed: { readonly who: Account; readonly line: string }[];
  answers: { command: Answer; press: Answer; submit: Answer; names: readonly string[] };
}

export function told(): Told {
  const made: Told = {
    commands: [],
    presses: [],
    submits: [],
    typed: [],
    answers: { command: works(), press: works(), submit: works(), names: [] },
    command(incoming) {
      made.commands.push(incoming);
      return made.answers.command;
    },
    press(incoming) {
      made.presses.push(incoming);
      return made.answers.press;
    },
    submit(incoming) {
      made.submits.push(incoming);
      return made.answers.submit;
    },
    complete(who, line) {
      made.typed.push({ who, line });
      return made.answers.names;
    },
  };
  return made;
}

export function works(finished: Partial<Finished> = {}, finish?: () => Promise<Finished>): Answer {
  return { now: 'work', finish: finish ?? (() => Promise.resolve({ ok: true, cards: [cardOf('Done')], ...finished })) };
}

/** Work that ends with that card when it is released. */
export function held(title: string): { readonly answer: Answer; release(): void } {
  const gate = new EventEmitter();
  const released = once(gate, 'release');
  const finish = async (): Promise<Finished> => {
    await released;
    return { ok: true, cards: [cardOf(title)] };
  };
  return { answer: { now: 'work', finish }, release: () => void gate.emit('release') };
}

/** The value, as soon as there is one. */
export function soon<Value>(look: () => Value | undefined | Promise<Value | undefined>): Promise<Value> {
  return vi.waitFor(
    async () => {
      const value = await look();
      if (value === undefined || value === false) throw new Error('not yet');
      return value;
    },
    { timeout: 15_000, interval: 20 },
  );
}
