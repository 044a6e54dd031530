import type { Card, Form, Verb } from '../domain/card.ts';

/** A platform people meet Zapas on. An account of the inventory carries its id. */
export type PlatformId = 'terminal' | 'slack' | 'discord' | 'web';

/** What differs between platforms as numbers and yes or no; everything else is a renderer's business. */
export interface Capabilities {
  /** Input that shows as dots. Without it a secret never goes through a form. */
  readonly maskedInput: boolean;
  /** The program itself offers names while a command is typed. */
  readonly completion: boolean;
  /** Answers that only one person sees. */
  readonly privateNotices: boolean;
  /** Milliseconds within which an incoming event has to be acknowledged. */
  readonly ackMs: number;
  /** Least milliseconds between two edits of one message. */
  readonly editMs: number;
  /** Edits of an old message are rationed: after that many milliseconds at most one a minute. */
  readonly oldAfterMs: number;
  /** Most edits of the whole account in a minute; new messages go at their channel's own pace. */
  readonly perMinute: number;
  /** A picture can stand inside a card. */
  readonly images: boolean;
  /** Many people look at one place; else each has a screen of their own, and on it what concerns them. */
  readonly shared: boolean;
  /** What was shown outlives the process and is edited in place; else what became of it is told below. */
  readonly lasting: boolean;
  /** Details stand in the message's thread; else they are told below it. */
  readonly threads: boolean;
  /** Takes files; else they are told in words, with the path of a copy where somebody sits at this machine. */
  readonly files: boolean;
}

/** Where messages go: a channel, or the one screen of a terminal. */
export interface Place {
  readonly platform: PlatformId;
  readonly channel: string;
}

/** A message that was published; `key` makes publishing it twice one message. */
export interface MessageRef {
  readonly place: Place;
  readonly message: string;
}

/** Who is at the other end, as the platform proves it; never as they say. */
export interface Who {
  readonly platform: PlatformId;
  /** The platform's unchanging id of the account. */
  readonly account: string;
}

/** What the platform knows of an account. Only a `member` is ever matched with a person. */
export interface Account extends Who {
  readonly kind: 'member' | 'guest' | 'bot' | 'external' | 'gone';
  readonly language?: 'pl' | 'en';
}

/** A file for people; `alt` says in their language what it is. */
export interface Attachment {
  readonly name: string;
  readonly content: Uint8Array;
  readonly alt: string;
}

/** Something a person did. `delivery` is the platform's own id of the event: the same one twice is one act. */
interface Incoming {
  readonly who: Account;
  readonly place: Place;
  readonly delivery: string;
}

export interface IncomingCommand extends Incoming {
  /** Free text, or the options a platform has already told apart. */
  readonly input:
    | { readonly text: string }
    | { readonly name: string; readonly values: Readonly<Record<string, string | number | boolean>> };
}

export interface IncomingPress extends Incoming {
  readonly verb: Verb;
  readonly payload: string;
}

export interface IncomingSubmit extends Incoming {
  readonly verb: Verb;
  readonly payload: string;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * The first answer to something a person did, found without waiting for anything: a form (which some platforms take only as the
 * first answer), or the promise to work on it, which is acknowledged at once.
 */
export type Answer =
  | { readonly now: 'form'; readonly form: Form }
  | { readonly now: 'work'; finish(): Promise<Finished> };

/** What became of it. `cards` are for that person alone; `follow` is a run whose messages belong at that place. */
export interface Finished {
  readonly ok: boolean;
  readonly cards: readonly Card[];
  readonly follow?: string;
  /** For that person alone, too. */
  readonly files?: readonly Attachment[];
}

/** What a platform calls when something comes in. Never throws. */
export interface Handlers {
  command(incoming: IncomingCommand): Answer;
  press(incoming: IncomingPress): Answer;
  submit(incoming: IncomingSubmit): Answer;
  /** Names that complete what is typed so far, most likely first. */
  complete(who: Account, typed: string): readonly string[];
}

/** Why a platform did not take a message. `gone`: the message or the place is no more; nothing is tried again. */
export class PlatformError extends Error {
  readonly kind: 'rate-limited' | 'gone' | 'unavailable';
  /** For `rate-limited`: milliseconds to wait. */
  readonly retryAfterMs: number;

  constructor(
    kind: PlatformError['kind'],
    { retryAfterMs = 0, cause }: { retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(`platform: ${kind}`, cause === undefined ? undefined : { cause });
    this.name = 'PlatformError';
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface Health {
  readonly ok: boolean;
  readonly detail: string;
}

/** What people meet Zapas on. Adapters render cards, prove accounts and deliver; they decide nothing. */
export interface ChatPlatform {
  readonly id: PlatformId;
  readonly can: Capabilities;
  start(handlers: Handlers): Promise<void>;
  stop(): Promise<void>;
  /** A new message. The same key again gives the message that is already there. Throws {@link PlatformError}. */
  publish(place: Place, card: Card, key: string): Promise<MessageRef>;
  /** Redraws it in place. Throws {@link PlatformError}. */
  update(ref: MessageRef, card: Card): Promise<void>;
  /** A card in the message's thread. */
  reply(ref: MessageRef, card: Card, key: string): Promise<void>;
  /** A card that only this person sees. */
  notice(to: Account, place: Place, card: Card): Promise<void>;
  /** A form, as the answer to what the person just did. */
  form(to: Account, place: Place, form: Form): Promise<void>;
  /** A file in the message's thread. */
  upload(ref: MessageRef, file: Attachment): Promise<void>;
  /** A file that only this person sees. Throws {@link PlatformError}. */
  hand(to: Account, place: Place, file: Attachment): Promise<void>;
  /** What the platform knows of an account now. */
  person(account: string): Promise<Account>;
  health(): Promise<Health>;
}
