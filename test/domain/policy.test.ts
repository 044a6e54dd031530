import { describe, expect, it } from 'vitest';
import type { Inventory, Person, Role } from '../../src/domain/inventory.ts';
import { inventorySchema, ROLES } from '../../src/domain/inventory.ts';
import type { Action } from '../../src/domain/policy.ts';
import { eligibleApprovers, mayDecide, permits, personOf } from '../../src/domain/policy.ts';
import { gate, waiting } from './runs.ts';

const person = (id: string, ...roles: readonly Role[]): Person => ({
  id,
  name: id,
  language: 'pl',
  accounts: { terminal: id },
  roles: roles.map((role) => ({ role, sites: ['clinic'] })),
});

const inventory = (...people: readonly Person[]): Inventory =>
  inventorySchema.parse({
    sites: {},
    hosts: {},
    people: Object.fromEntries(people.map(({ id, ...rest }) => [id, rest])),
  });

/** The names of the actions a role allows. */
function may(role: Role): readonly string[] {
  const actions: Readonly<Record<string, Action>> = {
    check: { do: 'run', runbook: 'check' },
    status: { do: 'run', runbook: 'status' },
    logs: { do: 'run', runbook: 'logs' },
    setup: { do: 'run', runbook: 'setup' },
    failover: { do: 'run', runbook: 'failover' },
    read: { do: 'read' },
    operate: { do: 'operate' },
    approve: { do: 'approve' },
    audit: { do: 'audit' },
  };
  const allowed = ([, action]: [string, Action]): boolean => permits(person('x', role), 'clinic', action) === undefined;
  return Object.entries(actions)
    .filter(allowed)
    .map(([name]) => name);
}

describe('what a role allows', () => {
  const reading = ['check', 'status', 'logs', 'read'];

  it.each([
    ['viewer', reading],
    ['operator', ['check', 'status', 'logs', 'setup', 'failover', 'read', 'operate']],
    ['approver', [...reading, 'approve', 'audit']],
    ['admin', ['check', 'status', 'logs', 'setup', 'failover', 'read', 'operate', 'audit']],
  ] satisfies readonly [Role, readonly string[]][])('%s', (role, allowed) => {
    expect(may(role)).toEqual(allowed);
  });

  it('is nothing without a role, and nothing at another site', () => {
    expect(permits(person('x'), 'clinic', { do: 'read' })).toMatchObject({ code: 'policy.denied' });
    for (const role of ROLES)
      expect(permits(person('x', role), 'elsewhere', { do: 'read' })).toMatchObject({
        code: 'policy.denied',
        params: { person: 'x', site: 'elsewhere' },
      });
  });
});

describe('who is behind an account', () => {
  const people = inventory(person('anna', 'operator'), { ...person('piotr', 'approver'), accounts: { slack: 'U1' } });

  it('is known by the platform’s id alone', () => {
    expect(personOf(people, 'terminal', 'anna')?.id).toBe('anna');
    expect(personOf(people, 'slack', 'U1')?.id).toBe('piotr');
  });

  it.each([
    ['another platform’s id', 'discord', 'U1'],
    ['a display name', 'slack', 'piotr'],
    ['an empty id', 'slack', ''],
    ['no account on that platform', 'slack', 'undefined'],
    ['a platform nobody has', '__proto__', 'anna'],
  ])('is nobody for %s', (_what, platform, account) => {
    expect(personOf(people, platform, account)).toBeUndefined();
  });
});

describe('who may decide a gate', () => {
  const run = waiting();
  const piotr = person('piotr', 'approver');

  it.each([
    ['a second person who types the name', piotr, 'granted', 'demo', undefined],
    ['… with blanks around it', piotr, 'granted', ' demo ', undefined],
    ['an unlinked account', undefined, 'granted', 'demo', 'approval.unlinked'],
    ['the requester, though an approver', person('anna', 'approver'), 'granted', 'demo', 'approval.same-person'],
    ['somebody without the role', person('jan', 'operator', 'admin'), 'granted', 'demo', 'approval.not-approver'],
    ['the wrong name', piotr, 'granted', 'Demo', 'approval.wrong-name'],
    ['no name', piotr, 'granted', '', 'approval.wrong-name'],
    ['a refusal needs no name', piotr, 'rejected', '', undefined],
    ['the requester may refuse, if an approver', person('anna', 'approver'), 'rejected', '', undefined],
    ['a viewer may not even refuse', person('jan', 'viewer'), 'rejected', '', 'approval.not-approver'],
  ] as const)('%s', (_who, who, verdict, name, code) => {
    expect(mayDecide(run, gate(), who, verdict, name)?.code).toBe(code);
  });

  it('confirms and attests as an operator, the requester too', () => {
    for (const kind of ['confirm', 'attest'] as const) {
      expect(mayDecide(run, gate({ kind }), person('anna', 'operator'), 'granted', '')).toBeUndefined();
      expect(mayDecide(run, gate({ kind }), piotr, 'granted', '')?.code).toBe('policy.denied');
    }
  });
});

describe('who could approve now', () => {
  it('is every approver of the site who had no part in the run', () => {
    const elsewhere = {
      ...person('ewa', 'approver'),
      roles: [{ role: 'approver', sites: ['other'] }],
    } satisfies Person;
    const everywhere = { ...person('jan'), roles: [{ role: 'approver', sites: '*' }] } satisfies Person;
    const people = inventory(person('anna', 'approver'), person('piotr', 'approver'), elsewhere, everywhere);
    expect(eligibleApprovers(people, waiting()).map(({ id }) => id)).toEqual(['piotr', 'jan']);
  });

  it('is nobody when the requester is the only one', () => {
    expect(eligibleApprovers(inventory(person('anna', 'approver')), waiting())).toEqual([]);
  });
});
