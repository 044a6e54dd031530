import type { ErrorRef } from './errors.ts';
import type { Inventory, Person, Role } from './inventory.ts';
import type { Gate, Run } from './run.ts';
import type { RunbookId } from './runbook.ts';

/** What a person can ask of Zapas; everything not granted is denied. */
export type Action =
  | { readonly do: 'run'; readonly runbook: RunbookId }
  | { readonly do: 'read' | 'operate' | 'approve' | 'audit' | 'administer' };

const READING: readonly RunbookId[] = ['check', 'status', 'logs'];

/** The roles that allow the action; one of them is enough. */
function rolesFor(action: Action): readonly Role[] {
  if (action.do === 'approve') return ['approver'];
  if (action.do === 'read' || (action.do === 'run' && READING.includes(action.runbook)))
    return ['viewer', 'operator', 'approver', 'admin'];
  if (action.do === 'audit') return ['approver', 'admin'];
  if (action.do === 'administer') return ['admin'];
  return ['operator', 'admin'];
}

/** May this person do that at this site? Undefined means yes. */
export function permits(person: Person, site: string, action: Action): ErrorRef | undefined {
  const allowed = rolesFor(action);
  const granted = person.roles.some(
    ({ role, sites }) => allowed.includes(role) && (sites === '*' || sites.includes(site)),
  );
  if (granted) return undefined;
  return { code: 'policy.denied', params: { person: person.id, site, needs: allowed.join(', ') } };
}

/** The person behind an account, by the platform's unchanging id; undefined for an unlinked one. */
export function personOf(inventory: Inventory, platform: string, account: string): Person | undefined {
  for (const [id, person] of Object.entries(inventory.people)) {
    const accounts: Readonly<Record<string, string | undefined>> = person.accounts;
    if (account !== '' && accounts[platform] === account) return { ...person, id };
  }
  return undefined;
}

/** Who could approve this run now: approvers of the site who had no part in it. Empty means: say so at once. */
export function eligibleApprovers(inventory: Inventory, run: Pick<Run, 'site' | 'participants'>): readonly Person[] {
  return Object.entries(inventory.people)
    .map(([id, person]) => ({ ...person, id }))
    .filter(
      (person) => !run.participants.includes(person.id) && permits(person, run.site, { do: 'approve' }) === undefined,
    );
}

/**
 * May this person decide this gate? `person` is undefined for an unlinked account. `typedName` is what they typed to
 * confirm; an approval needs the cluster's name exactly.
 */
export function mayDecide(
  run: Run,
  gate: Gate,
  person: Person | undefined,
  verdict: 'granted' | 'rejected',
  typedName: string,
): ErrorRef | undefined {
  if (!person) return { code: 'approval.unlinked', params: {} };
  if (gate.kind !== 'approve') return permits(person, run.site, { do: 'operate' });
  if (verdict === 'granted' && run.participants.includes(person.id))
    return { code: 'approval.same-person', params: { person: person.id } };
  if (permits(person, run.site, { do: 'approve' }))
    return { code: 'approval.not-approver', params: { person: person.id, site: run.site } };
  if (verdict === 'granted' && typedName.trim() !== run.cluster)
    return { code: 'approval.wrong-name', params: { expected: run.cluster } };
  return undefined;
}
