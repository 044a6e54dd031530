import type { KeyObject } from 'node:crypto';
import { envelopeFor, signEnvelope } from '../domain/approval.ts';
import type { ErrorRef } from '../domain/errors.ts';
import { errorRef, OpsError } from '../domain/errors.ts';
import type { Inventory, Person } from '../domain/inventory.ts';
import { mayDecide, permits, personOf } from '../domain/policy.ts';
import type { RunStore, WakeUps } from '../domain/ports.ts';
import type { Actor, Decision, Gate, Run, RunEvent, RunEventBody } from '../domain/run.ts';
import { openGate } from '../domain/run.ts';
import { cleanLine, dropInvisible } from './clean.ts';
import { NOTE_LIMIT } from './commands.ts';

/** What the decision service needs. `signingKey` is the Ed25519 key that only the bot has. */
export interface DecisionDeps {
  readonly inventory: () => Inventory;
  readonly runs: RunStore;
  readonly signingKey: KeyObject;
  readonly now: () => Date;
  readonly wake: WakeUps;
}

/** Who acts, by what the platform proves. */
export interface Clicker {
  readonly platform: string;
  readonly account: string;
}

export type GateAct = 'approve' | 'reject' | 'confirm' | 'attest';

export interface GateRequest {
  readonly who: Clicker;
  readonly run: string;
  /** The gate the person saw; absent for a typed command, which means the open one. */
  readonly gate?: number;
  readonly act: GateAct;
  /** The cluster's name as typed; an approval needs it. */
  readonly name?: string;
  readonly note?: string;
}

/** The truth for whoever acted: the run as it is after it, or why nothing was done (and the run as it really is). */
export type Outcome =
  | { readonly ok: true; readonly run: Run }
  | { readonly ok: false; readonly error: ErrorRef; readonly run?: Run };

/** The one way in which people decide; buttons, forms and typed commands of every platform come through it. Never throws. */
export interface Decisions {
  /** Grants or rejects a gate. The first decision wins, whatever else happens at the same moment. */
  decide(request: GateRequest): Promise<Outcome>;
  stop(who: Clicker, run: string): Promise<Outcome>;
  settle(who: Clicker, run: string, verdict: 'retry' | 'abandon'): Promise<Outcome>;
}

/** The decision service over that store. Every refusal is recorded with the run, with its reason. */
export function createDecisions(deps: DecisionDeps): Decisions {
  const act = async (
    who: Clicker,
    id: string,
    what: string,
    propose: (run: Run, person: Person | undefined, by: Actor) => RunEventBody | ErrorRef,
  ): Promise<Outcome> => {
    try {
      const run = await deps.runs.load(id);
      if (!run) return { ok: false, error: { code: 'input.unknown-run', params: { run: cleanLine(id).slice(0, 40) } } };
      const person = personOf(deps.inventory(), who.platform, who.account);
      const by = actorOf(who, person);
      const proposed = propose(run, person, by);
      if ('code' in proposed) return await refuse(deps, run, { what, by, error: proposed });
      return await carryOut(deps, run, { ...proposed, at: momentOf(deps, proposed), by });
    } catch (error) {
      return { ok: false, error: errorRef(error) };
    }
  };
  return {
    decide: (request) =>
      act(request.who, request.run, request.act, (run, person, by) => propose(deps, run, { request, person, by })),
    stop: (who, run) => act(who, run, 'stop', operating({ type: 'stop-asked' })),
    settle: (who, run, verdict) => act(who, run, 'settle', operating({ type: 'settled', verdict })),
  };
}

/** A proposal that needs no more than the right to operate the run's site. */
function operating(body: RunEventBody): (run: Run, person: Person | undefined) => RunEventBody | ErrorRef {
  return (run, person) => {
    if (!person) return { code: 'approval.unlinked', params: {} };
    return permits(person, run.site, { do: 'operate' }) ?? body;
  };
}

/** The person, or a name that no person can have: nobody unlinked ever counts as somebody. */
function actorOf({ platform, account }: Clicker, person: Person | undefined): Actor {
  return { person: person?.id ?? `account:${cleanLine(account).slice(0, 64)}`, platform };
}

function momentOf({ now }: DecisionDeps, body: RunEventBody): string {
  return body.type === 'gate-decided' ? body.decision.at : now().toISOString();
}

interface Proposal {
  readonly request: GateRequest;
  readonly person: Person | undefined;
  readonly by: Actor;
}

function propose(deps: DecisionDeps, run: Run, { request, person, by }: Proposal): RunEventBody | ErrorRef {
  const verdict = request.act === 'reject' ? 'rejected' : 'granted';
  if (!person) return { code: 'approval.unlinked', params: {} };
  const gate = run.gate;
  if (!gate) return { code: 'gate.not-open', params: { run: run.id } };
  const barred = mayDecide(run, gate, person, verdict, request.name ?? '');
  // A wrong name matters only where there still is something to decide.
  if (barred && barred.code !== 'approval.wrong-name') return barred;
  const closed = closedGate(run, gate, request);
  if (closed) return closed;
  if (barred) return barred;
  const note = noteOf(request);
  if (verdict === 'rejected' && gate.kind === 'approve' && !note)
    return { code: 'approval.reason-missing', params: { run: run.id } };
  const at = deps.now().toISOString();
  const envelope =
    verdict === 'granted' && gate.bounds
      ? signEnvelope(envelopeFor(run, { ...gate, bounds: gate.bounds }, by.person, at), deps.signingKey)
      : undefined;
  const decision: Decision = { verdict, by, at, ...(note && { note }), ...(envelope !== undefined && { envelope }) };
  return { type: 'gate-decided', number: gate.number, decision };
}

/** What can be read of it; a note of characters that nobody sees is none. */
function noteOf({ note = '' }: GateRequest): string | undefined {
  return dropInvisible(note).trim() === '' ? undefined : cleanLine(note).trim().slice(0, NOTE_LIMIT);
}

/** Why this gate takes no such decision now: the truth about it, never a general "no". */
function closedGate(run: Run, gate: Gate, { act, gate: seen }: GateRequest): ErrorRef | undefined {
  if (seen !== undefined && seen !== gate.number) return { code: 'approval.other-plan', params: { run: run.id } };
  const { decision } = gate;
  if (decision) {
    const { by, verdict, at } = decision;
    return {
      code: 'approval.already-decided',
      params: { by: by.person, verdict, platform: by.platform, at },
    };
  }
  if (gate.expired) return { code: 'approval.expired', params: { run: run.id, expired: gate.expiresAt } };
  const fits = act === 'reject' || act === gate.kind;
  return openGate(run) && fits ? undefined : { code: 'gate.not-open', params: { run: run.id } };
}

/** Writes first; what was written is the truth. A refusal by the store is recorded there already. */
async function carryOut(deps: DecisionDeps, before: Run, event: RunEvent): Promise<Outcome> {
  try {
    const run = await deps.runs.apply(before.id, event);
    deps.wake.advance(run);
    return { ok: true, run };
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    const run = await deps.runs.load(before.id);
    return { ok: false, error: error.ref(), ...(run && { run }) };
  }
}

async function refuse(
  deps: DecisionDeps,
  run: Run,
  { what, by, error }: { readonly what: string; readonly by: Actor; readonly error: ErrorRef },
): Promise<Outcome> {
  const recorded = await deps.runs.apply(run.id, { type: 'refused', what, error, by, at: deps.now().toISOString() });
  return { ok: false, error, run: recorded };
}
