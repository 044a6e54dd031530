import type { ErrorRef } from './errors.ts';
import type { Gate, Run, RunEvent } from './run.ts';
import { isFinal, openGate } from './run.ts';

/** Events to append, or why not. A refusal of a person's act is recorded too, by the caller, as a `refused` event. */
export type Decided = { readonly events: readonly RunEvent[] } | { readonly refused: ErrorRef };

/**
 * Decides what a proposed event leads to. Pure: the time and the person are inside the event.
 *
 * Every rule about states, gates and persons stands here and nowhere else; buttons, forms, typed commands and the worker
 * all come through it.
 */
export function decide(run: Run, proposed: RunEvent): Decided {
  // That somebody was refused, or has read it, is part of the story of a run that is over, too.
  if (isFinal(run.state) && proposed.type !== 'refused' && proposed.type !== 'report-taken') return wrongState(run);
  switch (proposed.type) {
    case 'requested':
      return wrongState(run);
    case 'admitted':
      return run.state === 'queued' ? accept(proposed) : wrongState(run);
    case 'gate-decided':
      return decideGate(run, proposed);
    case 'gate-expired':
      return expireGate(run, proposed);
    case 'stop-asked':
      return decideStop(run, proposed);
    case 'settled':
      return decideSettled(run, proposed);
    case 'refused':
    case 'report-taken':
      return accept(proposed);
    case 'step-started':
    case 'gate-opened':
      // Stop was promised to a person; a worker that has not heard of it yet must not begin or wait for anything more.
      if (run.stopAsked) return refuse('run.stopped', { by: run.stopAsked.person });
      return run.state === 'ready' ? accept(proposed) : wrongState(run);
    case 'undo-started':
      if (run.pastPointOfNoReturn) return refuse('run.past-point-of-no-return', { run: run.id });
      return run.state === 'ready' ? accept(proposed) : wrongState(run);
    case 'planned':
    case 'drifted':
    case 'step-finished':
    case 'step-failed':
    case 'attention':
    case 'undone':
    case 'finished':
      return run.state === 'ready' ? accept(proposed) : wrongState(run);
  }
}

function decideGate(run: Run, proposed: RunEvent & { type: 'gate-decided' }): Decided {
  const { decision, by, at } = proposed;
  const gate = openGate(run);
  if (run.gate?.decision) return alreadyDecided(run.gate);
  if (!gate || gate.number !== proposed.number) return refuse('gate.not-open', { run: run.id });
  if (at >= gate.expiresAt) return refuse('approval.expired', { run: run.id, expired: gate.expiresAt });
  if (gate.planHash !== run.planHash) return refuse('approval.other-plan', { run: run.id });
  const granted = decision.verdict === 'granted';
  if (gate.kind === 'approve' && granted) {
    if (run.participants.includes(by.person)) return refuse('approval.same-person', { person: by.person });
    if (!decision.envelope) return refuse('approval.forged', { run: run.id });
  }
  if (granted) return accept(proposed);
  if (gate.kind === 'approve' && !decision.note?.trim()) return refuse('approval.reason-missing', { run: run.id });
  return conclude(run, proposed, { code: 'approval.rejected', params: { by: by.person, note: decision.note ?? '' } });
}

function expireGate(run: Run, proposed: RunEvent & { type: 'gate-expired' }): Decided {
  const gate = openGate(run);
  if (!gate || gate.number !== proposed.number || proposed.at < gate.expiresAt)
    return refuse('gate.not-open', { run: run.id });
  return conclude(run, proposed, { code: 'approval.expired', params: { run: run.id, expired: gate.expiresAt } });
}

/** A gate that was not granted ends the run; after the point of no return it can only be handed to a person. */
function conclude(run: Run, proposed: RunEvent, error: ErrorRef): Decided {
  const { at, by } = proposed;
  const end: RunEvent = run.pastPointOfNoReturn
    ? { type: 'attention', error, at, by }
    : { type: 'finished', state: 'cancelled', error, at, by };
  return { events: [proposed, end] };
}

function decideStop(run: Run, proposed: RunEvent): Decided {
  if (run.pastPointOfNoReturn) return refuse('run.past-point-of-no-return', { run: run.id });
  if (run.state === 'ready') return run.stopAsked ? { events: [] } : accept(proposed);
  if (run.state === 'attention' && hasStoppedPrimary(run)) return accept(proposed);
  const { at, by } = proposed;
  const error = { code: 'run.stopped', params: { by: by.person } } as const;
  return { events: [proposed, { type: 'finished', state: 'cancelled', error, at, by }] };
}

/** A switchover may have stopped a healthy primary: Stop is a worker's work then, which starts it again. */
function hasStoppedPrimary({ plan, steps, undoing }: Run): boolean {
  if (undoing) return true;
  if (!plan?.evidence?.planned) return false;
  return plan.steps.some(
    ({ id, effect }) => effect === 'disruptive' && steps.find((step) => step.id === id)?.state !== 'pending',
  );
}

function decideSettled(run: Run, proposed: RunEvent & { type: 'settled' }): Decided {
  if (run.state !== 'attention') return wrongState(run);
  if (proposed.verdict === 'retry') return accept(proposed);
  const { at, by } = proposed;
  // Nobody gives up a primary that works: it is put back first, and whoever gives up after that has been told that it may stand still.
  const told = run.error?.code === 'run.not-put-back' || run.pastPointOfNoReturn;
  if (hasStoppedPrimary(run) && !told) return { events: [proposed, { type: 'stop-asked', at, by }] };
  return { events: [proposed, { type: 'finished', state: 'failed', at, by, ...(run.error && { error: run.error }) }] };
}

function alreadyDecided(gate: Gate): Decided {
  const { decision } = gate;
  return refuse('approval.already-decided', {
    by: decision?.by.person ?? '',
    verdict: decision?.verdict ?? '',
    platform: decision?.by.platform ?? '',
    at: decision?.at ?? '',
  });
}

function accept(event: RunEvent): Decided {
  return { events: [event] };
}

function wrongState(run: Run): Decided {
  return refuse('run.wrong-state', { run: run.id, state: run.state });
}

function refuse(code: ErrorRef['code'], params: ErrorRef['params']): Decided {
  return { refused: { code, params } };
}
