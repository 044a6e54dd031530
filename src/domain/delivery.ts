import type { Card } from './card.ts';

/** Which message this is: a card at one place of one platform. */
export interface DeliveryKey {
  /** What the message is about: the id of a run, or `alert:<id>`. */
  readonly subject: string;
  readonly platform: string;
  readonly channel: string;
  /** The card's id. */
  readonly card: string;
}

/**
 * One message there should be. `wanted`: it may or may not stand there yet; publishing it once more with the same key tells.
 * `shown`: it stands there. `gone`: somebody removed it, or its place is no more; it is not tried again.
 */
export interface Delivery extends DeliveryKey {
  readonly state: 'wanted' | 'shown' | 'gone';
  /** Grows when it has to be published anew after somebody deleted it; part of the key it is published by. */
  readonly round: number;
  /** The platform's id of the message, once it is known. */
  readonly message?: string;
  readonly publishedAt?: string;
  /** The card as it was shown last. */
  readonly shown?: Card;
  /** The requester was told that it is gone. */
  readonly reported: boolean;
  /** Nothing of it will change any more. */
  readonly final: boolean;
}

/** The messages about runs and alerts, so that a restarted bot goes on with the same ones. */
export interface DeliveryStore {
  /** Writes down that these messages are wanted; those already known stay as they are. Gives all of the subject. */
  want(subject: string, keys: readonly DeliveryKey[]): Promise<readonly Delivery[]>;
  /** Keeps what became of it. The message must have been wanted before. */
  save(delivery: Delivery): Promise<void>;
  /** Subjects with messages that may still change. */
  open(): Promise<readonly string[]>;
}
