import { randomUUID } from 'node:crypto';
import type { Card, Form } from '../../../domain/card.ts';
import type { Attachment, Who } from '../../platform.ts';

/** Something only one person sees: an answer, a form that waits to be filled in, or a file. */
export type InboxItem = { readonly id: string } & NewItem;

type NewItem = { readonly channel: string } & (
  | { readonly kind: 'card'; readonly card: Card }
  | { readonly kind: 'form'; readonly form: Form }
  | { readonly kind: 'file'; readonly file: Attachment }
);

/** What is kept for each person, newest first; like the private answers of a chat it does not outlive the process. */
export interface Inbox {
  add(who: Who, item: NewItem): InboxItem;
  list(who: Who): readonly InboxItem[];
  remove(who: Who, id: string): void;
}

const MOST_ITEMS = 30;

export function createInbox(): Inbox {
  const items = new Map<string, readonly InboxItem[]>();
  const of = (who: Who): readonly InboxItem[] => items.get(keyOf(who)) ?? [];
  return {
    add(who, item) {
      const added = { ...item, id: randomUUID().slice(0, 8) };
      // One form at a time: a new one takes the place of the one before.
      const others = of(who).filter(({ kind }) => item.kind !== 'form' || kind !== 'form');
      items.set(keyOf(who), [added, ...others].slice(0, MOST_ITEMS));
      return added;
    },
    list: of,
    remove(who, id) {
      items.set(
        keyOf(who),
        of(who).filter((item) => item.id !== id),
      );
    },
  };
}

/** One string for an account. */
export function keyOf({ platform, account }: Who): string {
  return `${platform}:${account}`;
}
