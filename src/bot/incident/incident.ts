import type { Plan } from '../../domain/plan.ts';
import type { AuditRow, AuditVerdict } from '../../domain/ports.ts';
import type { Gate, Run, RunEvent } from '../../domain/run.ts';
import { evolve, startRun } from '../../domain/run.ts';
import type { Point, Sample } from '../../domain/watch.ts';
import type { Alert } from '../../domain/watch-alert.ts';

/** Everything a report is made of. */
export interface Incident {
  readonly run: Run;
  /** The run's own entries of the audit trail, in order. */
  readonly rows: readonly AuditRow[];
  /** What walking the whole chain came to. */
  readonly verdict: AuditVerdict;
  /** Lag from before to after, oldest first. */
  readonly points: readonly Point[];
  /** How often the pair is looked at. */
  readonly everyMs: number;
  readonly alerts: readonly Alert[];
  /** The newest look at the pair, if there was one. */
  readonly sample?: Sample;
  /** Of Zapas. */
  readonly version: string;
}

/** The time that a report looks at: an hour to either side of the run. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

const MARGIN_MS = 3_600_000;
/** A primary that was last heard of long ago does not make the span longer than that. */
const LONGEST_BEFORE_MS = 24 * 3_600_000;

/** From an hour before the first thing the run tells of to an hour after its end, but not beyond now. */
export function spanOf(run: Run, now: Date): Span {
  const { lastContact } = run.plan?.evidence ?? {};
  const asked = Date.parse(run.requestedAt);
  const first = Math.max(asked - LONGEST_BEFORE_MS, Math.min(asked, ...(lastContact ? [Date.parse(lastContact)] : [])));
  const last = run.finishedAt === undefined ? now.getTime() : Date.parse(run.finishedAt);
  const to = Math.max(last, Math.min(now.getTime(), last + MARGIN_MS));
  return { from: new Date(first - MARGIN_MS).toISOString(), to: new Date(to).toISOString() };
}

/** The run's events, without those of the links between accounts. */
export function eventsOf(rows: readonly AuditRow[]): readonly RunEvent[] {
  return rows.flatMap(({ event }) =>
    event.type === 'account-linked' || event.type === 'account-unlinked' ? [] : [event],
  );
}

/** A question, as it was when it was asked, and what became of it. */
export interface Asked {
  /** As it is now: with its decision, or expired. */
  readonly gate: Gate;
  /** The run as whoever was asked saw it, with the plan and the evidence of that moment. */
  readonly shown: Run;
}

/** Every gate of the run, in order. */
export function askedIn(events: readonly RunEvent[]): readonly Asked[] {
  const asked: Asked[] = [];
  let run: Run | undefined;
  for (const event of events) {
    run = run ? evolve(run, event) : startRun(event);
    if (event.type === 'gate-opened') asked.push({ gate: event.gate, shown: run });
    const last = asked.at(-1);
    if ((event.type === 'gate-decided' || event.type === 'gate-expired') && last && run.gate)
      asked[asked.length - 1] = { ...last, gate: run.gate };
  }
  return asked;
}

/** One go at a step. What was found as it should be was never begun. */
export interface Attempt {
  readonly step: string;
  /** 1, 2, … within the step. */
  readonly number: number;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly state: 'running' | 'done' | 'unchanged' | 'failed' | 'pending';
}

/** Every go at every step in the order in which they began, then the steps of the plan that were never reached. */
export function attemptsIn(events: readonly RunEvent[], plan: Plan | undefined): readonly Attempt[] {
  const attempts: Attempt[] = [];
  const end = (step: string, at: string, state: Attempt['state']): void => {
    const open = attempts.findLastIndex((one) => one.step === step && one.state === 'running');
    const begun = attempts[open];
    if (begun) attempts[open] = { ...begun, endedAt: at, state };
    else attempts.push({ step, number: numberOf(attempts, step), endedAt: at, state });
  };
  for (const event of events) {
    if (event.type === 'step-started')
      attempts.push({
        step: event.step,
        number: numberOf(attempts, event.step),
        startedAt: event.at,
        state: 'running',
      });
    if (event.type === 'step-finished') end(event.step, event.at, event.unchanged ? 'unchanged' : 'done');
    if (event.type === 'step-failed') end(event.step, event.at, 'failed');
  }
  const reached = new Set(attempts.map(({ step }) => step));
  const rest = (plan?.steps ?? []).filter(({ id }) => !reached.has(id));
  return [...attempts, ...rest.map(({ id }): Attempt => ({ step: id, number: 0, state: 'pending' }))];
}

function numberOf(attempts: readonly Attempt[], step: string): number {
  return attempts.filter((one) => one.step === step).length + 1;
}

/** The plan that was approved or confirmed last; undefined when none was. */
export function approvedPlan(events: readonly RunEvent[], granted: Gate | undefined): Plan | undefined {
  const made = events.filter((event) => event.type === 'planned');
  return made.findLast(({ planHash }) => planHash === granted?.planHash)?.plan;
}
