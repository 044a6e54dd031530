import type { Decided } from '../../src/domain/decide.ts';
import { decide } from '../../src/domain/decide.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import type { Plan, PlannedStep } from '../../src/domain/plan.ts';
import { planHash } from '../../src/domain/plan.ts';
import type { Actor, Gate, Run, RunEvent, RunEventBody } from '../../src/domain/run.ts';
import { evolve, SYSTEM, startRun } from '../../src/domain/run.ts';
import type { RunbookId } from '../../src/domain/runbook.ts';

/** Builders for the specifications of runs. Times are minutes after noon. */
export const ANNA: Actor = { person: 'anna', platform: 'terminal' };
export const PIOTR: Actor = { person: 'piotr', platform: 'slack' };

export const at = (minute: number): string => new Date(Date.UTC(2026, 10, 22, 12, minute)).toISOString();

export const event = (body: RunEventBody, by: Actor = SYSTEM, minute = 0): RunEvent => ({
  ...body,
  at: at(minute),
  by,
});

export const EVIDENCE: Evidence = {
  gatheredAt: at(0),
  sightings: [{ by: 'bot', way: 'port', saw: 'silent' }],
  primaryAlive: false,
  fencing: 'unreachable',
  timeline: 1,
  receiveLsn: '0/5000000',
  replayLsn: '0/5000000',
  systemIdentifier: '7300000000000000001',
  lastContact: at(-3),
  loss: { kind: 'unknown', bytes: null, seconds: 180 },
};

export const plannedStep = (id: string, over: Partial<PlannedStep> = {}): PlannedStep => ({
  id,
  manual: [],
  effect: 'reversible',
  check: 'needed',
  changes: [],
  findings: [],
  ...over,
});

export const plan = (steps: readonly PlannedStep[], over: Partial<Plan> = {}): Plan => ({
  v: 1,
  runbook: 'failover',
  cluster: 'demo',
  primary: 'one',
  standby: 'two',
  options: {},
  steps,
  evidence: EVIDENCE,
  ...over,
});

export function requested(runbook: RunbookId = 'failover'): Run {
  return startRun(
    event(
      {
        type: 'requested',
        id: 'r1',
        asked: 'ask-1',
        runbook,
        cluster: 'demo',
        site: 'clinic',
        mutating: true,
        options: {},
      },
      ANNA,
    ),
  );
}

export const gate = (over: Partial<Gate> = {}): Gate => ({
  number: 1,
  kind: 'approve',
  step: 'failover.fence',
  planHash: planHash(plan(STEPS)),
  bounds: {
    primary: 'one',
    standby: 'two',
    timeline: 1,
    systemIdentifier: '7300000000000000001',
    fencing: 'unreachable',
    receiveLsnFrom: '0/5000000',
    lsnBoundBytes: 1_000,
  },
  nonce: 'n-1',
  openedAt: at(0),
  expiresAt: at(15),
  ...over,
});

export const STEPS: readonly PlannedStep[] = [
  plannedStep('failover.evidence', { effect: 'read', check: 'done' }),
  plannedStep('failover.fence', { effect: 'disruptive' }),
  plannedStep('failover.promote', { effect: 'irreversible' }),
];

/** Proposes events one after the other; throws on a refusal. */
export function after(run: Run, ...proposed: readonly RunEvent[]): Run {
  return proposed.reduce((state, next) => {
    const decided = decide(state, next);
    if ('refused' in decided) throw new Error(`refused: ${decided.refused.code}`);
    return decided.events.reduce(evolve, state);
  }, run);
}

export const ready = (runbook?: RunbookId): Run => after(requested(runbook), event({ type: 'admitted' }));

export const planned = (steps = STEPS, runbook?: RunbookId): Run => {
  const made = plan(steps);
  return after(ready(runbook), event({ type: 'planned', plan: made, planHash: planHash(made) }));
};

export const waiting = (over: Partial<Gate> = {}): Run =>
  after(planned(), event({ type: 'gate-opened', gate: gate(over) }));

export const granted = (by: Actor = PIOTR, envelope = 'signed', minute = 5): RunEvent =>
  event(
    { type: 'gate-decided', number: 1, decision: { verdict: 'granted', by, at: at(minute), envelope } },
    by,
    minute,
  );

export const rejected = (note?: string): RunEvent =>
  event(
    {
      type: 'gate-decided',
      number: 1,
      decision: { verdict: 'rejected', by: PIOTR, at: at(5), ...(note !== undefined && { note }) },
    },
    PIOTR,
    5,
  );

export const refusalOf = (decided: Decided): string | undefined =>
  'refused' in decided ? decided.refused.code : undefined;
