import type { Card } from '../domain/card.ts';
import type { Priority } from './lane.ts';
import type { Place } from './platform.ts';

/** One message there should be. */
export interface Wanted {
  readonly place: Place;
  readonly card: Card;
  readonly priority: Priority;
  /** Id of the card in whose thread it stands; it is written once and never edited. */
  readonly under?: string;
  /** Goes with a card in a thread. */
  readonly file?: { readonly name: string; readonly content: Uint8Array; readonly alt: string };
  /** Redraws the message where it stands, but is no reason for a new one. */
  readonly standing?: true;
  /** A question: where somebody deletes it, it is asked anew. A gate that nobody sees is a trap. */
  readonly asks?: true;
}

/** Every message there should be about a run now. */
export interface Layout {
  readonly messages: readonly Wanted[];
  /** Nothing of it will change any more. */
  readonly over: boolean;
  /** When time alone changes something of it, in milliseconds since 1970. */
  readonly lookAt?: number;
}

/** Cards of one reader's screen as a layout: there is only that place. */
export function onScreen(place: Place, cards: readonly Card[], over: boolean): Layout {
  return { messages: cards.map((card) => ({ place, card, priority: 'result' })), over };
}
