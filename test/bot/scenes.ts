import type { ErrorRef } from '../../src/domain/errors.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import type { Plan, PlannedStep } from '../../src/domain/plan.ts';
import { planHash } from '../../src/domain/plan.ts';
import type { LogReport, StatusReport } from '../../src/domain/report.ts';
import type { Actor, Gate, GateKind, Run, RunEventBody } from '../../src/domain/run.ts';
import { SYSTEM, startRun } from '../../src/domain/run.ts';
import type { RunbookId } from '../../src/domain/runbook.ts';
import type { Finding } from '../../src/domain/step.ts';
import { RUNBOOKS } from '../../src/runbooks/registry.ts';
import { ANNA, after, at, event, PIOTR } from '../domain/runs.ts';
import { SWITCHING_SCENES } from './switching-scenes.ts';

/** Runs in every situation that has a card of its own. */

export const EVIDENCE: Evidence = {
  gatheredAt: at(1),
  sightings: [
    { by: 'bot', way: 'login', saw: 'silent', detail: 'host.unreachable' },
    { by: 'bot', way: 'port', saw: 'silent' },
    { by: 'standby', way: 'postgres', saw: 'silent', detail: 'silent' },
    { by: 'standby', way: 'replication', saw: 'dead', detail: 'disconnected' },
  ],
  primaryAlive: false,
  fencing: 'unreachable',
  timeline: 1,
  receiveLsn: '0/5000148',
  replayLsn: '0/5000000',
  systemIdentifier: '7300000000000000001',
  lastContact: at(-3),
  loss: { kind: 'unknown', bytes: '4096', seconds: 184 },
};

const FENCED: Evidence = {
  ...EVIDENCE,
  fencing: 'possible',
  loss: { kind: 'bounded', bytes: '1536', seconds: 12 },
  rehearsal: { at: '2026-11-10T11:00:00.000Z', milliseconds: 2_430 },
};

const CHANGES: Readonly<Record<string, PlannedStep['changes']>> = {
  'setup.primary-settings': [
    { host: 'one', kind: 'write', text: '/opt/mmedica/pgsql-17/data/postgresql.conf', contentHash: 'ab' },
  ],
  'setup.primary-restart': [{ host: 'one', kind: 'exec', text: 'systemctl restart postgresmm-17.service' }],
  'setup.pg-hba': [{ host: 'one', kind: 'write', text: '/opt/mmedica/pgsql-17/data/pg_hba.conf', contentHash: 'cd' }],
  'setup.clone': [
    {
      host: 'two',
      kind: 'job',
      text: "[postgres] /opt/mmedica/pgsql-17/bin/pg_basebackup --pgdata='/srv/a b' --progress",
    },
  ],
  'setup.start': [{ host: 'two', kind: 'exec', text: 'systemctl start postgresmm-17.service' }],
  'failover.promote': [
    {
      host: 'two',
      kind: 'exec',
      text: '[postgres] /opt/mmedica/pgsql-17/bin/pg_ctl promote -D /opt/mmedica/pgsql-17/data -w',
    },
  ],
  'failover.redirect': [{ host: 'two', kind: 'exec', text: '/usr/local/bin/move-address 10.77.0.13 5432' }],
};

const FINDINGS: readonly Finding[] = [
  { id: 'primary.running', verdict: 'ok', host: 'one', params: { state: 'running', version: '17.11' } },
  { id: 'link.speed', verdict: 'warning', params: { measured: 94, card: 100, wanted: 1000 } },
  {
    id: 'disk.space',
    verdict: 'failed',
    host: 'two',
    params: { path: '/opt/mmedica/pgsql-17/data', needed: 5120, free: 800 },
  },
  { id: 'clock.skew', verdict: 'ok', params: { seconds: 0 } },
];

/** The steps of a runbook as a plan has them; what has no change here had nothing to do. */
function steps(runbook: RunbookId, findings: readonly Finding[] = []): readonly PlannedStep[] {
  const found = RUNBOOKS.find(({ id }) => id === runbook);
  return (found?.steps ?? []).map(({ id, manual, effect }, index) => ({
    id,
    manual,
    effect,
    check: CHANGES[id] ? 'needed' : 'done',
    changes: CHANGES[id] ?? [],
    findings: index === 0 ? findings : [],
  }));
}

function plan(runbook: RunbookId, over: Partial<Plan> = {}): Plan {
  return {
    v: 1,
    runbook,
    cluster: 'demo',
    primary: 'one',
    standby: 'two',
    options: {},
    steps: steps(runbook),
    ...over,
  };
}

function requested(runbook: RunbookId, by: Actor = ANNA): Run {
  const mutating = runbook === 'setup' || runbook === 'failover';
  return startRun(
    event(
      {
        type: 'requested',
        id: 'k7m29qtx',
        asked: 'a',
        runbook,
        cluster: 'demo',
        site: 'clinic',
        mutating,
        options: {},
      },
      by,
    ),
  );
}

const acts = (run: Run, minute: number, ...bodies: readonly RunEventBody[]): Run =>
  after(run, ...bodies.map((body) => event(body, SYSTEM, minute)));

function planned(runbook: RunbookId, over: Partial<Plan> = {}): Run {
  const made = plan(runbook, over);
  return acts(requested(runbook), 1, { type: 'admitted' }, { type: 'planned', plan: made, planHash: planHash(made) });
}

function gate(run: Run, kind: GateKind, step: string, number = 1): Gate {
  const evidence = run.plan?.evidence;
  return {
    number,
    kind,
    step,
    planHash: run.planHash ?? '',
    nonce: 'n',
    openedAt: at(2),
    expiresAt: at(17),
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

const asks = (run: Run, kind: GateKind, step: string): Run =>
  acts(run, 2, { type: 'gate-opened', gate: gate(run, kind, step) });

const decides = (run: Run, verdict: 'granted' | 'rejected', by: Actor, note?: string): Run =>
  after(
    run,
    event(
      {
        type: 'gate-decided',
        number: run.gate?.number ?? 0,
        decision: { verdict, by, at: at(5), envelope: 'signed', ...(note !== undefined && { note }) },
      },
      by,
      5,
    ),
  );

const done = (
  run: Run,
  id: string,
  minute: number,
  over: Partial<RunEventBody & { type: 'step-finished' }> = {},
): Run => {
  const changed = CHANGES[id] !== undefined;
  const irreversible = id === 'failover.promote';
  const begun = changed ? acts(run, minute, { type: 'step-started', step: id, irreversible }) : run;
  return acts(begun, minute + (changed ? 1 : 0), {
    type: 'step-finished',
    step: id,
    unchanged: !changed,
    findings: [],
    ...over,
  });
};

/** Every step up to that one is done. */
function doneUntil(run: Run, last: string, minute: number): Run {
  const ids = (run.plan?.steps ?? []).map(({ id }) => id);
  return ids.slice(0, ids.indexOf(last) + 1).reduce((state, id) => done(state, id, minute), run);
}

const confirmed = (): Run =>
  decides(asks(doneUntil(planned('setup'), 'setup.firewall', 1), 'confirm', 'setup.primary-settings'), 'granted', ANNA);

const cloning = (): Run =>
  acts(doneUntil(confirmed(), 'setup.clone-directory', 6), 8, {
    type: 'step-started',
    step: 'setup.clone',
    irreversible: false,
  });

const asking = (evidence: Evidence = EVIDENCE): Run =>
  asks(done(planned('failover', { evidence }), 'failover.evidence', 1), 'approve', 'failover.promote');

const failure: ErrorRef = {
  code: 'host.unreachable',
  params: { host: 'one', address: '10.77.0.12', port: 22, detail: 'timed out' },
};

export const LOG: LogReport = {
  kind: 'log',
  host: 'two',
  file: 'postgresql-2026-11-22.log',
  verdict: 'failed',
  findings: [{ id: 'no-hba-entry', mend: 'primary', line: 'FATAL:  no pg_hba.conf entry for replication connection' }],
  excerpt: [
    '2026-11-22 13:00:01 CET [811] LOG:  starting PostgreSQL 17.11',
    '…',
    '2026-11-22 13:00:09 CET [815] FATAL:  no pg_hba.conf entry for replication connection',
  ],
};

const GOOD_LOG: LogReport = { ...LOG, verdict: 'ok', findings: [], excerpt: LOG.excerpt.slice(0, 1) };

const promoted = (): Run => {
  const begun = decides(asking(FENCED), 'granted', PIOTR, 'after a call with the clinic');
  const outage = {
    kind: 'outage',
    milliseconds: 4_230,
    lastContact: at(-3),
    firstWrite: at(6),
    timeline: 2,
  } as const;
  const reports: Readonly<Record<string, Partial<RunEventBody & { type: 'step-finished' }>>> = {
    'failover.first-write': { report: outage },
    'failover.log': { report: GOOD_LOG },
  };
  const ids = (begun.plan?.steps ?? []).map(({ id }) => id).filter((id) => id !== 'failover.evidence');
  return acts(
    ids.reduce((state, id) => done(state, id, 6, reports[id]), begun),
    8,
    { type: 'finished', state: 'succeeded' },
  );
};

export const STATUS: StatusReport = {
  kind: 'status',
  at: at(1),
  primary: {
    host: 'one',
    reachable: true,
    running: true,
    role: 'primary',
    version: '17.11',
    timeline: 1,
    lsn: '0/5000148',
    diskFreeBytes: '21474836480',
  },
  standby: {
    host: 'two',
    reachable: true,
    running: true,
    role: 'standby',
    version: '17.11',
    timeline: 1,
    lsn: '0/5000100',
    diskFreeBytes: null,
  },
  streaming: true,
  receiveLagBytes: '72',
  replayLagBytes: '1536',
  replayLagSeconds: 0.4,
  slot: { name: 'zapas_two', active: true, walStatus: 'reserved' },
  findings: [
    { id: 'primary.running', verdict: 'ok', host: 'one', params: { state: 'running', version: '17.11' } },
    {
      id: 'certificate.expiry',
      verdict: 'warning',
      host: 'two',
      params: { path: '/c.crt', until: '2026-12-01', days: 9 },
    },
    { id: 'streaming', verdict: 'ok', host: 'two', params: { state: 'streaming' } },
  ],
};

const answered = (runbook: RunbookId, report: StatusReport | LogReport): Run => {
  const run = planned(runbook);
  const [step] = run.plan?.steps ?? [];
  return acts(
    run,
    1,
    { type: 'step-finished', step: step?.id ?? '', unchanged: true, findings: [], report },
    { type: 'finished', state: 'succeeded' },
  );
};

const checked = (findings: readonly Finding[]): Run => {
  const run = planned('check', {
    steps: steps('check', findings),
    preview: steps('setup').filter(({ id }) => id.startsWith('setup.')),
  });
  return acts(run, 1, { type: 'finished', state: 'succeeded' });
};

const drifted = (): Run => {
  const granted = decides(asking(), 'granted', PIOTR);
  const made = plan('failover', { evidence: { ...EVIDENCE, timeline: 2 } });
  const reasons: readonly ErrorRef[] = [{ code: 'run.drifted', params: { what: 'timeline', approved: 1, now: 2 } }];
  const again = acts(
    granted,
    6,
    { type: 'drifted', reasons },
    { type: 'planned', plan: made, planHash: planHash(made) },
  );
  return acts(again, 6, { type: 'gate-opened', gate: gate(again, 'approve', 'failover.promote', 2) });
};

export const SCENES: Readonly<Record<string, () => Run>> = {
  queued: () => requested('setup'),
  planning: () => acts(requested('setup'), 0, { type: 'admitted' }),
  'setup-begins': () => planned('setup'),
  'setup-confirm': () => asks(doneUntil(planned('setup'), 'setup.firewall', 1), 'confirm', 'setup.primary-settings'),
  'setup-attest': () => asks(doneUntil(planned('setup'), 'preflight.archiving', 1), 'attest', 'setup.licence'),
  'setup-cloning': cloning,
  'setup-stopping': () => after(cloning(), event({ type: 'stop-asked' }, ANNA, 9)),
  'setup-done': () => acts(doneUntil(confirmed(), 'setup.log', 6), 9, { type: 'finished', state: 'succeeded' }),
  'setup-unchanged': () => {
    const run = planned('setup', { steps: steps('setup').map((step) => ({ ...step, check: 'done', changes: [] })) });
    const ids = (run.plan?.steps ?? []).map(({ id }) => id);
    const all = ids.map((step): RunEventBody => ({ type: 'step-finished', step, unchanged: true, findings: [] }));
    return acts(run, 2, ...all, { type: 'finished', state: 'succeeded' });
  },
  'setup-failed': () =>
    acts(
      cloning(),
      9,
      { type: 'step-failed', step: 'setup.clone', error: failure },
      { type: 'finished', state: 'failed', error: failure },
    ),
  'failover-asks': () => asking(),
  'failover-asks-fenced': () => asking(FENCED),
  'failover-asks-again': drifted,
  'failover-rejected': () => decides(asking(), 'rejected', PIOTR, 'the clinic says it is only the switch'),
  'failover-expired': () => after(asking(), event({ type: 'gate-expired', number: 1 }, SYSTEM, 17)),
  'failover-promoting': () =>
    acts(done(decides(asking(), 'granted', PIOTR), 'failover.fence', 6), 6, {
      type: 'step-started',
      step: 'failover.promote',
      irreversible: true,
    }),
  'failover-attention': () => {
    const error: ErrorRef = { code: 'exec.outcome-unknown', params: { host: 'two', detail: 'link lost' } };
    const begun = acts(done(decides(asking(), 'granted', PIOTR), 'failover.fence', 6), 6, {
      type: 'step-started',
      step: 'failover.promote',
      irreversible: true,
    });
    return acts(begun, 7, { type: 'attention', error });
  },
  'failover-redirect-by-hand': () => {
    const run = decides(asking(FENCED), 'granted', PIOTR);
    const ids = [
      'failover.fence',
      'failover.promote',
      'failover.first-write',
      'failover.redirect',
      'failover.clean-up',
    ];
    const by = ids.reduce((state, id) => done(state, id, 6), run);
    return acts(by, 7, { type: 'gate-opened', gate: gate(by, 'attest', 'failover.redirect-by-hand', 2) });
  },
  'failover-done': promoted,
  'check-failed': () => checked(FINDINGS),
  'check-fine': () => checked(FINDINGS.filter(({ verdict }) => verdict === 'ok')),
  'status-fine': () =>
    answered('status', {
      ...STATUS,
      findings: STATUS.findings.filter(({ verdict }) => verdict === 'ok'),
      rehearsed: { at: '2026-11-10T11:00:00.000Z', milliseconds: 2_430 },
    }),
  'status-remarks': () => answered('status', { ...STATUS, rehearsed: null }),
  'status-alone': () =>
    answered('status', {
      ...STATUS,
      rehearsed: { at: '2026-07-01T10:00:00.000Z', milliseconds: 2_430 },
      primary: {
        ...STATUS.primary,
        reachable: false,
        running: null,
        role: null,
        version: null,
        timeline: null,
        lsn: null,
        diskFreeBytes: null,
      },
      streaming: false,
      receiveLagBytes: null,
      replayLagBytes: null,
      replayLagSeconds: null,
      slot: null,
      findings: [
        { id: 'primary.running', verdict: 'unknown', host: 'one', params: { state: 'unreachable', version: '' } },
      ],
    }),
  'log-failed': () => answered('logs', LOG),
  'log-fine': () => answered('logs', GOOD_LOG),
  ...SWITCHING_SCENES,
};
