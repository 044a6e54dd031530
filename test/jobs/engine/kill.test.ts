import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Store } from '../../../src/adapters/store/open-store.ts';
import { openStore } from '../../../src/adapters/store/open-store.ts';
import { envelopeFor, signEnvelope } from '../../../src/domain/approval.ts';
import type { Run } from '../../../src/domain/run.ts';
import { isFinal, openGate } from '../../../src/domain/run.ts';
import type { RunbookId } from '../../../src/domain/runbook.ts';
import { ANNA, PIOTR } from '../../domain/runs.ts';
import type { Task } from './real.ts';
import { CANARY, startWorker, TOY_EFFECTS } from './real.ts';

const keys = generateKeyPairSync('ed25519');
let root: string;
let store: Store;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'zapas-engine-'));
  await chmod(root, 0o711);
  store = await openStore({ dataDir: join(root, 'data') });
});

afterAll(async () => {
  await store.close();
  await rm(root, { recursive: true, force: true });
});

/** A run of its own cluster, with a directory of its own. */
async function ask(runbook: RunbookId, options: Run['options'] = {}): Promise<Task> {
  const id = randomUUID();
  const dir = join(root, id);
  await mkdir(dir);
  const request = { id, asked: id, runbook, cluster: `c-${id.slice(0, 8)}`, site: 'clinic', mutating: true } as const;
  const at = new Date().toISOString();
  await store.runs.request({ type: 'requested', ...request, options, at, by: ANNA });
  const verifyingKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { dataDir: join(root, 'data'), dir, run: id, verifyingKey };
}

const load = async ({ run }: Task): Promise<Run> => {
  const found = await store.runs.load(run);
  if (!found) throw new Error('no run');
  return found;
};

/** Piotr approves whatever he is asked until the run is over. */
async function approver(task: Task): Promise<void> {
  for (;;) {
    const run = await load(task);
    if (isFinal(run.state) || run.state === 'attention') return;
    const gate = openGate(run);
    if (gate?.bounds) {
      const at = new Date().toISOString();
      const envelope = signEnvelope(
        envelopeFor(run, { ...gate, bounds: gate.bounds }, PIOTR.person, at),
        keys.privateKey,
      );
      const decision = { verdict: 'granted', by: PIOTR, at, envelope } as const;
      await store.runs.apply(run.id, { type: 'gate-decided', number: gate.number, decision, at, by: PIOTR });
    }
    await pause(30);
  }
}

async function effects(task: Task): Promise<readonly string[]> {
  const written = await readFile(join(task.dir, 'effects'), 'utf8').catch(() => '');
  return written.split('\n').filter(Boolean).sort();
}

/** The run is right: over, everything once, roles swapped, every step finished once in the audit. */
async function expectRight(task: Task): Promise<void> {
  const run = await load(task);
  expect(run).toMatchObject({ state: 'succeeded' });
  expect(await effects(task)).toEqual(TOY_EFFECTS);
  expect(await store.clusters.roles(run.cluster)).toEqual({ primary: 'two', standby: 'one' });
  const events = (await store.audit.read(run.id)).map(({ event }) => event);
  const finished = events.flatMap((event) => (event.type === 'step-finished' ? [event.step] : []));
  expect(finished).toEqual(run.steps.map(({ id }) => id));
  expect(events.filter(({ type }) => type === 'finished')).toHaveLength(1);
}

const POINTS = [
  'claimed',
  'planned',
  'gate-opened toy.fence',
  'approval-checked',
  ...['fence', 'copy', 'promote'].flatMap((step) =>
    ['step-started', 'change-started', 'change-applied', 'step-finished'].map((point) => `${point} toy.${step}`),
  ),
  'change-started toy.conf',
  'change-applied toy.conf',
  'job-followed toy.copy',
  'roles-set toy.promote',
  'finished',
];

const WAIT = { timeout: 30_000 };

describe('a worker killed with SIGKILL', () => {
  it.concurrent.each(POINTS)(
    'at %s: the next one ends the run right, everything once',
    { timeout: 180_000 },
    async (point) => {
      const task = await ask('failover');
      const approved = approver(task);
      const killed = await startWorker({ ...task, fault: `kill ${point}` }).ended;
      expect(killed).toMatchObject({ signal: 'SIGKILL' });
      const next = await startWorker(task).ended;
      expect(next).toMatchObject({ code: 0 });
      await approved;
      await expectRight(task);
    },
  );
});

describe('a worker killed in the middle of a command that goes on without it', () => {
  it.concurrent.each(['fence', 'promote'])(
    '(%s): the next one waits for that to end, and does not do it again',
    { timeout: 180_000 },
    async (step) => {
      const task = await ask('failover');
      // Longer than a lease, a start of a worker and the silence it allows before it looks.
      await writeFile(join(task.dir, `pace-${step}`), '5');
      const approved = approver(task);
      const killed = await startWorker({ ...task, fault: `kill change-started toy.${step} +120` }).ended;
      expect(killed).toMatchObject({ signal: 'SIGKILL' });
      expect(await effects(task)).toContain(step);
      expect(await readdir(task.dir)).not.toContain(step);
      const next = await startWorker(task).ended;
      expect(next).toMatchObject({ code: 0 });
      await approved;
      await expectRight(task);
    },
  );
});

describe('a worker frozen for longer than its lease', () => {
  it.concurrent.each([
    'step-started toy.fence',
    'change-started toy.fence',
    'change-started toy.copy',
    'change-started toy.promote',
  ])('at %s repeats nothing when it thaws', { timeout: 180_000 }, async (point) => {
    const task = await ask('failover');
    const approved = approver(task);
    const frozen = startWorker({ ...task, fault: `freeze ${point}` });
    await untilFrozen(frozen.pid);
    const next = await startWorker(task).ended;
    expect(next).toMatchObject({ code: 0 });
    process.kill(frozen.pid, 'SIGCONT');
    const thawed = await frozen.ended;
    expect(thawed).toMatchObject({ code: 0 });
    expect(thawed.log).toContain('lost-lease');
    await approved;
    await expectRight(task);
  });
});

async function untilFrozen(pid: number): Promise<void> {
  await vi.waitFor(async () => expect(await readFile(`/proc/${pid}/stat`, 'utf8')).toMatch(/^\d+ \(.*\) T /), WAIT);
}

describe('Stop', () => {
  it('ends the job on its host, and only then the run', { timeout: 180_000 }, async () => {
    const task = await ask('setup', { leak: false });
    const worker = startWorker(task);
    const shell = await vi.waitFor(async () => Number(await readFile(join(task.dir, 'waiting'), 'utf8')), WAIT);
    expect(process.kill(shell, 0)).toBe(true);
    await store.runs.apply(task.run, { type: 'stop-asked', at: new Date().toISOString(), by: ANNA });
    const ended = await worker.ended;
    expect(ended).toMatchObject({ code: 0 });
    expect(await load(task)).toMatchObject({
      state: 'cancelled',
      error: { code: 'run.stopped', params: { by: 'anna' } },
    });
    expect(() => process.kill(shell, 0)).toThrow('ESRCH');
  });
});

describe('a secret that a job prints', () => {
  it('is in no table and no log, in no form', { timeout: 180_000 }, async () => {
    const task = await ask('setup', { leak: true });
    const ended = await startWorker(task).ended;
    expect(ended).toMatchObject({ code: 0 });
    const run = await load(task);
    expect(run).toMatchObject({ state: 'failed', error: { code: 'job.failed', params: { exit: 3 } } });
    expect(run.error?.params.detail).toBe('***\n***\n10%');
    const kept = `${await everyTable()}\n${ended.log}`;
    expect(kept).toContain(task.run);
    for (const encoding of ['utf8', 'base64', 'hex'] as const)
      expect(kept).not.toContain(Buffer.from(CANARY).toString(encoding).slice(0, -4));
  });
});

/** Every row of every table of the store, as text. */
async function everyTable(): Promise<string> {
  const tables = await store.queuePool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const rows = await Promise.all(
    tables.rows.map(async ({ name }) => (await store.queuePool.query(`select t::text as row from ${name} t`)).rows),
  );
  return JSON.stringify(rows);
}

describe('the audit trail of all these runs', () => {
  it('is unbroken', async () => {
    expect(await store.audit.verify()).toMatchObject({ ok: true });
  });
});
