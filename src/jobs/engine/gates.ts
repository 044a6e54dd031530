import { randomBytes } from 'node:crypto';
import { boundsOf, checkEnvelope, outOfBounds } from '../../domain/approval.ts';
import type { ErrorRef } from '../../domain/errors.ts';
import type { Evidence } from '../../domain/evidence.ts';
import { planHash } from '../../domain/plan.ts';
import { eligibleApprovers } from '../../domain/policy.ts';
import type { Gate, GateKind } from '../../domain/run.ts';
import type { Step } from '../../domain/step.ts';
import { assess, patience, persist } from './assess.ts';
import { RunFailure } from './leave.ts';
import type { Session } from './session.ts';
import { reached, record } from './session.ts';

const ATTEST_HOURS = 24;

/** Opens a gate before the step. Throws {@link RunFailure} when nobody could ever open it. */
export async function openGate(session: Session, step: Step, kind: GateKind): Promise<void> {
  const { deps, run } = session;
  if (!run.plan || run.planHash === undefined) throw bug('a gate without a plan');
  const { policy } = deps.inventory;
  const now = deps.now();
  const minutes = kind === 'attest' ? ATTEST_HOURS * 60 : policy.approvalMinutes;
  const gate: Gate = {
    number: (run.gate?.number ?? 0) + 1,
    kind,
    step: step.id,
    planHash: run.planHash,
    nonce: randomBytes(16).toString('base64url'),
    openedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + minutes * 60_000).toISOString(),
    ...(kind === 'approve' && { bounds: boundsToApprove(session, run.plan.evidence) }),
  };
  await record(session, { type: 'gate-opened', gate });
  await reached(session, 'gate-opened', step.id);
}

function boundsToApprove(session: Session, evidence: Evidence | undefined): NonNullable<Gate['bounds']> {
  const { deps, run, roles } = session;
  if (eligibleApprovers(deps.inventory, run).length === 0)
    throw new RunFailure({ code: 'approval.nobody', params: { site: run.site, cluster: run.cluster } });
  if (!evidence) throw bug(`runbook ${run.runbook} is irreversible and gathers no evidence`);
  return boundsOf(evidence, roles, deps.inventory.policy.lsnBoundBytes);
}

/**
 * Holds the granted approval against its signature and, before the point of no return, against reality. Returns where reality
 * has left it. Throws {@link RunFailure} when the approval is not genuine.
 */
export async function checkApproval(session: Session): Promise<readonly ErrorRef[]> {
  const { deps, run } = session;
  const refused = checkEnvelope(run, deps.verifyingKey);
  if (refused) throw new RunFailure(refused);
  if (!run.plan || planHash(run.plan) !== run.planHash)
    throw new RunFailure({ code: 'approval.forged', params: { run: run.id, detail: 'plan' } });
  if (run.pastPointOfNoReturn) return [];
  const expired = expiredUnused(session);
  if (expired) return [expired];
  const bounds = run.granted?.bounds;
  if (!bounds) throw bug('an approval without bounds');
  const { evidence, blocked } = await persist(session, undefined, patience(session), () => gatherEvidence(session));
  if (blocked) return [blocked];
  if (!evidence) throw bug(`runbook ${run.runbook} is irreversible and gathers no evidence`);
  return outOfBounds(bounds, evidence);
}

/** An approval is good until it expires; work that began in time may be finished under it. */
function expiredUnused({ deps, run }: Session): ErrorRef | undefined {
  const gate = run.granted;
  if (!gate || deps.now().toISOString() < gate.expiresAt) return undefined;
  const begun = run.steps.some(({ id, state }) => id === gate.step && state !== 'pending');
  return begun ? undefined : { code: 'approval.expired', params: { run: run.id, expired: gate.expiresAt } };
}

/** Is the last check of the approval older than the policy's evidence may be? Then it is made again. */
export function evidenceIsStale(session: Session): boolean {
  const checkedAt = session.approvalCheckedAt?.getTime() ?? 0;
  return session.deps.now().getTime() - checkedAt > session.deps.inventory.policy.evidenceSeconds * 1_000;
}

/** Asks the reading steps at the head of the runbook anew; one of them makes the evidence. */
async function gatherEvidence(
  session: Session,
): Promise<{ readonly evidence?: Evidence; readonly blocked?: ErrorRef }> {
  let found: Evidence | undefined;
  for (const step of session.runbook.steps) {
    if (step.effect !== 'read') break;
    const { check, evidence } = (await assess(session, step)).assessment;
    if (typeof check === 'object' && 'blocked' in check) return { blocked: check.blocked };
    found ??= evidence;
  }
  return found ? { evidence: found } : {};
}

function bug(detail: string): RunFailure {
  return new RunFailure({ code: 'internal.bug', params: { detail } });
}
