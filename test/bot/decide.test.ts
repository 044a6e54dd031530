import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Decisions, GateRequest, Outcome } from '../../src/bot/decide.ts';
import { createDecisions } from '../../src/bot/decide.ts';
import { checkEnvelope } from '../../src/domain/approval.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { Gate, Run, RunEvent } from '../../src/domain/run.ts';
import type { Scratch } from '../adapters/store/scratch.ts';
import { STORES } from '../adapters/store/scratch.ts';
import { begin, fact, minutes, wait } from '../contracts/run-store.ts';
import { people } from './people.ts';

const keys = generateKeyPairSync('ed25519');
const on = (platform: string, account: string) => ({ platform, account });
const ANNA = on('terminal', 'anna');
const PIOTR = on('terminal', 'piotr');
const EWA = on('terminal', 'ewa');

const codeOf = (outcome: Outcome): string => (outcome.ok ? 'done' : outcome.error.code);

describe.each(STORES)('the decision service on %s', (_name, open) => {
  let scratch: Scratch;
  let inventory: Inventory;
  let woken: string[];
  let decisions: Decisions;

  beforeAll(async () => {
    scratch = await open();
  });
  afterAll(async () => await scratch.remove());
  beforeEach(() => {
    inventory = people();
    woken = [];
    decisions = createDecisions({
      inventory: () => inventory,
      runs: scratch.store.runs,
      signingKey: keys.privateKey,
      now: () => new Date(),
      wake: { advance: ({ id }) => woken.push(id) },
    });
  });

  const waiting = (over: Partial<Gate> = {}): Promise<Run> => wait(scratch.store, over);
  const approve = (run: Run, who = PIOTR, over: Partial<GateRequest> = {}): Promise<Outcome> =>
    decisions.decide({ who, run: run.id, act: 'approve', name: run.cluster, ...over });
  const refusals = async (run: Run): Promise<readonly (RunEvent & { type: 'refused' })[]> => {
    const rows = await scratch.store.audit.read(run.id);
    return rows.flatMap(({ event }) => (event.type === 'refused' ? [event] : []));
  };

  it('lets a second person approve: signed for exactly this plan, recorded, and the worker is woken', async () => {
    const run = await waiting();
    const outcome = await approve(run, PIOTR, { gate: 1, note: 'after a call\u202e with the clinic' });
    expect(outcome).toMatchObject({
      ok: true,
      run: { state: 'ready', granted: { decision: { by: { person: 'piotr' } } } },
    });
    if (!outcome.ok) return;
    expect(checkEnvelope(outcome.run, keys.publicKey)).toBeUndefined();
    expect(outcome.run.granted?.decision?.note).toBe('after a call� with the clinic');
    expect(woken).toEqual([run.id]);
    expect(await refusals(run)).toEqual([]);
  });

  it.each<[string, { platform: string; account: string }, Partial<GateRequest>, string]>([
    ['the requester', ANNA, {}, 'approval.same-person'],
    ['an account that belongs to nobody', on('slack', 'U-NOBODY'), {}, 'approval.unlinked'],
    ['an account without an id', on('slack', ''), {}, 'approval.unlinked'],
    ['a person by their name instead of their account', on('slack', 'ewa'), {}, 'approval.unlinked'],
    ['somebody who only looks', on('terminal', 'jan'), {}, 'approval.not-approver'],
    ['an approver of another site', on('terminal', 'obcy'), {}, 'approval.not-approver'],
    ['an approver who types another name', PIOTR, { name: 'other' }, 'approval.wrong-name'],
    ['an approver who types nothing', PIOTR, { name: '' }, 'approval.wrong-name'],
    ['a rejection without a reason', PIOTR, { act: 'reject', note: ' \u200b ' }, 'approval.reason-missing'],
    ['a confirmation where an approval is due', EWA, { act: 'confirm' }, 'gate.not-open'],
    ['a click on the card of another gate', PIOTR, { gate: 2 }, 'approval.other-plan'],
  ])('refuses %s, records it with the reason, and leaves the gate open', async (_who, who, over, code) => {
    const run = await waiting();
    const outcome = await approve(run, who, over);
    expect(codeOf(outcome)).toBe(code);
    expect((await scratch.store.runs.load(run.id))?.state).toBe('waiting');
    expect(await refusals(run)).toMatchObject([
      { what: over.act ?? 'approve', error: { code }, by: { platform: who.platform } },
    ]);
    expect(woken).toEqual([]);
    expect(codeOf(await approve(run))).toBe('done');
  });

  it.each([ANNA, on('slack', 'U-ANNA'), on('discord', '99')])(
    'refuses every account of the requester, an approver too: persons are compared (%o)',
    async (who) => {
      const { anna } = inventory.people;
      if (!anna) throw new Error('nobody');
      const roles = [
        { role: 'approver', sites: '*' },
        { role: 'operator', sites: '*' },
      ] satisfies typeof anna.roles;
      inventory.people['anna'] = { ...anna, roles, accounts: { terminal: 'anna', slack: 'U-ANNA', discord: '99' } };
      const run = await waiting();
      expect(codeOf(await approve(run, who))).toBe('approval.same-person');
      expect(await refusals(run)).toMatchObject([{ by: { person: 'anna', platform: who.platform } }]);
    },
  );

  it('gives the second of two approvers the truth, and everybody after them', async () => {
    const run = await waiting();
    const both = await Promise.all([approve(run, PIOTR), approve(run, EWA)]);
    expect(both.map(codeOf).sort()).toEqual(['approval.already-decided', 'done']);
    const winner = both.find(({ ok }) => ok)?.run?.granted?.decision?.by.person;
    const late = await approve(run, PIOTR, { gate: 1 });
    expect(late).toMatchObject({
      error: { code: 'approval.already-decided', params: { by: winner, verdict: 'granted', platform: 'terminal' } },
    });
    expect((await refusals(run)).map(({ error }) => error.code)).toEqual([
      'approval.already-decided',
      'approval.already-decided',
    ]);
  });

  it('counts a double click once', async () => {
    const run = await waiting();
    const clicks = await Promise.all(Array.from({ length: 5 }, () => approve(run)));
    expect(clicks.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('tells who decided elsewhere, even when the run is over', async () => {
    const run = await waiting();
    await decisions.decide({ who: on('slack', 'U-EWA'), run: run.id, act: 'reject', note: 'not today' });
    expect((await scratch.store.runs.load(run.id))?.state).toBe('cancelled');
    expect(await approve(run)).toMatchObject({
      error: { code: 'approval.already-decided', params: { by: 'ewa', verdict: 'rejected', platform: 'slack' } },
    });
    expect((await refusals(run)).map(({ error }) => error.code)).toEqual(['approval.already-decided']);
  });

  it('takes nothing after the time is over, swept or not', async () => {
    const run = await waiting({ openedAt: minutes(-20), expiresAt: minutes(-5) });
    expect(codeOf(await approve(run))).toBe('approval.expired');
    expect((await refusals(run)).map(({ error }) => error.code)).toEqual(['approval.expired']);
    await scratch.store.runs.apply(run.id, fact({ type: 'gate-expired', number: 1 }));
    expect(codeOf(await approve(run))).toBe('approval.expired');
  });

  it('takes nothing from somebody whose role was taken away meanwhile', async () => {
    const run = await waiting();
    const piotr = inventory.people['piotr'];
    if (!piotr) throw new Error('nobody');
    inventory.people['piotr'] = { ...piotr, roles: [] };
    expect(codeOf(await approve(run))).toBe('approval.not-approver');
  });

  it.each(['confirm', 'attest'] as const)(
    '%s is an operator’s, the requester included, and nobody else’s',
    async (kind) => {
      const run = await waiting({ kind });
      const act = (who: GateRequest['who']): Promise<Outcome> => decisions.decide({ who, run: run.id, act: kind });
      expect(codeOf(await act(PIOTR))).toBe('policy.denied');
      expect(codeOf(await act(on('terminal', 'nobody')))).toBe('approval.unlinked');
      expect(codeOf(await act(ANNA))).toBe('done');
    },
  );

  it('rejects a confirmation without a reason, and the run ends', async () => {
    const run = await waiting({ kind: 'confirm' });
    const outcome = await decisions.decide({ who: ANNA, run: run.id, act: 'reject' });
    expect(outcome).toMatchObject({ ok: true, run: { state: 'cancelled' } });
  });

  it('stops a waiting run for an operator only', async () => {
    const run = await waiting();
    expect(codeOf(await decisions.stop(on('terminal', 'jan'), run.id))).toBe('policy.denied');
    expect(await decisions.stop(ANNA, run.id)).toMatchObject({
      ok: true,
      run: { state: 'cancelled', stopAsked: { person: 'anna' } },
    });
    expect(codeOf(await decisions.stop(ANNA, run.id))).toBe('run.wrong-state');
    expect((await refusals(run)).map(({ error }) => error.code)).toEqual(['policy.denied', 'run.wrong-state']);
  });

  it('settles a run that needs attention, once', async () => {
    const begun = await begin(scratch.store);
    const error = { code: 'exec.outcome-unknown', params: { host: 'two' } } as const;
    await scratch.store.runs.apply(begun.id, fact({ type: 'attention', error }));
    expect(codeOf(await decisions.settle(on('terminal', 'jan'), begun.id, 'retry'))).toBe('policy.denied');
    expect(await decisions.settle(EWA, begun.id, 'retry')).toMatchObject({ ok: true, run: { state: 'ready' } });
    expect(codeOf(await decisions.settle(EWA, begun.id, 'abandon'))).toBe('run.wrong-state');
    expect(woken).toEqual([begun.id]);
  });

  it('says so when there is no such run, and writes nothing', async () => {
    const before = await scratch.store.audit.verify();
    expect(codeOf(await decisions.stop(ANNA, 'nosuchrn'))).toBe('input.unknown-run');
    expect(await scratch.store.audit.verify()).toEqual(before);
  });

  it('leaves an unbroken audit chain behind', async () => {
    expect(await scratch.store.audit.verify()).toMatchObject({ ok: true });
  });
});
