import type { Card } from './card.ts';

/** A message of the web console, with its thread. */
export interface BoardMessage {
  readonly id: string;
  readonly channel: string;
  readonly card: Card;
  /** ISO 8601. */
  readonly at: string;
  /** Oldest first. */
  readonly thread: readonly ThreadItem[];
}

export type ThreadItem =
  | { readonly kind: 'card'; readonly card: Card }
  | { readonly kind: 'file'; readonly id: string; readonly name: string; readonly alt: string; readonly bytes: number };

export interface BoardFile {
  readonly name: string;
  readonly alt: string;
  readonly content: Uint8Array;
}

/** Where the messages of the web console stand: what a chat service is for the other platforms. */
export interface MessageBoard {
  /** The message of that key in the channel, made when there is none; its id. */
  post(channel: string, key: string, card: Card): Promise<string>;
  /** False: the message is no more. */
  edit(id: string, card: Card): Promise<boolean>;
  /** Adds a card to the thread; the same key again does nothing. False: the message is no more. */
  reply(id: string, key: string, card: Card): Promise<boolean>;
  /** Adds a file to the thread. False: the message is no more. */
  attach(id: string, file: BoardFile): Promise<boolean>;
  /** The newest messages of a channel, oldest first. */
  list(channel: string, limit: number): Promise<readonly BoardMessage[]>;
  /** A file with the message it belongs to. */
  file(id: string): Promise<{ readonly file: BoardFile; readonly message: BoardMessage } | undefined>;
  remove(id: string): Promise<void>;
}
