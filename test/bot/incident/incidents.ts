import { linkHash } from '../../../src/adapters/store/audit-chain.ts';
import type { Incident } from '../../../src/bot/incident/incident.ts';
import type { Evidence } from '../../../src/domain/evidence.ts';
import type { Plan, PlannedStep } from '../../../src/domain/plan.ts';
import { planHash } from '../../../src/domain/plan.ts';
import type { AuditRow } from '../../../src/domain/ports.ts';
import type { LogReport } from '../../../src/domain/report.ts';
import type { Actor, Gate, Run, RunEvent, RunEventBody } from '../../../src/domain/run.ts';
import { evolve, SYSTEM, startRun } from '../../../src/domain/run.ts';
import type { RunbookId } from '../../../src/domain/runbook.ts';
import type { Effect } from '../../../src/domain/step.ts';
import { RUNBOOKS } from '../../../src/runbooks/registry.ts';
import { ANNA, PIOTR } from '../../domain/runs.ts';
import { dead, GIGABYTE, host, sample, second } from '../../domain/watches.ts';
import { alertsOf } from '../alarms.ts';

/** Runs with their whole story, as the store has it. Times are seconds after noon, UTC. */
const GENESIS = '0'.repeat(64);

export const EVIDENCE: Evidence = {
  gatheredAt: second(31),
  sightings: [
    { by: 'bot', way: 'login', saw: 'silent', detail: 'host.unreachable' },
    { by: 'standby', way: 'replication', saw: 'dead', detail: 'disconnected' },
  ],
  primaryAlive: false,
  fencing: 'possible',
  timeline: 1,
  receiveLsn: '0/5000148',
  replayLsn: '0/5000100',
  systemIdentifier: '7300000000000000001',
  lastContact: second(-20),
  loss: { kind: 'bounded', bytes: '1536', seconds: 12 },
};

const PROMOTE: PlannedStep['changes'] = [
  { host: 'two', kind: 'exec', text: '[postgres] /opt/mmedica/pgsql-17/bin/pg_ctl promote -D /opt/data -w' },
];
const CHANGES: Readonly<Record<string, PlannedStep['changes']>> = {
  'failover.promote': PROMOTE,
  'failover.redirect': [{ host: 'two', kind: 'exec', text: '/usr/local/bin/move-address 10.77.0.13 5432' }],
  'switchover.stop': [{ host: 'one', kind: 'exec', text: 'systemctl disable --now --no-reload postgresmm-17' }],
  'switchover.promote': PROMOTE,
  'switchover.follow': [{ host: 'one', kind: 'write', text: '/opt/data/standby.signal', contentHash: 'ab'.repeat(32) }],
};

/** What happened, one after the other. */
interface Story {
  readonly events: RunEvent[];
  tell(at: number, body: RunEventBody, by?: Actor): void;
  /** Done: changed something where the plan says so. */
  step(at: number, id: string, over?: Partial<RunEventBody & { readonly type: 'step-finished' }>): void;
  run(): Run;
}

function story(runbook: RunbookId, options: Plan['options'] = {}): Story {
  const events: RunEvent[] = [];
  const tell: Story['tell'] = (at, body, by = SYSTEM) => void events.push({ ...body, at: second(at), by });
  tell(
    0,
    {
      type: 'requested',
      id: 'k7m29qtx',
      asked: 'a',
      runbook,
      cluster: 'demo',
      site: 'clinic',
      mutating: true,
      options,
    },
    ANNA,
  );
  tell(1, { type: 'admitted' });
  return {
    events,
    tell,
    step(at, id, over = {}) {
      const unchanged = CHANGES[id] === undefined;
      if (!unchanged) tell(at, { type: 'step-started', step: id, irreversible: id.endsWith('.promote') });
      tell(at + (unchanged ? 0 : 1.25), { type: 'step-finished', step: id, unchanged, findings: [], ...over });
    },
    run: () => {
      const [first, ...rest] = events;
      if (!first) throw new Error('no story');
      return rest.reduce(evolve, startRun(first));
    },
  };
}

/** Of the two whose reports are golden files, so that those do not change with every new step. */
const STEPS: Readonly<Record<string, readonly (readonly [string, Effect])[]>> = {
  failover: [
    ['failover.evidence', 'read'],
    ['failover.fence', 'disruptive'],
    ['failover.promote', 'irreversible'],
    ['failover.first-write', 'reversible'],
    ['failover.redirect', 'reversible'],
    ['failover.log', 'read'],
  ],
  switchover: [
    ['switchover.evidence', 'read'],
    ['switchover.stop', 'disruptive'],
    ['switchover.caught-up', 'read'],
    ['switchover.promote', 'irreversible'],
    ['switchover.follow', 'reversible'],
  ],
};

export function planFor(runbook: RunbookId, over: Partial<Plan> = {}): Plan {
  const registered = RUNBOOKS.find(({ id }) => id === runbook)?.steps ?? [];
  const listed = STEPS[runbook] ?? registered.map(({ id, effect }) => [id, effect] as const);
  const steps = listed.map(([id, effect]) => ({
    id,
    manual: [],
    effect,
    check: CHANGES[id] ? ('needed' as const) : ('done' as const),
    changes: CHANGES[id] ?? [],
    findings: [],
  }));
  return { v: 1, runbook, cluster: 'demo', primary: 'one', standby: 'two', options: {}, steps, ...over };
}

function gateBefore(step: string, plan: Plan, number: number, at: number): Gate {
  const { evidence } = plan;
  return {
    number,
    kind: 'approve',
    step,
    planHash: planHash(plan),
    nonce: 'n',
    openedAt: second(at),
    expiresAt: second(at + 900),
    ...(evidence && {
      bounds: {
        primary: 'one',
        standby: 'two',
        timeline: evidence.timeline,
        systemIdentifier: evidence.systemIdentifier,
        fencing: evidence.fencing,
        receiveLsnFrom: evidence.receiveLsn,
        lsnBoundBytes: 16_777_216,
      },
    }),
  };
}

/** The story with everything around it. */
export function incidentOf(events: readonly RunEvent[], over: Partial<Incident> = {}): Incident {
  const [first, ...rest] = events;
  if (!first) throw new Error('no story');
  const run = rest.reduce(evolve, startRun(first));
  const rows = events.reduce<readonly AuditRow[]>((before, event) => {
    const number = (before.at(-1)?.number ?? 0) + 1;
    return [
      ...before,
      { number, run: run.id, event, hash: linkHash(before.at(-1)?.hash ?? GENESIS, number, run.id, event) },
    ];
  }, []);
  return {
    run,
    rows,
    verdict: { ok: true, rows: rows.length, head: rows.at(-1)?.hash ?? GENESIS },
    points: Array.from({ length: 60 }, (_, minute) => ({
      at: second((minute - 40) * 60),
      receiveBytes: minute < 40 ? minute * 4_096 : null,
      replayBytes: minute < 40 ? minute * 8_192 : null,
      replaySeconds: minute < 40 ? 1 : null,
      free: { one: 50 * GIGABYTE },
    })),
    everyMs: 60_000,
    alerts: alertsOf(sample({ primary: host('one', { server: dead() }), port: false, ready: 'silent' }), {
      held: { by: ANNA, at: second(-10) },
    }),
    sample: sample({ at: second(-60) }),
    version: '0.1.0',
    ...over,
  };
}

export const LOG: LogReport = {
  kind: 'log',
  host: 'two',
  file: 'postgresql-2026-11-22.log',
  verdict: 'warning',
  findings: [{ id: 'no-hba-entry', mend: 'primary', line: 'FATAL:  no pg_hba.conf entry for replication connection' }],
  excerpt: [
    '2026-11-22 13:01:30 CET [811] LOG:  received promote request',
    '…',
    '2026-11-22 13:01:31 CET [815] FATAL:  no pg_hba.conf entry for replication connection',
  ],
};

/** A failover that reached its end: approved by a second person, the approval asked for twice. */
export function failover(over: Partial<LogReport> = {}, note = 'after a call with the clinic'): readonly RunEvent[] {
  const told = story('failover', { reason: 'primary burnt' });
  const first = planFor('failover', { evidence: { ...EVIDENCE, receiveLsn: '0/5000000', replayLsn: '0/5000000' } });
  const plan = planFor('failover', { evidence: EVIDENCE });
  told.tell(2, { type: 'planned', plan: first, planHash: planHash(first) });
  told.step(3, 'failover.evidence');
  told.tell(4, { type: 'gate-opened', gate: gateBefore('failover.promote', first, 1, 4) });
  told.tell(30, {
    type: 'drifted',
    reasons: [{ code: 'run.drifted', params: { what: 'received WAL', approved: '0/5000000', now: '0/5000148' } }],
  });
  told.tell(31, { type: 'planned', plan, planHash: planHash(plan) });
  told.tell(32, { type: 'gate-opened', gate: gateBefore('failover.promote', plan, 2, 32) });
  const decision = { verdict: 'granted', by: PIOTR, at: second(90), envelope: 'signed', note } as const;
  told.tell(
    60,
    { type: 'refused', what: 'gate-decided', error: { code: 'approval.same-person', params: { person: 'anna' } } },
    ANNA,
  );
  told.tell(90, { type: 'gate-decided', number: 2, decision }, PIOTR);
  const outage = {
    kind: 'outage',
    milliseconds: 114_230,
    lastContact: second(-20),
    firstWrite: second(94.23),
    timeline: 2,
  } as const;
  const reports: Readonly<Record<string, Partial<RunEventBody & { type: 'step-finished' }>>> = {
    'failover.first-write': { report: outage },
    'failover.log': { report: { ...LOG, ...over } },
  };
  const ids = plan.steps.map(({ id }) => id).filter((id) => id !== 'failover.evidence');
  for (const [index, id] of ids.entries()) told.step(91 + index * 2, id, reports[id]);
  told.tell(140, { type: 'finished', state: 'succeeded' });
  told.tell(200, { type: 'report-taken', language: 'en', format: 'html' }, ANNA);
  return told.events;
}

/** A switchover whose primary was stopped, whose standby had not everything, and which was put back. */
export function failedSwitchover(): readonly RunEvent[] {
  const told = story('switchover');
  const evidence: Evidence = {
    ...EVIDENCE,
    sightings: [{ by: 'bot', way: 'login', saw: 'alive' }],
    primaryAlive: true,
    loss: { kind: 'none', bytes: '0', seconds: 0 },
    lastContact: second(2),
    planned: true,
  };
  const plan = planFor('switchover', { evidence });
  told.tell(2, { type: 'planned', plan, planHash: planHash(plan) });
  told.step(3, 'switchover.evidence');
  told.tell(4, { type: 'gate-opened', gate: gateBefore('switchover.stop', plan, 1, 4) });
  told.tell(
    20,
    { type: 'gate-decided', number: 1, decision: { verdict: 'granted', by: PIOTR, at: second(20), envelope: 's' } },
    PIOTR,
  );
  told.tell(21, { type: 'step-started', step: 'switchover.stop', irreversible: false });
  const timeout = { code: 'exec.timeout', params: { host: 'one', seconds: 60 } } as const;
  told.tell(81, { type: 'step-failed', step: 'switchover.stop', error: timeout });
  told.tell(81, { type: 'attention', error: timeout });
  told.tell(95, { type: 'settled', verdict: 'retry' }, ANNA);
  told.step(96, 'switchover.stop');
  const error = { code: 'switchover.lagging', params: { host: 'two' } } as const;
  told.tell(98, { type: 'step-started', step: 'switchover.caught-up', irreversible: false });
  told.tell(110, { type: 'step-failed', step: 'switchover.caught-up', error });
  told.tell(110, { type: 'undo-started', error });
  told.tell(116, { type: 'undone', steps: ['switchover.stop'] });
  told.tell(117, { type: 'finished', state: 'failed', error });
  return told.events;
}
