import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { planHash } from '../../src/domain/plan.ts';
import type { AuditLog, Claim, ClusterStore, Progress, RunStore } from '../../src/domain/ports.ts';
import type { Gate, Run, RunEvent, RunEventBody } from '../../src/domain/run.ts';
import { SYSTEM } from '../../src/domain/run.ts';
import type { RunbookId } from '../../src/domain/runbook.ts';
import { ANNA, gate, PIOTR, plan, STEPS } from '../domain/runs.ts';

/** What the contract is held to. */
export interface StoreUnderTest {
  readonly runs: RunStore;
  readonly clusters: ClusterStore;
  readonly audit: AuditLog;
}

export const minutes = (from: number): string => new Date(Date.now() + from * 60_000).toISOString();

export const fact = (body: RunEventBody, by = SYSTEM, at = minutes(0)): RunEvent => ({ ...body, at, by });

export const request = (over: Partial<RunEvent & { type: 'requested' }> = {}): RunEvent & { type: 'requested' } => ({
  type: 'requested',
  id: randomUUID(),
  asked: randomUUID(),
  runbook: 'failover',
  cluster: randomUUID(),
  site: 'clinic',
  mutating: true,
  options: {},
  at: minutes(0),
  by: ANNA,
  ...over,
});

export const decision = (by = PIOTR, verdict: 'granted' | 'rejected' = 'granted'): RunEvent =>
  fact(
    { type: 'gate-decided', number: 1, decision: { verdict, by, at: minutes(0), envelope: 'signed', note: 'why' } },
    by,
  );

/** A run of a cluster of its own, in the state `ready`. */
export async function begin({ runs }: StoreUnderTest, runbook: RunbookId = 'failover', mutating = true): Promise<Run> {
  return (await runs.request(request({ runbook, mutating }))).run;
}

/** A run that waits at its first gate. */
export async function wait(store: StoreUnderTest, over: Partial<Gate> = {}): Promise<Run> {
  const { id } = await begin(store);
  const made = plan(STEPS);
  await store.runs.apply(id, fact({ type: 'planned', plan: made, planHash: planHash(made) }));
  const opened = gate({ openedAt: minutes(0), expiresAt: minutes(15), ...over });
  return await store.runs.apply(id, fact({ type: 'gate-opened', gate: opened }));
}

const over = (state: 'succeeded' | 'failed' | 'cancelled' = 'succeeded'): RunEvent => fact({ type: 'finished', state });

const codeOf = async (act: Promise<unknown>): Promise<string> => {
  const thrown: unknown = await act.then(
    () => 'nothing was refused',
    (error: unknown) => error,
  );
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
};

const PROGRESS: Progress = { step: 'setup.basebackup', done: 1, total: 2, unit: 'bytes', jobOffset: 10 };

/** The specification of `RunStore`, `ClusterStore` and `AuditLog`; every implementation passes it. */
export function runStoreContract(
  name: string,
  open: () => Promise<{ readonly store: StoreUnderTest; remove(): Promise<void> }>,
): void {
  describe(`a run store on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let store: StoreUnderTest;
    let runs: RunStore;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
      runs = store.runs;
    });
    afterAll(async () => {
      await opened.remove();
    });

    const claimed = async (run: Run, ttlMs = 60_000): Promise<Claim> => {
      const claim = await runs.claim(run.id, 'worker', ttlMs);
      if (!claim) throw new Error('not claimed');
      return claim;
    };
    const takenOver = async (run: Run): Promise<Claim> =>
      await vi.waitFor(async () => {
        const claim = await runs.claim(run.id, 'second worker', 60_000);
        if (!claim) throw new Error('still held');
        return claim;
      });

    describe('a request', () => {
      it('that is made again, even at the same moment, starts one run', async () => {
        const asked = randomUUID();
        const cluster = randomUUID();
        const answers = await Promise.all(
          Array.from({ length: 8 }, () => runs.request(request({ asked, cluster, id: randomUUID() }))),
        );
        expect(answers.filter(({ created }) => created)).toHaveLength(1);
        expect(new Set(answers.map(({ run }) => run.id)).size).toBe(1);
        expect(await runs.list({ cluster })).toHaveLength(1);
      });

      it('for a free cluster is let in at once; so is every read', async () => {
        const { cluster, state } = await begin(store);
        expect(state).toBe('ready');
        const read = await runs.request(request({ cluster, runbook: 'status', mutating: false }));
        expect(read.run.state).toBe('ready');
        expect(await runs.due()).toContain(read.run.id);
      });

      it('is listed newest first, by cluster and by state', async () => {
        const first = await begin(store);
        const second = (await runs.request(request({ cluster: first.cluster }))).run;
        const ids = async (filter: Parameters<RunStore['list']>[0]): Promise<readonly string[]> =>
          (await runs.list({ cluster: first.cluster, ...filter })).map(({ id }) => id);
        expect(await ids({})).toEqual([second.id, first.id]);
        expect(await ids({ limit: 1 })).toEqual([second.id]);
        expect(await ids({ states: ['ready'] })).toEqual([first.id]);
        expect(await ids({ states: [] })).toEqual([]);
      });

      it('gives a run that is read back as it was written', async () => {
        const options = { note: 'ą "quoted" \u0000 \ud800 \u202e', list: [1, 2.5, { deep: null }] };
        const { run } = await runs.request(request({ options }));
        expect(await runs.load(run.id)).toEqual(run);
        expect((await runs.load(run.id))?.options).toEqual(options);
        expect(await runs.load('no such run')).toBeUndefined();
      });
    });

    describe('the lock of a cluster', () => {
      it('keeps the second mutating run queued until the first is over', async () => {
        const first = await begin(store);
        const second = (await runs.request(request({ cluster: first.cluster, runbook: 'setup' }))).run;
        expect(second.state).toBe('queued');
        const letIn = async (): Promise<boolean> => (await runs.admit()).includes(second.id);
        expect(await letIn()).toBe(false);
        await runs.apply(first.id, fact({ type: 'attention', error: { code: 'exec.outcome-unknown', params: {} } }));
        expect(await letIn()).toBe(false);
        await runs.apply(first.id, fact({ type: 'settled', verdict: 'abandon' }, ANNA));
        expect(await letIn()).toBe(true);
        expect(await runs.load(second.id)).toMatchObject({ state: 'ready' });
      });

      it('is waited for in order of urgency: a failover before an older setup', async () => {
        const first = await begin(store);
        const { cluster } = first;
        const setup = (await runs.request(request({ cluster, runbook: 'setup' }))).run;
        const failover = (await runs.request(request({ cluster }))).run;
        await runs.apply(first.id, over());
        const admitted = (await Promise.all([runs.admit(), runs.admit(), runs.admit()])).flat();
        expect(admitted.filter((id) => id === failover.id)).toHaveLength(1);
        expect(await runs.load(setup.id)).toMatchObject({ state: 'queued' });
      });

      it('lets one in when many ask at the same moment', async () => {
        const cluster = randomUUID();
        await Promise.all(Array.from({ length: 8 }, () => runs.request(request({ cluster }))));
        const states = (await runs.list({ cluster })).map(({ state }) => state);
        expect(states.filter((state) => state === 'ready')).toHaveLength(1);
        expect(states.filter((state) => state === 'queued')).toHaveLength(7);
      });
    });

    describe('a claim', () => {
      it('is given to one of many who ask at the same moment', async () => {
        const run = await begin(store);
        const claims = await Promise.all(Array.from({ length: 8 }, (_, n) => runs.claim(run.id, `w${n}`, 60_000)));
        expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
        expect(await runs.due()).not.toContain(run.id);
      });

      it('has a token greater than every one before, of whatever run', async () => {
        const tokens: bigint[] = [];
        for (const run of [await begin(store), await begin(store), await begin(store)])
          tokens.push(BigInt((await claimed(run)).fence));
        expect(tokens).toEqual(tokens.toSorted((a, b) => (a < b ? -1 : 1)));
        expect(new Set(tokens).size).toBe(3);
      });

      it('is not given on a run that waits, is queued, or is over', async () => {
        const waiting = await wait(store);
        const queued = (await runs.request(request({ cluster: waiting.cluster }))).run;
        const ended = await runs.apply((await begin(store)).id, over());
        for (const { id } of [waiting, queued, ended]) expect(await runs.claim(id, 'worker', 60_000)).toBeUndefined();
      });

      it('that ran out is taken over, and nothing of its old holder counts any more', async () => {
        const run = await begin(store);
        const zombie = await claimed(run, 1);
        const second = await takenOver(run);
        expect(BigInt(second.fence)).toBeGreaterThan(BigInt(zombie.fence));
        const write = fact({ type: 'step-started', step: 'x', irreversible: true });
        expect(await codeOf(runs.apply(run.id, write, zombie.fence))).toBe('run.lost-lease');
        expect(await codeOf(runs.setProgress(run.id, zombie.fence, PROGRESS))).toBe('run.lost-lease');
        expect(await runs.renew(run.id, zombie.fence, 60_000)).toMatchObject({ held: false });
        await runs.release(run.id, zombie.fence, 0);
        expect(await runs.due()).not.toContain(run.id);
        expect(await runs.load(run.id)).toMatchObject({ pastPointOfNoReturn: false, version: second.run.version });
        await runs.apply(run.id, write, second.fence);
      });

      it('that ran out is over even when nobody has taken the run yet', async () => {
        const run = await begin(store);
        const { fence } = await claimed(run, 1);
        await vi.waitFor(async () => expect(await runs.due()).toContain(run.id));
        expect(await runs.renew(run.id, fence, 60_000)).toMatchObject({ held: false });
        expect(await codeOf(runs.apply(run.id, over(), fence))).toBe('run.lost-lease');
      });

      it('is extended by renewing, and learns that somebody wants the run stopped', async () => {
        const run = await begin(store);
        const { fence } = await claimed(run);
        expect(await runs.renew(run.id, fence, 60_000)).toEqual({ held: true, stopAsked: false });
        await runs.apply(run.id, fact({ type: 'stop-asked' }, PIOTR));
        expect(await runs.renew(run.id, fence, 60_000)).toEqual({ held: true, stopAsked: true });
      });

      it('given back makes the run due again, at once or later', async () => {
        const [soon, later] = [await begin(store), await begin(store)];
        await runs.release(soon.id, (await claimed(soon)).fence, 0);
        await runs.release(later.id, (await claimed(later)).fence, 600_000);
        const due = await runs.due();
        expect(due).toContain(soon.id);
        expect(due).not.toContain(later.id);
      });
    });

    describe('a gate', () => {
      it('is decided once, however many decide at the same moment; the others are refused and recorded', async () => {
        const { id } = await wait(store);
        const people = ['piotr', 'ewa', 'jan', 'ola', 'adam', 'iza', 'marek', 'zofia'];
        const codes = await Promise.all(
          people.map((person) => codeOf(runs.apply(id, decision({ person, platform: 'slack' })))),
        );
        expect(codes.filter((code) => code === 'nothing was refused')).toHaveLength(1);
        expect(codes.filter((code) => code === 'approval.already-decided')).toHaveLength(7);
        const told = (await store.audit.read(id)).map(({ event }) => event.type);
        expect(told.filter((type) => type === 'gate-decided')).toHaveLength(1);
        expect(told.filter((type) => type === 'refused')).toHaveLength(7);
        expect(await runs.load(id)).toMatchObject({ state: 'ready', granted: { number: 1 } });
        expect(await runs.due()).toContain(id);
      });

      it('is not opened by the requester, and the attempt is recorded', async () => {
        const { id } = await wait(store);
        expect(await codeOf(runs.apply(id, decision(ANNA)))).toBe('approval.same-person');
        expect(await runs.load(id)).toMatchObject({ state: 'waiting' });
        expect((await store.audit.read(id)).at(-1)?.event).toMatchObject({
          type: 'refused',
          what: 'gate-decided',
          by: ANNA,
          error: { code: 'approval.same-person' },
        });
      });

      it('of a run that is over refuses, and that is recorded, too', async () => {
        const { id } = await wait(store);
        await runs.apply(id, decision(PIOTR, 'rejected'));
        const before = await runs.load(id);
        expect(await codeOf(runs.apply(id, decision()))).toBe('run.wrong-state');
        expect((await store.audit.read(id)).at(-1)?.event).toMatchObject({ type: 'refused', by: PIOTR });
        expect(await runs.load(id)).toMatchObject({ state: 'cancelled', finishedAt: before?.finishedAt });
      });

      it('whose time is over is reported until it is closed', async () => {
        const [late, early] = [await wait(store, { expiresAt: minutes(-1) }), await wait(store)];
        const overdue = await runs.overdueGates();
        expect(overdue).toContainEqual({ id: late.id, number: 1 });
        expect(overdue.map(({ id }) => id)).not.toContain(early.id);
        await runs.apply(late.id, fact({ type: 'gate-expired', number: 1 }));
        expect((await runs.overdueGates()).map(({ id }) => id)).not.toContain(late.id);
      });
    });

    describe('an event', () => {
      it('of the machinery that is refused leaves no trace', async () => {
        const { id } = await runs.apply((await begin(store)).id, over());
        const before = await store.audit.read(id);
        expect(await codeOf(runs.apply(id, over()))).toBe('run.wrong-state');
        expect(await store.audit.read(id)).toEqual(before);
      });

      it('of an unknown run is refused', async () => {
        expect(await codeOf(runs.apply('no such run', over()))).toBe('input.unknown-run');
      });

      it('appended by many at the same moment is counted once each', async () => {
        const { id, version } = await begin(store, 'check', false);
        await Promise.all(
          Array.from({ length: 20 }, (_, n) =>
            runs.apply(id, fact({ type: 'step-started', step: `s${n}`, irreversible: false })),
          ),
        );
        expect(await runs.load(id)).toMatchObject({ version: version + 20 });
      });
    });

    describe('progress', () => {
      it('is kept as it was last told', async () => {
        const run = await begin(store);
        const { fence } = await claimed(run);
        expect(await runs.progress(run.id)).toBeUndefined();
        await runs.setProgress(run.id, fence, PROGRESS);
        await runs.setProgress(run.id, fence, { ...PROGRESS, done: 2, waitsFor: 'two' });
        expect(await runs.progress(run.id)).toEqual({ ...PROGRESS, done: 2, waitsFor: 'two' });
      });
    });

    describe('a watcher', () => {
      it('hears of every event and of progress, until it stops', async () => {
        const heard: string[] = [];
        const stop = await runs.watch((id) => heard.push(id));
        const run = await begin(store);
        await vi.waitFor(() => expect(heard).toContain(run.id));
        const { fence } = await claimed(run);
        heard.length = 0;
        await runs.setProgress(run.id, fence, PROGRESS);
        await vi.waitFor(() => expect(heard).toContain(run.id));
        await stop();
        const unheard = await begin(store);
        const again: string[] = [];
        const stopAgain = await runs.watch((id) => again.push(id));
        const last = await begin(store);
        await vi.waitFor(() => expect(again).toContain(last.id));
        await stopAgain();
        expect(heard).not.toContain(unheard.id);
      });
    });

    describe('a cluster', () => {
      it('has the roles of the last run that set them', async () => {
        const { cluster, id } = await begin(store);
        expect(await store.clusters.roles(cluster)).toBeUndefined();
        await store.clusters.setRoles(cluster, { primary: 'two', standby: 'one' }, id);
        await store.clusters.setRoles(cluster, { primary: 'two', standby: 'one' }, id);
        expect(await store.clusters.roles(cluster)).toEqual({ primary: 'two', standby: 'one' });
      });

      it('is not changed by a run that is over', async () => {
        const { cluster, id } = await begin(store);
        await store.clusters.setRoles(cluster, { primary: 'two', standby: 'one' }, id);
        await runs.apply(id, over());
        const late = store.clusters.setRoles(cluster, { primary: 'one', standby: 'two' }, id);
        expect(await codeOf(late)).toBe('run.lost-lease');
        expect(await store.clusters.roles(cluster)).toEqual({ primary: 'two', standby: 'one' });
      });

      it('knows the newest rehearsal on a host', async () => {
        const cluster = randomUUID();
        const rehearsal = { kind: 'rehearsal', recoveryMilliseconds: 1, timeline: 2, amcheck: 'sound' } as const;
        const rehearse = async (host: string, at: string, state?: 'failed'): Promise<void> => {
          const { run } = await runs.request(request({ cluster, runbook: 'rehearse' }));
          const report = { ...rehearsal, host, at, milliseconds: 420 };
          const done = {
            type: 'step-finished',
            step: 'rehearse.promote',
            unchanged: false,
            findings: [],
            report,
          } as const;
          await runs.apply(run.id, fact(done));
          await runs.apply(run.id, over(state));
        };
        expect(await store.clusters.lastRehearsal(cluster, 'two')).toBeUndefined();
        await rehearse('two', minutes(-4));
        const newest = minutes(-3);
        await rehearse('two', newest);
        await rehearse('one', minutes(-2));
        await rehearse('two', minutes(-1), 'failed');
        expect(await store.clusters.lastRehearsal(cluster, 'two')).toMatchObject({ at: newest, milliseconds: 420 });
      });

      it('keeps the newest sighting of its primary', async () => {
        const cluster = randomUUID();
        const [older, newer] = [minutes(-2), minutes(-1)];
        expect(await store.clusters.lastSighting(cluster)).toBeUndefined();
        await store.clusters.saw(cluster, { at: newer, lsn: '0/5000000', timeline: 1 });
        await store.clusters.saw(cluster, { at: older, lsn: '0/4000000', timeline: 1 });
        expect(await store.clusters.lastSighting(cluster)).toEqual({ at: newer, lsn: '0/5000000', timeline: 1 });
      });
    });

    describe('the audit trail', () => {
      it('has every event in order, and its chain holds', async () => {
        const { id } = await wait(store);
        await runs.apply(id, decision());
        const told = await store.audit.read(id);
        expect(told.map(({ event }) => event.type)).toEqual([
          'requested',
          'admitted',
          'planned',
          'gate-opened',
          'gate-decided',
        ]);
        const all = await store.audit.read();
        expect(all.map(({ number }) => number)).toEqual(all.map((_, index) => index + 1));
        expect(await store.audit.verify()).toEqual({ ok: true, rows: all.length, head: all.at(-1)?.hash });
      });

      it('still contains what was noted of it before', async () => {
        const noted = await store.audit.verify();
        if (!noted.ok) throw new Error('broken');
        await begin(store);
        expect(await store.audit.verify(noted)).toMatchObject({ ok: true });
        expect(await store.audit.verify({ ...noted, head: 'f'.repeat(64) })).toEqual({
          ok: false,
          at: noted.rows,
          reason: 'link',
        });
        expect(await store.audit.verify({ ...noted, rows: noted.rows + 1_000 })).toMatchObject({
          ok: false,
          reason: 'gap',
        });
      });
    });
  });
}
