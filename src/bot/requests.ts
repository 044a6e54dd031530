import { randomInt } from 'node:crypto';
import type { ErrorRef } from '../domain/errors.ts';
import { errorRef } from '../domain/errors.ts';
import type { Inventory, Person } from '../domain/inventory.ts';
import { findCluster, listClusters } from '../domain/inventory.ts';
import { reasonMissing } from '../domain/maintenance.ts';
import { eligibleApprovers, permits, personOf } from '../domain/policy.ts';
import type { RunStore, WakeUps } from '../domain/ports.ts';
import type { Run } from '../domain/run.ts';
import type { Runbook, RunbookId } from '../domain/runbook.ts';
import { isMutating } from '../domain/runbook.ts';
import type { Clicker } from './decide.ts';
import { nearest } from './nearest.ts';

export interface RequestDeps {
  readonly inventory: () => Inventory;
  readonly runs: RunStore;
  readonly runbooks: readonly Runbook[];
  readonly now: () => Date;
  readonly wake: WakeUps;
}

export interface RunRequest {
  readonly who: Clicker;
  /** The platform's id of the delivery: asking twice starts one run. */
  readonly asked: string;
  readonly runbook: RunbookId;
  readonly cluster: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export type Requested =
  | {
      readonly ok: true;
      readonly run: Run;
      /** False: this very request had started it before. */
      readonly created: boolean;
      /** Who could approve it now; empty unless the runbook needs a second person. */
      readonly approvers: readonly Person[];
    }
  | { readonly ok: false; readonly error: ErrorRef };

/** Without letters and digits that are mistaken for others when read aloud or typed: no i, l, o, u. */
const ID_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_LENGTH = 8;

/** An id for a run that people can type: eight characters, 40 random bits. */
export function newRunId(): string {
  return Array.from({ length: ID_LENGTH }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join('');
}

/**
 * Asks for a run: checks the person, the cluster, the rights and the options, and writes it down. A failover that nobody could
 * approve is refused at once. Idempotent by `asked`. Never throws.
 */
export async function requestRun(deps: RequestDeps, request: RunRequest): Promise<Requested> {
  try {
    const checked = check(deps, request);
    if ('code' in checked) return { ok: false, error: checked };
    const { person, runbook, site, options, approvers } = checked;
    const { run, created } = await deps.runs.request({
      type: 'requested',
      id: newRunId(),
      asked: request.asked,
      runbook: runbook.id,
      cluster: request.cluster,
      site,
      mutating: isMutating(runbook),
      options,
      at: deps.now().toISOString(),
      by: { person: person.id, platform: request.who.platform },
    });
    deps.wake.advance(run);
    return { ok: true, run, created, approvers };
  } catch (error) {
    return { ok: false, error: errorRef(error) };
  }
}

interface Checked {
  readonly person: Person;
  readonly runbook: Runbook;
  readonly site: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly approvers: readonly Person[];
}

function check(deps: RequestDeps, request: RunRequest): Checked | ErrorRef {
  const inventory = deps.inventory();
  const { platform, account } = request.who;
  const person = personOf(inventory, platform, account);
  if (!person) return { code: 'input.unknown-person', params: { platform, person: account.slice(0, 64) } };
  const runbook = deps.runbooks.find(({ id }) => id === request.runbook);
  if (!runbook) return { code: 'input.unknown-command', params: { command: request.runbook } };
  const cluster = findCluster(inventory, request.cluster);
  if (!cluster) return unknownCluster(inventory, person, request.cluster);
  const denied = permits(person, cluster.site, { do: 'run', runbook: runbook.id });
  if (denied) return denied;
  const options = runbook.options.safeParse(request.options);
  if (!options.success) {
    const [issue] = options.error.issues;
    return { code: 'input.invalid', params: { field: String(issue?.path[0] ?? ''), detail: issue?.message ?? '' } };
  }
  const unexplained = runbook.planned && reasonMissing(inventory, cluster, options.data, deps.now());
  if (unexplained) return unexplained;
  const { site } = cluster;
  const needsApproval = runbook.steps.some(({ effect }) => effect === 'irreversible');
  const approvers = needsApproval ? eligibleApprovers(inventory, { site, participants: [person.id] }) : [];
  if (needsApproval && approvers.length === 0)
    return { code: 'approval.nobody', params: { site, cluster: request.cluster } };
  return { person, runbook, site, options: options.data, approvers };
}

/** Suggests only what the person may see. */
export function unknownCluster(inventory: Inventory, person: Person, cluster: string): ErrorRef {
  const visible = listClusters(inventory).filter(({ site }) => !permits(person, site, { do: 'read' }));
  const near = nearest(
    cluster,
    visible.map(({ id }) => id),
  ).join(', ');
  return { code: 'input.unknown-cluster', params: { cluster: cluster.slice(0, 64), ...(near && { nearest: near }) } };
}
