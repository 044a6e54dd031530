import type { Inventory } from './inventory.ts';
import type { Actor } from './run.ts';

/** An account that a person has linked to themselves, beside those that the inventory names. */
export interface Link {
  readonly platform: string;
  readonly account: string;
  /** Id of the person in the inventory. */
  readonly person: string;
  /** ISO 8601. */
  readonly at: string;
}

/** What the audit trail keeps of links. */
export type LinkEvent = {
  readonly at: string;
  readonly by: Actor;
  readonly platform: string;
  readonly account: string;
} & ({ readonly type: 'account-linked' } | { readonly type: 'account-unlinked'; readonly person: string });

/** How long a linking code is good for. */
export const CODE_MINUTES = 10;

/** Links and the codes they are made with. Codes are stored as hashes only; making and removing a link is audited. */
export interface LinkStore {
  list(): Promise<readonly Link[]>;
  /** Keeps a code for that person; an earlier one of theirs is no longer good. `expiresAt` is ISO 8601. */
  offer(offer: { readonly codeHash: string; readonly person: string; readonly expiresAt: string }): Promise<void>;
  /**
   * Uses a code up and links the account with whom it was made for. Throws `link.wrong-code` for an unknown, used or expired
   * one, `link.taken` when the account belongs to somebody, `link.occupied` when that person has an account there already.
   */
  redeem(claim: {
    readonly codeHash: string;
    readonly platform: string;
    readonly account: string;
    readonly at: string;
  }): Promise<Link>;
  /** Removes the person's link on that platform; false when there is none. */
  remove(what: {
    readonly person: string;
    readonly platform: string;
    readonly by: Actor;
    readonly at: string;
  }): Promise<boolean>;
}

/**
 * The inventory with the links in it. The administrator's word goes first: a link never changes an account that the inventory
 * names, and never gives a person a second account on a platform.
 */
export function withLinks(inventory: Inventory, links: readonly Link[]): Inventory {
  const named = new Set(
    Object.values(inventory.people).flatMap(({ accounts }) =>
      Object.entries(accounts).map(([on, id]) => `${on} ${id}`),
    ),
  );
  const people = Object.entries(inventory.people).map(([id, person]) => {
    const own = links.filter((link) => link.person === id && !named.has(`${link.platform} ${link.account}`));
    const linked = Object.fromEntries(own.map(({ platform, account }) => [platform, account]));
    return [id, { ...person, accounts: { ...linked, ...person.accounts } }] as const;
  });
  return { ...inventory, people: Object.fromEntries(people) };
}
