import type { KeyObject } from 'node:crypto';
import { sign, verify } from 'node:crypto';
import type { ErrorRef } from './errors.ts';
import type { Bounds, Evidence } from './evidence.ts';
import { canonicalJson } from './plan.ts';
import type { Gate, Run } from './run.ts';

/**
 * What the second person's approval says, signed with the bot's Ed25519 key.
 *
 * It binds one decision to one gate of one run, one plan and the bounds shown on the card. The worker holds only the
 * verifying key, so a forged row in the store opens nothing.
 */
export interface Envelope {
  readonly v: 1;
  readonly run: string;
  readonly gate: number;
  readonly nonce: string;
  readonly cluster: string;
  readonly planHash: string;
  readonly bounds: Bounds;
  readonly requestedBy: string;
  readonly approvedBy: string;
  readonly approvedAt: string;
  readonly expiresAt: string;
}

/** The envelope for this gate. Throws nothing; the caller has checked the gate. */
export function envelopeFor(
  run: Run,
  gate: Gate & { readonly bounds: Bounds },
  approvedBy: string,
  approvedAt: string,
): Envelope {
  return {
    v: 1,
    run: run.id,
    gate: gate.number,
    nonce: gate.nonce,
    cluster: run.cluster,
    planHash: gate.planHash,
    bounds: gate.bounds,
    requestedBy: run.requester.person,
    approvedBy,
    approvedAt,
    expiresAt: gate.expiresAt,
  };
}

/** `base64url(canonical JSON).base64url(signature)`. */
export function signEnvelope(envelope: Envelope, key: KeyObject): string {
  const body = Buffer.from(canonicalJson(envelope));
  return `${body.toString('base64url')}.${sign(null, body, key).toString('base64url')}`;
}

/**
 * Is the granted gate of this run backed by a true envelope for exactly this plan? Anything else is `approval.forged`
 * (which covers a replayed envelope of another gate, run or plan) or `approval.same-person`.
 */
export function checkEnvelope(run: Run, key: KeyObject): ErrorRef | undefined {
  const gate = run.granted;
  const forged = (detail: string): ErrorRef => ({ code: 'approval.forged', params: { run: run.id, detail } });
  if (!gate?.decision?.envelope || !gate.bounds) return forged('no envelope');
  const envelope = openEnvelope(gate.decision.envelope, key);
  if (!envelope) return forged('signature');
  const expected = envelopeFor(run, { ...gate, bounds: gate.bounds }, gate.decision.by.person, gate.decision.at);
  if (canonicalJson(envelope) !== canonicalJson(expected)) return forged('content');
  if (envelope.planHash !== run.planHash) return forged('plan');
  if (envelope.approvedAt >= envelope.expiresAt) return forged('expired');
  if (run.participants.includes(envelope.approvedBy))
    return { code: 'approval.same-person', params: { person: envelope.approvedBy } };
  return undefined;
}

function openEnvelope(envelope: string, key: KeyObject): Envelope | undefined {
  const [body, signature] = envelope.split('.').map((part) => Buffer.from(part, 'base64url'));
  if (!body || !signature || !verify(null, body, key, signature)) return undefined;
  const content: Envelope = JSON.parse(body.toString('utf8'));
  return content;
}

/** The bounds an approval of this evidence stands for. */
export function boundsOf(
  evidence: Evidence,
  roles: { primary: string; standby: string },
  lsnBoundBytes: number,
): Bounds {
  return {
    ...roles,
    timeline: evidence.timeline,
    systemIdentifier: evidence.systemIdentifier,
    fencing: evidence.fencing,
    receiveLsnFrom: evidence.receiveLsn,
    lsnBoundBytes,
  };
}

/** Where reality has left the approved bounds; empty when it has not. */
export function outOfBounds(bounds: Bounds, evidence: Evidence): readonly ErrorRef[] {
  const drift: ErrorRef[] = [];
  const differs = (what: string, approved: string | number, now: string | number): void => {
    if (approved !== now) drift.push({ code: 'run.drifted', params: { what, approved, now } });
  };
  differs('timeline', bounds.timeline, evidence.timeline);
  differs('system identifier', bounds.systemIdentifier, evidence.systemIdentifier);
  differs('fencing', bounds.fencing, evidence.fencing);
  const worksOn = evidence.planned ?? evidence.taken ?? false;
  if (!worksOn) differs('primary', 'down', evidence.primaryAlive ? 'alive' : 'down');
  const moved = lsnNumber(evidence.receiveLsn) - lsnNumber(bounds.receiveLsnFrom);
  // A primary that works goes on writing.
  const tooFar = !worksOn && moved > BigInt(bounds.lsnBoundBytes);
  if (moved < 0n || tooFar) {
    drift.push({
      code: 'run.drifted',
      params: { what: 'received WAL', approved: bounds.receiveLsnFrom, now: evidence.receiveLsn },
    });
  }
  return drift;
}

function lsnNumber(lsn: string): bigint {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}
