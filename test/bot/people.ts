import { parse } from 'yaml';
import type { Inventory } from '../../src/domain/inventory.ts';
import { inventorySchema } from '../../src/domain/inventory.ts';
import { exampleInventory } from '../config/example.ts';

const MORE_PEOPLE = `
  ewa:
    name: Ewa Wójcik
    language: en
    accounts: { terminal: ewa, slack: U-EWA, discord: '4711' }
    roles: [{ role: approver, sites: '*' }, { role: operator, sites: '*' }]
  jan:
    name: Jan Mazur
    accounts: { terminal: jan }
    roles: [{ role: viewer, sites: [clinic] }]
  obcy:
    name: Obcy Człowiek
    accounts: { terminal: obcy }
    roles: [{ role: operator, sites: [other] }, { role: approver, sites: [other] }]
`;

/**
 * Anna operates, Piotr approves at the clinic, Ewa does both everywhere and has three accounts, Jan only looks, and Obcy has every
 * right at another site.
 */
export function people(): Inventory {
  const source = exampleInventory.replace('hosts:\n', '  other:\n    name: Inna Placówka\n    clusters: {}\nhosts:\n');
  return inventorySchema.parse(parse(source + MORE_PEOPLE.slice(1)));
}
