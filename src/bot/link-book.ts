import { createHash, randomInt } from 'node:crypto';
import type { Inventory, Person } from '../domain/inventory.ts';
import type { Link, LinkStore } from '../domain/links.ts';
import { CODE_MINUTES, withLinks } from '../domain/links.ts';

/** How often links that other processes made or removed are looked for. */
const REFRESH_MS = 5_000;
/** Without letters and digits that look alike. Ten of them are 49 bits, which nobody guesses in ten minutes. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 10;

/** The people with all their accounts, kept up to date. */
export interface LinkBook {
  /** The inventory with the links in it. */
  inventory(): Inventory;
  /** A new code for that person, as it is shown: `ABCDE-23456`. */
  offer(person: Person): Promise<string>;
  /** Links the account by a code as somebody typed it. Throws the errors of {@link LinkStore.redeem}. */
  redeem(who: { readonly platform: string; readonly account: string }, typed: string): Promise<Link>;
  /** Removes the person's own link. False when they have none there. */
  remove(person: Person, platform: string, from: string): Promise<boolean>;
  close(): void;
}

/** Opens the book: links are there when it settles. Afterwards a store that does not answer leaves them as they are. */
export async function openLinkBook(
  store: LinkStore,
  named: () => Inventory,
  now: () => Date = () => new Date(),
): Promise<LinkBook> {
  let links = await store.list();
  const refresh = async (): Promise<void> => {
    links = await store.list();
  };
  const timer = setInterval(() => void refresh().catch(() => undefined), REFRESH_MS);
  timer.unref();
  return {
    inventory: () => withLinks(named(), links),
    async offer(person) {
      const code = newCode();
      const expiresAt = new Date(now().getTime() + CODE_MINUTES * 60_000).toISOString();
      await store.offer({ codeHash: hashOf(code), person: person.id, expiresAt });
      return `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`;
    },
    async redeem({ platform, account }, typed) {
      const link = await store.redeem({ codeHash: hashOf(typed), platform, account, at: now().toISOString() });
      await refresh();
      return link;
    },
    async remove(person, platform, from) {
      const by = { person: person.id, platform: from };
      const removed = await store.remove({ person: person.id, platform, by, at: now().toISOString() });
      await refresh();
      return removed;
    },
    close: () => clearInterval(timer),
  };
}

function newCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** Case, blanks and dashes are how people type, not part of the code. */
function hashOf(typed: string): string {
  const code = typed.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
  return createHash('sha256').update(`zapas link ${code}`).digest('hex');
}
