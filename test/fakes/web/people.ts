import type { Inventory } from '../../../src/domain/inventory.ts';
import { people } from '../../bot/people.ts';

/** The people of the specifications, each with an account of the web console named like them. */
export function peopleOnTheWeb(): Inventory {
  const inventory = people();
  const named = Object.entries(inventory.people).map(([id, person]) => [
    id,
    { ...person, accounts: { ...person.accounts, web: id } },
  ]);
  return { ...inventory, people: Object.fromEntries(named) };
}
