import type { ErrorRef } from './errors.ts';
import type { Bounds } from './evidence.ts';
import type { Plan } from './plan.ts';
import type { Report } from './report.ts';
import type { RunbookId } from './runbook.ts';
import type { Finding } from './step.ts';

/**
 * `queued`: waits for the cluster. `ready`: a worker may advance it. `waiting`: a gate is open. `attention`: it cannot be told
 * what happened, or a step failed after something was changed; a person settles it. The last three are final.
 */
export type RunState = 'queued' | 'ready' | 'waiting' | 'attention' | 'succeeded' | 'failed' | 'cancelled';

export const FINAL_STATES = ['succeeded', 'failed', 'cancelled'] as const satisfies readonly RunState[];

/**
 * `approve`: a second person decides on exactly this plan. `confirm`: the requester (or another operator) accepts a
 * disruption. `attest`: a person says that a human task of the manual is done.
 */
export type GateKind = 'approve' | 'confirm' | 'attest';

/** Who did something, and from where; `system` for the machinery itself. */
export interface Actor {
  readonly person: string;
  readonly platform: string;
}

/** The machinery itself, as an actor. */
export const SYSTEM: Actor = { person: 'system', platform: 'system' };

export interface Decision {
  readonly verdict: 'granted' | 'rejected';
  readonly by: Actor;
  readonly at: string;
  readonly note?: string;
  /** The signed envelope of an approval, see `approval.ts`. */
  readonly envelope?: string;
}

/** Where a run waits for a person. One decision at most; the first wins. */
export interface Gate {
  /** 1, 2, … within the run. */
  readonly number: number;
  readonly kind: GateKind;
  /** The step it stands before. */
  readonly step: string;
  readonly planHash: string;
  readonly bounds?: Bounds;
  /** Random; makes an envelope good for this gate alone. */
  readonly nonce: string;
  readonly openedAt: string;
  readonly expiresAt: string;
  readonly decision?: Decision;
  readonly expired?: boolean;
}

export type StepState = 'pending' | 'running' | 'done' | 'failed';

export interface StepProgress {
  readonly id: string;
  readonly state: StepState;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** `done` without having changed anything. */
  readonly unchanged?: boolean;
  readonly findings?: readonly Finding[];
}

/** One execution of a plan; the whole truth about it, rebuilt by `evolve` from its events. */
export interface Run {
  readonly id: string;
  /** The id of the request (chat delivery, command line invocation): asking twice starts one run. */
  readonly asked: string;
  readonly runbook: RunbookId;
  readonly cluster: string;
  readonly site: string;
  readonly mutating: boolean;
  readonly options: Readonly<Record<string, unknown>>;
  readonly requester: Actor;
  readonly requestedAt: string;
  readonly state: RunState;
  readonly plan?: Plan;
  readonly planHash?: string;
  readonly steps: readonly StepProgress[];
  /** Set when an irreversible step began: Stop is refused from here. */
  readonly pastPointOfNoReturn: boolean;
  /** The newest gate. */
  readonly gate?: Gate;
  /** The granted approval or confirmation that the changes rest on. */
  readonly granted?: Gate;
  readonly attested: readonly string[];
  /** Every person who had a part in the request or the plan; none of them may approve it. */
  readonly participants: readonly string[];
  readonly stopAsked?: Actor;
  /** Where reality had left what was approved before; the next decision is on a plan that is made anew. */
  readonly drift?: readonly ErrorRef[];
  readonly error?: ErrorRef;
  /** What was done is being put back; until that is over nothing else happens. */
  readonly undoing?: boolean;
  /** Steps that have put something back. */
  readonly undone?: readonly string[];
  readonly reports: readonly Report[];
  readonly finishedAt?: string;
  /** Counts the events; a card that was rendered from an older one is redrawn. */
  readonly version: number;
}

/** What happened, as it stands in the audit trail. Time and people are inside. */
export type RunEvent = { readonly at: string; readonly by: Actor } & RunEventBody;

export type RunEventBody =
  | {
      readonly type: 'requested';
      readonly id: string;
      readonly asked: string;
      readonly runbook: RunbookId;
      readonly cluster: string;
      readonly site: string;
      readonly mutating: boolean;
      readonly options: Readonly<Record<string, unknown>>;
    }
  | { readonly type: 'admitted' }
  | { readonly type: 'planned'; readonly plan: Plan; readonly planHash: string }
  | { readonly type: 'drifted'; readonly reasons: readonly ErrorRef[] }
  | { readonly type: 'gate-opened'; readonly gate: Gate }
  | { readonly type: 'gate-decided'; readonly number: number; readonly decision: Decision }
  | { readonly type: 'gate-expired'; readonly number: number }
  | { readonly type: 'refused'; readonly what: string; readonly error: ErrorRef }
  | { readonly type: 'step-started'; readonly step: string; readonly irreversible: boolean }
  | {
      readonly type: 'step-finished';
      readonly step: string;
      readonly unchanged: boolean;
      readonly findings: readonly Finding[];
      readonly report?: Report;
    }
  | { readonly type: 'step-failed'; readonly step: string; readonly error: ErrorRef }
  /** With the error that the run ends with, if it ends. */
  | { readonly type: 'undo-started'; readonly error?: ErrorRef }
  | { readonly type: 'undone'; readonly steps: readonly string[] }
  | { readonly type: 'stop-asked' }
  | { readonly type: 'attention'; readonly error: ErrorRef }
  | { readonly type: 'settled'; readonly verdict: 'retry' | 'abandon' }
  /** Somebody was given the incident report. */
  | { readonly type: 'report-taken'; readonly language: string; readonly format: string }
  | { readonly type: 'finished'; readonly state: (typeof FINAL_STATES)[number]; readonly error?: ErrorRef };

/** Is the run over? */
export function isFinal(state: RunState): boolean {
  return (FINAL_STATES as readonly RunState[]).includes(state);
}

/** The gate that waits for a decision now, if any. */
export function openGate(run: Run): Gate | undefined {
  return run.state === 'waiting' && run.gate && !run.gate.decision && !run.gate.expired ? run.gate : undefined;
}

/** Starts the aggregate: only a `requested` event can. */
export function startRun(event: RunEvent): Run {
  if (event.type !== 'requested') throw new TypeError(`a run starts with 'requested', not '${event.type}'`);
  return {
    id: event.id,
    asked: event.asked,
    runbook: event.runbook,
    cluster: event.cluster,
    site: event.site,
    mutating: event.mutating,
    options: event.options,
    requester: event.by,
    requestedAt: event.at,
    state: 'queued',
    steps: [],
    pastPointOfNoReturn: false,
    attested: [],
    participants: [event.by.person],
    reports: [],
    version: 1,
  };
}

/** The run after the event. Total: every event that `decide` can emit is handled, in every state. */
export function evolve(run: Run, event: RunEvent): Run {
  return { ...change(run, event), version: run.version + 1 };
}

function change(run: Run, event: RunEvent): Run {
  switch (event.type) {
    case 'requested':
    case 'refused':
    case 'report-taken':
      return run;
    case 'admitted':
      return { ...run, state: 'ready' };
    case 'planned':
      return { ...run, plan: event.plan, planHash: event.planHash, steps: mergeSteps(run.steps, event.plan) };
    case 'drifted':
      return { ...omit(run, 'granted'), drift: event.reasons };
    case 'gate-opened':
      return { ...run, state: 'waiting', gate: event.gate };
    case 'gate-decided':
      return decided(run, event.decision);
    case 'gate-expired':
      return run.gate ? { ...run, gate: { ...run.gate, expired: true } } : run;
    case 'step-started':
      return {
        ...run,
        steps: withStep(run, event.step, { state: 'running', startedAt: event.at }),
        pastPointOfNoReturn: run.pastPointOfNoReturn || event.irreversible,
      };
    case 'step-finished':
      return stepFinished(run, event);
    case 'step-failed':
      return {
        ...run,
        steps: withStep(run, event.step, { state: 'failed', finishedAt: event.at }),
        error: event.error,
      };
    case 'undo-started':
      return { ...run, undoing: true, steps: undoneSteps(run), ...(event.error && { error: event.error }) };
    case 'undone':
      return { ...omit(run, 'undoing'), undone: [...new Set([...(run.undone ?? []), ...event.steps])] };
    case 'stop-asked':
      // A worker has to end it.
      return { ...run, stopAsked: event.by, state: run.state === 'attention' ? 'ready' : run.state };
    case 'attention':
      return { ...run, state: 'attention', error: event.error };
    case 'settled':
      return event.verdict === 'abandon' ? run : retried(run, event.by);
    case 'finished':
      return { ...run, state: event.state, finishedAt: event.at, ...(event.error && { error: event.error }) };
  }
}

/** What was done stays done, unless the new plan found it undone. */
function mergeSteps(known: readonly StepProgress[], plan: Plan): readonly StepProgress[] {
  return plan.steps.map(({ id, check }) => {
    const step = known.find((candidate) => candidate.id === id);
    return step && !(step.state === 'done' && check === 'needed') ? step : { id, state: 'pending' };
  });
}

/** What the first disruption and everything behind it did does not hold any more; a failure stays told. */
function undoneSteps(run: Run): readonly StepProgress[] {
  const from = run.plan?.steps.findIndex(({ effect }) => effect === 'disruptive') ?? -1;
  return run.steps.map((step, index) =>
    from === -1 || index < from || step.state === 'failed' ? step : { id: step.id, state: 'pending' },
  );
}

function decided(run: Run, decision: Decision): Run {
  if (!run.gate) return run;
  const gate = { ...run.gate, decision };
  if (decision.verdict === 'rejected') return { ...run, gate };
  if (gate.kind === 'attest') return { ...run, gate, state: 'ready', attested: [...run.attested, gate.step] };
  return { ...omit(run, 'drift'), gate, state: 'ready', granted: gate };
}

function stepFinished(run: Run, event: RunEvent & { type: 'step-finished' }): Run {
  const { step, unchanged, findings, report, at } = event;
  return {
    ...run,
    steps: withStep(run, step, { state: 'done', finishedAt: at, unchanged, findings }),
    reports: report ? [...run.reports, report] : run.reports,
  };
}

/** Who asks for a retry takes part in the request; the approver of what is retried stays the approver. */
function retried(run: Run, by: Actor): Run {
  const approved = run.granted?.kind === 'approve' && run.granted.decision?.by.person === by.person;
  const participants = approved ? run.participants : [...new Set([...run.participants, by.person])];
  return { ...omit(run, 'error'), state: 'ready', participants };
}

function omit(run: Run, ...keys: readonly ('granted' | 'error' | 'drift' | 'undoing')[]): Run {
  const copy: { -readonly [Key in keyof Run]: Run[Key] } = { ...run };
  for (const key of keys) delete copy[key];
  return copy;
}

function withStep(run: Run, id: string, update: Partial<StepProgress>): readonly StepProgress[] {
  return run.steps.map((step) => (step.id === id ? { ...step, ...update } : step));
}
