import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openLab } from '../../lab/lab.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { Run, RunEvent } from '../../src/domain/run.ts';
import { openGate } from '../../src/domain/run.ts';
import { mustRun, sql } from '../lab/support.ts';
import { DATA, makePair } from '../runbooks/support/pair.ts';
import { bareLab } from './bare-lab.ts';
import type { Office, WorkerProcess } from './office.ts';
import { openOffice } from './office.ts';

const lab = openLab();
const PIOTR = { platform: 'terminal', account: 'piotr' };
const WAIT = { timeout: 30_000, interval: 200 };

/** Asks for a failover; returns it with its gate open and no worker that would go on. */
async function askFor(office: Office): Promise<{ readonly run: Run; readonly goOn: () => WorkerProcess }> {
  const worker = office.startWorker();
  const { id } = await office.request('failover');
  const run = await office.until(id, (seen) => openGate(seen) !== undefined || seen.error !== undefined);
  expect(run.error).toBeUndefined();
  await worker.stop();
  return { run, goOn: () => office.startWorker() };
}

async function eventsOf<Type extends RunEvent['type']>(office: Office, run: Run, type: Type) {
  const rows = await office.store.audit.read(run.id);
  return rows.flatMap(({ event }) => (event.type === type ? [event as RunEvent & { readonly type: Type }] : []));
}

async function expectRefused(office: Office, run: Run, what: string, code: ErrorCode, person: string): Promise<void> {
  const refused = await eventsOf(office, run, 'refused');
  expect(refused.map((event) => [event.what, event.error.code, event.by.person])).toContainEqual([what, code, person]);
  expect(await eventsOf(office, run, 'gate-decided')).toEqual([]);
}

/** Grants the run's open gate past the bot, with an envelope of any origin. */
async function grantWith(office: Office, run: Run, envelope: string): Promise<void> {
  const at = new Date().toISOString();
  const by = { person: 'piotr', platform: 'terminal' };
  const decision = { verdict: 'granted', by, at, envelope } as const;
  await office.store.runs.apply(run.id, { type: 'gate-decided', number: run.gate?.number ?? 0, at, by, decision });
}

async function expectForged(office: Office, run: Run, detail: string): Promise<void> {
  const ended = await office.until(run.id, ({ state }) => state !== 'ready' && state !== 'waiting');
  expect(ended).toMatchObject({ state: 'failed', error: { code: 'approval.forged', params: { detail } } });
  const [finished] = await eventsOf(office, run, 'finished');
  expect(finished?.error?.code).toBe('approval.forged');
  // A step that found nothing to do may be done; nothing may have been changed or even begun.
  const idle = ended.steps.filter(({ state, unchanged }) => state === 'pending' || (state === 'done' && unchanged));
  expect(idle).toEqual(ended.steps);
}

/** Until the gate is over by the clock. */
async function expired({ gate }: Run): Promise<string> {
  const at = gate?.expiresAt ?? '';
  await pause(Math.max(0, Date.parse(at) - Date.now()) + 10);
  return at;
}

async function streaming(): Promise<void> {
  const query = 'select state from pg_stat_replication';
  await vi.waitFor(async () => expect(await sql(lab, 'primary', query)).toBe('streaming'), WAIT);
}

async function expectStandby(): Promise<void> {
  expect(await sql(lab, 'standby', 'select pg_is_in_recovery()')).toBe('t');
}

describe('the approval of a failover', () => {
  /** Two offices whose approvals are good for a minute: in one it comes too late, in the other the worker does. */
  let slowApprover: Office;
  let slowWorker: Office;
  let office: Office;
  let undecided: Awaited<ReturnType<typeof askFor>>;
  let unused: Awaited<ReturnType<typeof askFor>>;

  beforeAll(async () => {
    await bareLab(lab);
    await makePair(lab);
    await streaming();
    await lab.killPostgres('primary');
    slowApprover = await openOffice(lab, { approvalMinutes: 1 });
    slowWorker = await openOffice(lab, { approvalMinutes: 1 });
    office = await openOffice(lab, { redirect: 'command' });
    undecided = await askFor(slowApprover);
    unused = await askFor(slowWorker);
    await slowWorker.grant(unused.run, 'piotr');
  });
  afterAll(async () => {
    await Promise.all([slowApprover, slowWorker, office].map((one) => one.close()));
    await bareLab(lab);
  });

  describe('is refused, with its reason in the audit trail,', () => {
    let run: Run;
    beforeAll(async () => {
      ({ run } = await askFor(office));
    });
    afterEach(expectStandby);
    afterAll(() => office.bot().stop({ platform: 'terminal', account: 'anna' }, run.id));

    it.each([
      ['by the requester', 'anna', 'anna', 'demo', 'approval.same-person'],
      ['by somebody unlinked', 'mallory', 'account:mallory', 'demo', 'approval.unlinked'],
      ['by somebody who may only look', 'kasia', 'kasia', 'demo', 'approval.not-approver'],
      ['without the cluster’s name', 'piotr', 'piotr', 'dmeo', 'approval.wrong-name'],
    ] as const)('%s', async (_who, account, person, name, code) => {
      const who = { platform: 'terminal', account };
      const outcome = await office.bot().decide({ who, run: run.id, gate: 1, act: 'approve', name });
      expect(outcome).toMatchObject({ ok: false, error: { code } });
      await expectRefused(office, run, 'approve', code, person);
    });

    it('by the requester past the bot', async () => {
      await expect(office.grant(run, 'anna')).rejects.toMatchObject({ code: 'approval.same-person' });
      await expectRefused(office, run, 'gate-decided', 'approval.same-person', 'anna');
    });

    it('by an approver of another gate than the open one', async () => {
      const outcome = await office.bot().decide({ who: PIOTR, run: run.id, gate: 2, act: 'approve', name: 'demo' });
      expect(outcome).toMatchObject({ ok: false, error: { code: 'approval.other-plan' } });
      await expectRefused(office, run, 'approve', 'approval.other-plan', 'piotr');
    });
  });

  describe('opens nothing', () => {
    let genuine: string;
    afterEach(expectStandby);

    it('with a signature of another key', async () => {
      const { run, goOn } = await askFor(office);
      const { privateKey } = generateKeyPairSync('ed25519');
      const forger = office.bot({ signingKey: privateKey });
      expect(await forger.decide({ who: PIOTR, run: run.id, act: 'approve', name: 'demo' })).toMatchObject({
        ok: true,
      });
      const worker = goOn();
      await expectForged(office, run, 'signature');
      await worker.stop();
    });

    it('as a row that somebody wrote into the database', async () => {
      const { run, goOn } = await askFor(office);
      const at = new Date().toISOString();
      const decision = { verdict: 'granted', by: { person: 'piotr', platform: 'terminal' }, at };
      const gate = { ...run.gate, decision };
      const doc = { ...run, state: 'ready', gate, granted: gate };
      await office.store.queuePool.query(`update zapas.run set state = 'ready', doc = $1 where id = $2`, [doc, run.id]);
      const worker = goOn();
      await expectForged(office, run, 'no envelope');
      await worker.stop();
    });

    it('when the primary lives again before the worker goes on', async () => {
      const { run, goOn } = await askFor(office);
      const granted = await office.grant(run, 'piotr');
      genuine = granted.granted?.decision?.envelope ?? '';
      await mustRun(lab, 'primary', 'systemctl reset-failed postgresmm-17; systemctl start postgresmm-17');
      const worker = goOn();
      const ended = await office.seeThrough(run.id);
      await worker.stop();
      const [drifted] = await eventsOf(office, run, 'drifted');
      expect(drifted?.reasons.map(({ code }) => code)).toEqual(['primary.alive']);
      expect([ended.state, ended.error?.code, ended.granted]).toEqual(['failed', 'primary.alive', undefined]);
      expect(await sql(lab, 'primary', 'select pg_is_in_recovery()')).toBe('f');
      await lab.killPostgres('primary');
    });

    it('with the genuine envelope of an earlier run', async () => {
      expect(genuine).not.toBe('');
      const { run, goOn } = await askFor(office);
      await grantWith(office, run, genuine);
      const worker = goOn();
      await expectForged(office, run, 'content');
      await worker.stop();
    });

    it('when the primary’s machine is gone by then: another plan, another gate, for which the old envelope is no good', async () => {
      const { run, goOn } = await askFor(office);
      expect(run.gate?.bounds?.fencing).toBe('possible');
      const granted = await office.grant(run, 'piotr');
      await lab.powerOff('primary');
      const worker = goOn();
      const again = await office.until(run.id, (seen) => openGate(seen)?.number === 2);
      const [drifted] = await eventsOf(office, run, 'drifted');
      expect(drifted?.reasons).toContainEqual({
        code: 'run.drifted',
        params: { what: 'fencing', approved: 'possible', now: 'unreachable' },
      });
      expect(again.gate?.bounds?.fencing).toBe('unreachable');
      expect(again.granted).toBeUndefined();
      await grantWith(office, again, granted.granted?.decision?.envelope ?? '');
      await expectForged(office, run, 'content');
      await worker.stop();
      await lab.boot('primary');
      await expect.poll(() => sql(lab, 'primary', 'select pg_is_in_recovery()').catch(String), WAIT).toBe('f');
      await lab.killPostgres('primary');
    });
  });

  describe('has its time', () => {
    afterEach(expectStandby);

    it('comes too late: refused, and the run ends', async () => {
      const { run, goOn } = undecided;
      const at = await expired(run);
      const outcome = await slowApprover.bot().decide({ who: PIOTR, run: run.id, act: 'approve', name: 'demo' });
      expect(outcome).toMatchObject({ ok: false, error: { code: 'approval.expired', params: { expired: at } } });
      await expectRefused(slowApprover, run, 'gate-decided', 'approval.expired', 'piotr');
      const worker = goOn();
      const ended = await slowApprover.until(run.id, ({ state }) => state !== 'waiting');
      expect([ended.state, ended.error?.code]).toEqual(['cancelled', 'approval.expired']);
      await worker.stop();
    });

    it('was not used in time: back to the gate', async () => {
      const { run, goOn } = unused;
      await expired(run);
      const worker = goOn();
      const again = await slowWorker.until(run.id, (seen) => openGate(seen)?.number === 2);
      const [drifted] = await eventsOf(slowWorker, run, 'drifted');
      expect(drifted?.reasons.map(({ code }) => code)).toEqual(['approval.expired']);
      expect(again.granted).toBeUndefined();
      await worker.stop();
    });
  });

  it('is given by eight people at once: one wins, the others are told who, and there is one promotion', async () => {
    const { run, goOn } = await askFor(office);
    const names = Array.from({ length: 8 }, (_, n) => `approver${n}`);
    const bot = office.bot({ inventory: () => withApprovers(office.inventory, names) });
    const outcomes = await Promise.all(
      names.map((account) =>
        bot.decide({ who: { platform: 'terminal', account }, run: run.id, gate: 1, act: 'approve', name: 'demo' }),
      ),
    );
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    const [decided, ...more] = await eventsOf(office, run, 'gate-decided');
    expect(more).toEqual([]);
    const winner = decided?.by.person ?? '';
    expect(names).toContain(winner);
    const losers = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
    for (const error of losers)
      expect(error).toMatchObject({ code: 'approval.already-decided', params: { by: winner } });
    const refused = await eventsOf(office, run, 'refused');
    expect(refused.map(({ by }) => by.person).toSorted()).toEqual(names.filter((name) => name !== winner));
    const worker = goOn();
    const ended = await office.seeThrough(run.id);
    await worker.stop();
    expect({ state: ended.state, error: ended.error }).toEqual({ state: 'succeeded', error: undefined });
    const promotions = `grep -h 'selected new timeline ID' ${DATA}/pg_log/* | wc -l`;
    expect((await mustRun(lab, 'standby', promotions)).trim()).toBe('1');
    expect(await office.store.audit.verify()).toMatchObject({ ok: true });
  });
});

function withApprovers(inventory: Inventory, names: readonly string[]): Inventory {
  const roles = [{ role: 'approver' as const, sites: '*' as const }];
  const people = names.map((name) => [name, { name, language: 'en' as const, accounts: { terminal: name }, roles }]);
  return { ...inventory, people: { ...inventory.people, ...Object.fromEntries(people) } };
}
