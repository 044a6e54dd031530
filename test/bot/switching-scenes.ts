import type { Evidence } from '../../src/domain/evidence.ts';
import type { Plan, PlannedStep } from '../../src/domain/plan.ts';
import { planHash } from '../../src/domain/plan.ts';
import type { Report } from '../../src/domain/report.ts';
import type { Gate, GateKind, Run, RunEventBody } from '../../src/domain/run.ts';
import { SYSTEM, startRun } from '../../src/domain/run.ts';
import type { RunbookId } from '../../src/domain/runbook.ts';
import type { Finding } from '../../src/domain/step.ts';
import { RUNBOOKS } from '../../src/runbooks/registry.ts';
import { ANNA, after, at, event, PIOTR } from '../domain/runs.ts';

/** Switchovers, fences and rebuilds in the situations that have cards of their own. */

const EVIDENCE: Evidence = {
  gatheredAt: at(1),
  sightings: [
    { by: 'bot', way: 'login', saw: 'alive' },
    { by: 'bot', way: 'port', saw: 'alive' },
    { by: 'standby', way: 'replication', saw: 'alive', detail: 'streaming' },
  ],
  primaryAlive: true,
  fencing: 'possible',
  timeline: 1,
  receiveLsn: '0/5000148',
  replayLsn: '0/5000148',
  systemIdentifier: '7300000000000000001',
  lastContact: at(1),
  loss: { kind: 'none', bytes: '0', seconds: 0 },
};

const TAKEN: Evidence = {
  ...EVIDENCE,
  sightings: [
    { by: 'bot', way: 'login', saw: 'alive' },
    { by: 'primary', way: 'postgres', saw: 'alive', detail: 'primary' },
  ],
  timeline: 2,
  lastContact: null,
  loss: { kind: 'bounded', bytes: '1664', seconds: null },
  taken: true,
};
const SEEN: Partial<Record<RunbookId, Evidence>> = {
  switchover: { ...EVIDENCE, planned: true },
  'accept-roles': TAKEN,
};

const CHANGES: Readonly<Record<string, PlannedStep['changes']>> = {
  'switchover.stop': [{ host: 'one', kind: 'exec', text: 'systemctl disable --now --no-reload postgresmm-17' }],
  'switchover.promote': [{ host: 'two', kind: 'exec', text: '[postgres] pg_ctl promote -D /opt/data -w' }],
  'switchover.follow': [{ host: 'one', kind: 'write', text: '/opt/data/standby.signal', contentHash: 'ab' }],
  'accept-roles.fence': [{ host: 'one', kind: 'exec', text: 'systemctl disable --now --no-reload postgresmm-17' }],
  'accept-roles.record': [],
  'fence.stop': [{ host: 'two', kind: 'exec', text: 'systemctl disable --now --no-reload postgresmm-17' }],
  'rehearse.copy': [{ host: 'two', kind: 'job', text: '[postgres] /bin/sh -c …' }],
  'rehearse.promote': [{ host: 'two', kind: 'exec', text: '[postgres] /bin/sh -c …' }],
  'rehearse.remove': [{ host: 'two', kind: 'exec', text: '/bin/sh -c …' }],
  'rebuild.rewind': [{ host: 'two', kind: 'job', text: '[postgres] pg_rewind --progress -D /opt/data' }],
};

const WRITES: Finding = {
  id: 'ghost.writes',
  verdict: 'warning',
  host: 'two',
  params: { transactions: 3, bytes: 1_664, reason: '', fork: '0/5000200', timeline: 1 },
};
const FOUND: Readonly<Record<string, readonly Finding[]>> = {
  'switchover.evidence': [
    { id: 'sessions', verdict: 'warning', host: 'one', params: { count: 3 } },
    { id: 'lag', verdict: 'ok', host: 'two', params: { megabytes: 0, seconds: 0 } },
  ],
  'switchover.caught-up': [
    {
      id: 'zero-loss',
      verdict: 'ok',
      host: 'two',
      params: { checkpoint: '0/5000200', received: '0/5000278', replayed: '0/5000278' },
    },
  ],
  'accept-roles.evidence': [
    { id: 'roles.found', verdict: 'ok', host: 'two', params: { state: 'primary', timeline: 2, lsn: '0/5000800' } },
    { id: 'roles.found', verdict: 'warning', host: 'one', params: { state: 'primary', timeline: 1, lsn: '0/5000880' } },
    { ...WRITES, host: 'one' },
  ],
  'fence.writes': [WRITES],
  'rehearse.room': [
    { id: 'rehearsal.left-over', verdict: 'warning', host: 'two', params: { paths: '/opt/data.rehearsal-b6' } },
    { id: 'disk.space', verdict: 'ok', host: 'two', params: { path: '/opt/data', needed: 7_937, free: 9_216 } },
  ],
  'rebuild.assess': [
    { id: 'rebuild.way', verdict: 'ok', host: 'two', params: { way: 'rewind', reason: 'forked', fork: '0/5000200' } },
    WRITES,
  ],
};
const IRREVERSIBLE = ['switchover.promote', 'accept-roles.record'];
const SHOWN_IN_PLANS = ['switchover.evidence', 'accept-roles.evidence', 'rebuild.assess'];

function planned(runbook: RunbookId, options: Plan['options'] = {}): Run {
  const steps = (RUNBOOKS.find(({ id }) => id === runbook)?.steps ?? []).map(({ id, manual, effect }) => ({
    id,
    manual,
    effect,
    check: CHANGES[id] ? ('needed' as const) : ('done' as const),
    changes: CHANGES[id] ?? [],
    findings: SHOWN_IN_PLANS.includes(id) ? (FOUND[id] ?? []) : [],
  }));
  const roles = { primary: 'one', standby: 'two' };
  const seen = SEEN[runbook];
  const evidence = seen ? { evidence: seen } : {};
  const plan: Plan = { v: 1, runbook, cluster: 'demo', ...roles, options, steps, ...evidence };
  const request = { id: 'k7m29qtx', asked: 'a', runbook, cluster: 'demo', site: 'clinic', mutating: true, options };
  const by = runbook === 'fence' ? SYSTEM : ANNA;
  const asked = startRun(event({ type: 'requested', ...request }, by));
  return acts(asked, 1, { type: 'admitted' }, { type: 'planned', plan, planHash: planHash(plan) });
}

function acts(run: Run, minute: number, ...bodies: readonly RunEventBody[]): Run {
  return after(run, ...bodies.map((body) => event(body, SYSTEM, minute)));
}

function asks(run: Run, kind: GateKind, step: string): Run {
  const gate: Gate = {
    number: 1,
    kind,
    step,
    planHash: run.planHash ?? '',
    nonce: 'n',
    openedAt: at(2),
    expiresAt: at(17),
    ...(kind === 'approve' && {
      bounds: {
        primary: 'one',
        standby: 'two',
        timeline: 1,
        systemIdentifier: EVIDENCE.systemIdentifier,
        fencing: 'possible',
        receiveLsnFrom: EVIDENCE.receiveLsn,
        lsnBoundBytes: 16_777_216,
      },
    }),
  };
  return acts(run, 2, { type: 'gate-opened', gate });
}

function granted(run: Run): Run {
  const decision = { verdict: 'granted', by: PIOTR, at: at(5), envelope: 'signed' } as const;
  return after(run, event({ type: 'gate-decided', number: 1, decision }, PIOTR, 5));
}

/** Every step from the first to that one is done. */
function doneUntil(run: Run, last: string): Run {
  const ids = (run.plan?.steps ?? []).map(({ id }) => id);
  return ids.slice(0, ids.indexOf(last) + 1).reduce((state, step) => {
    const begun = CHANGES[step]
      ? acts(state, 6, { type: 'step-started', step, irreversible: IRREVERSIBLE.includes(step) })
      : state;
    const outage = {
      kind: 'outage',
      milliseconds: 842,
      lastContact: at(6),
      firstWrite: at(6),
      timeline: 2,
    } as const;
    const rehearsed = {
      kind: 'rehearsal',
      host: 'two',
      at: at(6),
      milliseconds: 2_430,
      recoveryMilliseconds: 5_120,
      timeline: 2,
      amcheck: 'sound',
    } as const;
    const reports: Readonly<Record<string, { readonly report: Report }>> = {
      'switchover.first-write': { report: outage },
      'rehearse.promote': { report: rehearsed },
    };
    const report = reports[step] ?? {};
    const findings = FOUND[step] ?? [];
    return acts(begun, 6, { type: 'step-finished', step, unchanged: !CHANGES[step], findings, ...report });
  }, run);
}

const ended = (run: Run): Run => acts(run, 7, { type: 'finished', state: 'succeeded' });
const switchover = (): Run =>
  asks(planned('switchover', { reason: 'the disk of one is failing' }), 'approve', 'switchover.stop');
const acceptRoles = (): Run => asks(planned('accept-roles'), 'approve', 'accept-roles.fence');
const late = { code: 'verify.failed', params: { step: 'switchover.caught-up' } } as const;

export const SWITCHING_SCENES: Readonly<Record<string, () => Run>> = {
  'switchover-asks': switchover,
  'switchover-done': () => ended(doneUntil(granted(switchover()), 'failover.log')),
  'switchover-put-back': () =>
    acts(
      doneUntil(granted(switchover()), 'switchover.stop'),
      7,
      { type: 'step-failed', step: 'switchover.caught-up', error: late },
      { type: 'undo-started', error: late },
      { type: 'undone', steps: ['switchover.put-back'] },
      { type: 'finished', state: 'failed', error: late },
    ),
  'accept-roles-asks': acceptRoles,
  'accept-roles-done': () => ended(doneUntil(granted(acceptRoles()), 'accept-roles.writes')),
  'fence-done': () => ended(doneUntil(planned('fence'), 'fence.writes')),
  'rehearse-done': () => ended(doneUntil(planned('rehearse'), 'rehearse.remove')),
  'rebuild-asks': () => asks(planned('rebuild', { method: 'auto', discardOld: false }), 'confirm', 'rebuild.rewind'),
  'rebuild-done': () => {
    const asked = asks(planned('rebuild', { method: 'auto', discardOld: false }), 'confirm', 'rebuild.rewind');
    return ended(doneUntil(granted(asked), 'rebuild.old-data'));
  },
};
