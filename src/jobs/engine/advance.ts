import { setMaxListeners } from 'node:events';
import { errorRef, OpsError } from '../../domain/errors.ts';
import { findCluster } from '../../domain/inventory.ts';
import type { Claim } from '../../domain/ports.ts';
import { createRedactor } from '../../domain/redact.ts';
import { SYSTEM } from '../../domain/run.ts';
import { createAsker } from './ask.ts';
import type { EngineDeps } from './deps.ts';
import { drive } from './drive.ts';
import { endOf } from './failure.ts';
import type { Lease } from './lease.ts';
import { holdLease, moment } from './lease.ts';
import { Leave } from './leave.ts';
import type { Session } from './session.ts';
import { gatewayOf, reached, stored } from './session.ts';

/** How long a run rests after the store failed in the middle of it. */
const STORE_REST_MS = 2_000;

/** Moves runs on. */
export interface Engine {
  /**
   * Claims the run and does what can be done now: up to a gate, its end, or `shutdown`. Does nothing when the run is not ready or
   * somebody holds it, so any number of calls is harmless. What befalls the run stands in the run; this throws only when the
   * store cannot be asked for it.
   */
  advance(run: string, shutdown: AbortSignal): Promise<void>;
}

/** The engine over these adapters. Keeps nothing between calls: the store has it all. */
export function createEngine(deps: EngineDeps): Engine {
  return {
    async advance(id, shutdown) {
      const { leaseMs } = deps.timing;
      const askedAt = moment();
      const claim = await deps.runs.claim(id, deps.owner, leaseMs);
      if (!claim) return;
      const lease = holdLease(askedAt, leaseMs, () => deps.runs.renew(id, claim.fence, leaseMs));
      let left: Leave | undefined;
      try {
        left = await attend(deps, claim, lease, shutdown);
      } finally {
        lease.end();
        if (left?.why !== 'lost-lease') await giveBack(deps, claim, left?.why === 'store' ? STORE_REST_MS : 0);
      }
    },
  };
}

async function giveBack({ runs, log }: EngineDeps, { run, fence }: Claim, wakeMs: number): Promise<void> {
  try {
    await runs.release(run.id, fence, wakeMs);
  } catch (error) {
    log.warn({ run: run.id, code: errorRef(error).code }, 'claim not given back; it will run out');
  }
}

/** Goes on with a claimed run until there is nothing to do now. Returns why it was left before that, if it was. */
async function attend(deps: EngineDeps, claim: Claim, lease: Lease, shutdown: AbortSignal): Promise<Leave | undefined> {
  const fields = { run: claim.run.id, runbook: claim.run.runbook, fence: claim.fence };
  deps.log.info(fields, 'claimed');
  try {
    const session = await openSession(deps, claim, lease, shutdown);
    await reached(session, 'claimed');
    await drive(session);
    deps.log.info({ ...fields, state: session.run.state }, 'let go');
    return undefined;
  } catch (error) {
    if (!(error instanceof Leave)) return await refuse(deps, claim, error);
    deps.log.warn(
      { ...fields, why: error.why, ...(error.cause !== undefined && { code: errorRef(error.cause).code }) },
      'left',
    );
    return error;
  }
}

/** Ends a run that cannot even be looked at: its cluster is no longer in the inventory, or its options have become wrong. */
async function refuse(deps: EngineDeps, { run, fence }: Claim, thrown: unknown): Promise<undefined> {
  const error = errorRef(thrown);
  const by = { at: deps.now().toISOString(), by: SYSTEM };
  const end = endOf(run, false);
  const event = end === 'attention' ? { type: end, error } : ({ type: 'finished', state: end, error } as const);
  await deps.runs.apply(run.id, { ...event, ...by }, fence);
  deps.log.error({ run: run.id, code: error.code }, 'run refused');
}

async function openSession(deps: EngineDeps, claim: Claim, lease: Lease, shutdown: AbortSignal): Promise<Session> {
  const { run, fence } = claim;
  const runbook = deps.runbook(run.runbook);
  const cluster = findCluster(deps.inventory, run.cluster);
  if (!cluster) throw new OpsError('input.unknown-cluster', { cluster: run.cluster });
  const options = runbook.options.safeParse(run.options);
  if (!options.success) {
    const [issue] = options.error.issues;
    throw new OpsError('input.invalid', { field: String(issue?.path[0] ?? ''), detail: issue?.message ?? '' });
  }
  const { primary, standby } = run.plan ?? (await stored(() => deps.clusters.roles(cluster.id))) ?? cluster;
  const questions = AbortSignal.any([lease.halt, shutdown]);
  // A plan asks dozens of questions at once, and each listens.
  setMaxListeners(0, questions, lease.lost, lease.halt);
  return {
    deps,
    runbook,
    options: options.data,
    cluster,
    roles: { primary, standby },
    fence: { resource: cluster.id, token: fence },
    lease,
    redactor: createRedactor(),
    asker: createAsker({
      cluster: cluster.id,
      gateway: (host) => gatewayOf({ deps }, host),
      secrets: deps.secrets,
      clusters: deps.clusters,
      now: deps.now,
      signal: questions,
    }),
    acts: lease.halt,
    questions,
    jobs: new Map(),
    run,
    planned: false,
    approvalCheckedAt: undefined,
  };
}
