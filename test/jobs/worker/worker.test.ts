import { describe, expect, it, vi } from 'vitest';
import type { RunStore } from '../../../src/domain/ports.ts';
import { createSlots } from '../../../src/jobs/worker/slots.ts';
import { createWorker } from '../../../src/jobs/worker/worker.ts';
import { planned } from '../../domain/runs.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

const unexpected = (): Promise<never> => Promise.reject(new Error('not expected here'));

/** An engine whose advances end when the test says so. */
function setUp(limits = { urgent: 1, mutating: 2, reads: 1 }) {
  const active: string[] = [];
  const ends = new Map<string, () => void>();
  const advanced: string[] = [];
  const ended: string[] = [];
  const runs: RunStore = {
    load: (id) => {
      const runbook = id.startsWith('failover') ? 'failover' : id.startsWith('read') ? 'status' : 'setup';
      return Promise.resolve({ ...planned(), id, runbook, mutating: runbook !== 'status' });
    },
    request: unexpected,
    list: unexpected,
    apply: unexpected,
    claim: unexpected,
    renew: unexpected,
    release: unexpected,
    admit: () => Promise.resolve([]),
    due: () => Promise.resolve([]),
    overdueGates: () => Promise.resolve([]),
    setProgress: unexpected,
    progress: unexpected,
    watch: unexpected,
  };
  const advance = async (id: string): Promise<void> => {
    active.push(id);
    advanced.push(id);
    await new Promise<void>((resolve) => ends.set(id, resolve));
    active.splice(active.indexOf(id), 1);
    ended.push(id);
  };
  const worker = createWorker({
    engine: { advance },
    runs,
    now: () => new Date(),
    log: quiet,
    limits: { ...limits, reconcileMs: 1_000 },
  });
  const end = async (id: string): Promise<void> => {
    await vi.waitFor(() => expect(active).toContain(id));
    const before = ended.length;
    ends.get(id)?.();
    await vi.waitFor(() => expect(ended.slice(before)).toEqual([id]));
  };
  return { worker, active, advanced, end };
}

describe('a worker', () => {
  it('never advances one run twice at a time, and looks again at what was said meanwhile', async () => {
    const { worker, active, advanced, end } = setUp();
    const told = [worker.wake('a'), worker.wake('a'), worker.wake('a')];
    await vi.waitFor(() => expect(active).toEqual(['a']));
    void worker.wake('a');
    await end('a');
    await end('a');
    await Promise.all(told);
    expect(advanced).toEqual(['a', 'a']);
  });

  it('does so much at once and no more; reads do not wait behind procedures', async () => {
    const { worker, active, end } = setUp();
    for (const id of ['a', 'b', 'c', 'read-1', 'read-2']) void worker.wake(id);
    await vi.waitFor(() => expect(active).toEqual(['a', 'b', 'read-1']));
    await end('read-1');
    await vi.waitFor(() => expect(active).toEqual(['a', 'b', 'read-2']));
    await end('a');
    await vi.waitFor(() => expect(active).toContain('c'));
    for (const id of ['b', 'c', 'read-2']) await end(id);
    await worker.stop();
  });

  it('lets no failover wait behind other procedures', async () => {
    const { worker, active, end } = setUp();
    for (const id of ['a', 'b', 'c', 'failover-1', 'failover-2']) void worker.wake(id);
    await vi.waitFor(() => expect(active).toEqual(['a', 'b', 'failover-1']));
    for (const id of ['failover-1', 'failover-2', 'a', 'b', 'c']) await end(id);
    await worker.stop();
  });

  it('that stops waits for what runs and begins nothing more', async () => {
    const { worker, active, advanced, end } = setUp({ urgent: 1, mutating: 1, reads: 1 });
    void worker.wake('a');
    void worker.wake('b');
    await vi.waitFor(() => expect(active).toEqual(['a']));
    const stopped = worker.stop();
    void worker.wake('c');
    await end('a');
    await stopped;
    expect(advanced).toEqual(['a']);
  });
});

describe('slots', () => {
  it('survive an act that fails', async () => {
    const slots = createSlots(1);
    await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(slots.run(() => Promise.resolve())).resolves.toBeUndefined();
  });
});
