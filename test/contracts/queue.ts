import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RunbookId } from '../../src/domain/runbook.ts';
import type { WakeUpQueues } from '../../src/jobs/queue/queue.ts';

/** One queue, as any number of processes open it. */
export interface QueueUnderTest {
  open(): Promise<WakeUpQueues>;
  /** Every payload and key that is kept now, as text. */
  everything(): Promise<string>;
}

const PATIENCE = { timeout: 20_000, interval: 20 };

const run = (runbook: RunbookId = 'failover', id: string = randomUUID()) => ({
  id,
  runbook,
  mutating: runbook === 'failover' || runbook === 'setup',
});

/** The specification of wake-ups; every backend passes it. */
export function queueContract(name: string, queue: () => QueueUnderTest): void {
  describe(`wake-ups on ${name}`, () => {
    const leftovers: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const discard of leftovers.splice(0).toReversed()) await discard();
    });

    const opened = async (): Promise<WakeUpQueues> => {
      const queues = await queue().open();
      leftovers.push(() => queues.close());
      return queues;
    };
    /** A worker that looks at a run until the test lets it go. */
    const worker = async (limits = { urgent: 1, mutating: 1, reads: 1 }) => {
      const seen: string[] = [];
      const busy = new Map<string, () => void>();
      const started = (await opened()).startWorker(async (id) => {
        seen.push(id);
        if (busy.has(id)) throw new Error('two at a time');
        await new Promise<void>((resolve) => busy.set(id, resolve));
      }, limits);
      leftovers.push(() => started.close());
      const release = async (id: string): Promise<void> => {
        await vi.waitFor(() => expect([...busy.keys()]).toContain(id), PATIENCE);
        const end = busy.get(id);
        busy.delete(id);
        end?.();
      };
      return { seen, release, close: () => started.close() };
    };

    it('reach a worker, once each, by the id of the run alone', async () => {
      const { wakeUps } = await opened();
      const wanted = [run(), run('status'), run('setup')];
      for (const one of wanted) wakeUps.advance(one);
      await vi.waitFor(async () => expect(await queue().everything()).toContain(wanted[2]?.id), PATIENCE);
      expect(await queue().everything()).not.toContain('"runbook"');
      const { seen, release } = await worker({ urgent: 3, mutating: 3, reads: 3 });
      await vi.waitFor(() => expect(seen.toSorted()).toEqual(wanted.map(({ id }) => id).toSorted()), PATIENCE);
      for (const { id } of wanted) await release(id);
      await vi.waitFor(async () => expect(await queue().everything()).not.toContain(wanted[0]?.id), PATIENCE);
    });

    it('are counted while they wait, which tells that the queue answers', async () => {
      const queues = await opened();
      const one = run();
      expect(await queues.waiting()).toBe(0);
      queues.wakeUps.advance(one);
      await vi.waitFor(async () => expect(await queues.waiting()).toBe(1), PATIENCE);
      await (await worker()).release(one.id);
      expect(await queues.waiting()).toBe(0);
    });

    it('of failovers do not wait behind other procedures', async () => {
      const { wakeUps } = await opened();
      const [blocker, setup, failover] = [run('setup'), run('setup'), run('failover')];
      const { seen, release } = await worker();
      wakeUps.advance(blocker);
      await vi.waitFor(() => expect(seen).toEqual([blocker.id]), PATIENCE);
      for (const next of [setup, failover]) wakeUps.advance(next);
      await vi.waitFor(() => expect(seen).toEqual([blocker.id, failover.id]), PATIENCE);
      for (const { id } of [blocker, failover, setup]) await release(id);
      expect(seen).toEqual([blocker.id, failover.id, setup.id]);
    });

    it('of reads do not wait behind procedures', async () => {
      const { wakeUps } = await opened();
      const [failover, status] = [run('failover'), run('status')];
      const { seen, release } = await worker();
      wakeUps.advance(failover);
      await vi.waitFor(() => expect(seen).toEqual([failover.id]), PATIENCE);
      wakeUps.advance(status);
      await release(status.id);
      await release(failover.id);
    });

    it('that come while a run is looked at make it be looked at once more, never twice at a time', async () => {
      const { wakeUps } = await opened();
      const one = run();
      const { seen, release } = await worker({ urgent: 4, mutating: 1, reads: 1 });
      wakeUps.advance(one);
      await vi.waitFor(() => expect(seen).toEqual([one.id]), PATIENCE);
      const other = run();
      for (let n = 0; n < 5; n += 1) wakeUps.advance(one);
      wakeUps.advance(other);
      await vi.waitFor(() => expect(seen).toEqual([one.id, other.id]), PATIENCE);
      await release(one.id);
      await vi.waitFor(() => expect(seen).toEqual([one.id, other.id, one.id]), PATIENCE);
      await release(one.id);
      await release(other.id);
      const last = run();
      wakeUps.advance(last);
      await release(last.id);
      expect(seen).toEqual([one.id, other.id, one.id, last.id]);
    });

    it('reach many workers in one process without a word of warning', async () => {
      const warnings: string[] = [];
      const note = ({ name }: Error): void => void warnings.push(name);
      process.on('warning', note);
      leftovers.push(() => Promise.resolve(void process.off('warning', note)));
      const queues = await opened();
      const started = Array.from({ length: 4 }, () =>
        queues.startWorker(() => Promise.resolve(), { urgent: 1, mutating: 1, reads: 1 }),
      );
      await Promise.all(started.map((worker) => worker.close()));
      expect(warnings).toEqual([]);
    });

    it('are shared by workers', async () => {
      const { wakeUps } = await opened();
      const [first, second] = [await worker(), await worker()];
      const wanted = [run(), run()];
      for (const one of wanted) wakeUps.advance(one);
      await vi.waitFor(() => expect([first.seen.length, second.seen.length]).toEqual([1, 1]), PATIENCE);
      for (const { seen, release } of [first, second]) await release(seen[0] ?? '');
    });

    it('that fail are gone; the next one is heard', async () => {
      const { wakeUps } = await opened();
      const one = run();
      let calls = 0;
      const started = (await opened()).startWorker(
        () => {
          calls += 1;
          return Promise.reject(new Error('fails'));
        },
        { urgent: 1, mutating: 1, reads: 1 },
      );
      leftovers.push(() => started.close());
      wakeUps.advance(one);
      await vi.waitFor(() => expect(calls).toBe(1), PATIENCE);
      await vi.waitFor(async () => expect(await queue().everything()).not.toContain(one.id), PATIENCE);
      wakeUps.advance(one);
      await vi.waitFor(() => expect(calls).toBe(2), PATIENCE);
    });

    it('are let go by a worker that closes in the middle of its work, at once', async () => {
      const { wakeUps } = await opened();
      const one = run();
      const { seen, close } = await worker();
      wakeUps.advance(one);
      await vi.waitFor(() => expect(seen).toEqual([one.id]), PATIENCE);
      await close();
      const next = await worker();
      wakeUps.advance(one);
      await next.release(one.id);
    });
  });
  timetableContract(name, queue);
}

/** The specification of what is looked at again and again. */
function timetableContract(name: string, queue: () => QueueUnderTest): void {
  describe(`the timetable on ${name}`, () => {
    const leftovers: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const discard of leftovers.splice(0).toReversed()) await discard();
    });
    const opened = async (): Promise<WakeUpQueues> => {
      const queues = await queue().open();
      leftovers.push(async () => {
        await queues.timetable.set([]);
        await queues.close();
      });
      return queues;
    };
    /** Notes when it was called for what. */
    const listen = async ({ timetable }: WakeUpQueues): Promise<{ id: string; at: number }[]> => {
      const heard: { id: string; at: number }[] = [];
      const started = timetable.start(async (id) => void heard.push({ id, at: Date.now() }), 4);
      leftovers.push(() => started.close());
      return heard;
    };

    it('calls for each at its interval, at its own moment of it', async () => {
      const queues = await opened();
      const heard = await listen(queues);
      const [one, other] = [cadence(600, 100), cadence(600, 400)];
      await queues.timetable.set([one, other]);
      await vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(6), PATIENCE);
      for (const { id, offsetMs } of [one, other]) {
        const late = heard.filter((call) => call.id === id).map(({ at }) => (at - offsetMs) % 600);
        expect(late.length).toBeGreaterThanOrEqual(2);
        expect(Math.min(...late)).toBeLessThan(200);
      }
    });

    it('shares the work: whichever worker is free, each turn once', async () => {
      const queues = await opened();
      const all = await Promise.all([listen(queues), listen(await opened())]);
      const one = cadence(500);
      await queues.timetable.set([one]);
      await vi.waitFor(() => expect(all.flat().length).toBeGreaterThanOrEqual(4), PATIENCE);
      const turns = all.flat().map(({ at }) => Math.floor(at / 500));
      expect(new Set(turns).size).toBe(turns.length);
    });

    it('set again is not disturbed; what is no longer in it is called for no more', async () => {
      const queues = await opened();
      const heard = await listen(queues);
      const [kept, removed] = [cadence(400), cadence(400)];
      await queues.timetable.set([kept, removed]);
      for (let n = 0; n < 3; n += 1) await queues.timetable.set([kept, removed]);
      await vi.waitFor(() => expect(new Set(heard.map(({ id }) => id)).size).toBe(2), PATIENCE);
      await queues.timetable.set([kept]);
      const before = heard.length;
      const calls = (id: string) => heard.slice(before).filter((call) => call.id === id).length;
      await vi.waitFor(() => expect(calls(kept.id)).toBeGreaterThanOrEqual(3), PATIENCE);
      expect(calls(removed.id)).toBeLessThanOrEqual(1);
    });

    it('calls once more out of turn, and once only for several wishes', async () => {
      const queues = await opened();
      const heard = await listen(queues);
      const id = randomUUID();
      for (let n = 0; n < 4; n += 1) queues.timetable.soon(id, 300);
      await vi.waitFor(() => expect(heard.map((call) => call.id)).toContain(id), PATIENCE);
      const last = randomUUID();
      queues.timetable.soon(last, 1);
      await vi.waitFor(() => expect(heard.map((call) => call.id)).toContain(last), PATIENCE);
      expect(heard.map((call) => call.id)).toEqual([id, last]);
    });
  });
}

function cadence(everyMs: number, offsetMs = 1) {
  return { id: randomUUID(), everyMs, offsetMs };
}
