import type { Inventory, Person } from '../../../domain/inventory.ts';
import { permits, personOf } from '../../../domain/policy.ts';
import { createTranslator } from '../../../i18n/translate.ts';
import type { CardContext } from '../../cards/context.ts';
import type { Account, Who } from '../../platform.ts';
import type { WebRequest } from '../../web/http.ts';
import { Refusal } from '../../web/http.ts';

/** Whoever looks at a page: the account that is signed in, and the person it belongs to. */
export interface Reader {
  readonly account: Account;
  /** Undefined: an account that belongs to nobody; it may type a command (to link itself) and sees nothing. */
  readonly person: Person | undefined;
  /** The words for this reader; `site` gives the clock. */
  readonly context: (site?: string) => CardContext;
}

export function readerOf(who: Who, inventory: Inventory, now: Date, request: WebRequest): Reader {
  const person = personOf(inventory, who.platform, who.account);
  const language = person?.language ?? request.language;
  return {
    account: { ...who, kind: 'member', language },
    person,
    context(site) {
      const zones = Object.values(inventory.sites).map(({ timeZone }) => timeZone);
      const timeZone = (site === undefined ? undefined : inventory.sites[site]?.timeZone) ?? zones[0] ?? 'UTC';
      return { t: createTranslator(language, timeZone), inventory, now, prefix: 'zapas' };
    },
  };
}

/** Throws {@link Refusal} 404 unless this person may: what one may not see looks like what is not there. */
export function allow({ person }: Reader, site: string, action: 'read' | 'audit'): void {
  if (!person || permits(person, site, { do: action })) throw new Refusal(404);
}

/** May the person do that at some site? */
export function allowedSomewhere({ person, context }: Reader, action: 'read' | 'audit'): boolean {
  const { sites } = context().inventory;
  return person !== undefined && Object.keys(sites).some((site) => !permits(person, site, { do: action }));
}
