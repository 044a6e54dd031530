import type { BotDeps } from '../../src/bot/bot.ts';
import type { ChatPlatform, Place } from '../../src/bot/platform.ts';

/** Who acts in the behaviour suite: the people of `test/bot/people.ts`, and accounts that nobody of the inventory has. */
export type Actor = 'anna' | 'piotr' | 'ewa' | 'jan' | 'obcy' | 'stranger' | 'guest' | 'external' | 'bot';

/** A message as somebody sees it on the screen, whatever the platform calls its parts. */
export interface Seen {
  /** The platform's id of the message. */
  readonly id: string;
  /** Every text on it in reading order, as a reader sees it (without markup), joined by newlines. */
  readonly text: string;
  /** Labels of its buttons, in order. */
  readonly buttons: readonly string[];
  /** Only this person sees it. */
  readonly private: boolean;
  /** Texts of its thread, in order. */
  readonly thread: readonly string[];
  /** Names and alternative texts of the files in its thread or on it. */
  readonly files: readonly { readonly name: string; readonly alt: string; readonly bytes: number }[];
  /** It called people to look (a notification that an edit does not make). */
  readonly alerts: boolean;
}

/** A form as it stands on somebody's screen. */
export interface SeenForm {
  readonly id: string;
  readonly title: string;
  /** Every text on it, as read. */
  readonly text: string;
  readonly fields: readonly { readonly name: string; readonly label: string; readonly options?: readonly string[] }[];
}

/** What became of something a person did. */
export interface Reaction {
  /** Milliseconds until the platform had its acknowledgement; undefined: it never came, the platform showed its own error. */
  readonly ackMs: number | undefined;
  /** The form that opened. */
  readonly form?: SeenForm;
}

/**
 * Drives one real adapter over its fake (or real) other side, as people do. The behaviour suite of `chat-platform.ts` is
 * written against this alone, so every platform passes the same one.
 */
export interface ChatDriver {
  readonly name: string;
  /** The adapter under test. The suite starts and stops it, maybe several times over the same other side. */
  readonly platform: ChatPlatform;
  /** Another adapter instance over the same other side and the same accounts, as after a restart of the process. */
  restarted(): ChatPlatform;
  readonly ops: Place;
  readonly approvals: Place;
  /** The platform's id of the account. */
  account(actor: Actor): string;
  /** Types `/zapas <line>` at the place; `twice` makes the platform deliver the same event twice. */
  type(actor: Actor, line: string, at?: Place, options?: { readonly twice?: boolean }): Promise<Reaction>;
  /** What this person sees at the place now, oldest first. */
  screen(actor: Actor, at?: Place): Promise<readonly Seen[]>;
  /** Presses the button with that label. Buttons that a message no longer has can be pressed too: an old screen shows them. */
  press(actor: Actor, message: Seen, label: string, options?: { readonly twice?: boolean }): Promise<Reaction>;
  submit(actor: Actor, form: SeenForm, values: Readonly<Record<string, string>>): Promise<Reaction>;
  /** Somebody deletes the message. */
  remove(message: Seen): Promise<void>;
  readonly faults: {
    /** For so long every write is answered with the platform's "too many requests". */
    rateLimit(milliseconds: number): void;
    /** For so long the platform's interface fails. */
    outage(milliseconds: number): void;
    /** The next write is carried out, but its answer gets lost. */
    loseNextAnswer(): void;
  };
  /** What the other side saw that breaks its rules: limits, deadlines, double answers. Empty at the end of each test. */
  violations(): readonly string[];
  close(): Promise<void>;
}

/** What is at hand where people sit at the machine themselves. */
export type Chair = Omit<BotDeps, 'platforms' | 'deliveries' | 'metrics'>;

/**
 * Drives what needs no bot: each person sits at a program of their own. Nothing stands between it and them, so nothing there comes
 * twice, gets lost, is rationed or deleted.
 */
export interface SeatDriver extends Omit<ChatDriver, 'platform' | 'restarted' | 'faults' | 'remove'> {
  readonly platform: Pick<ChatPlatform, 'id' | 'can'>;
  /** From now on people sit there, until they are told to stand up: the programs end, as at the end of a day. */
  sit(chair: Chair): Promise<{ stand(): Promise<void> }>;
}

/** A way people meet Zapas. */
export type AnyDriver = ChatDriver | SeatDriver;
