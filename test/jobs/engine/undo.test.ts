import { describe, expect, it } from 'vitest';
import { OpsError } from '../../../src/domain/errors.ts';
import { openGate } from '../../../src/domain/run.ts';
import type { Step } from '../../../src/domain/step.ts';
import { defineStep } from '../../../src/domain/step.ts';
import { EVIDENCE } from '../../domain/runs.ts';
import { evidenceStep, get, set, setUp, type Toy, type ToyOptions, toyStep } from './toy.ts';

/** A primary that is stopped before its standby is promoted, and started again where that does not come to pass. */
const stop = toyStep('primary', {
  effect: 'disruptive',
  check: (value) => (value === 'stopped' ? 'done' : 'needed'),
  changes: [set('primary', 'stopped')],
});
const proof = toyStep('proof', { effect: 'read', changes: [] });
const promote = toyStep('promote', { effect: 'irreversible' });
const putBack: Step = defineStep<string>({
  id: 'toy.put-back',
  manual: [],
  effect: 'disruptive',
  gather: (ask) => ask.fact('one', get, 'primary'),
  check: (value) => (value === 'stopped' ? 'needed' : 'done'),
  apply: () => [set('primary', 'runs')],
});

/** The evidence of a switchover: the primary is alive, and meant to be. */
const PLANNED = toyStep('timeline', {
  effect: 'read',
  check: () => 'done',
  evidence: () => ({ ...EVIDENCE, planned: true }),
});

const steps = [evidenceStep, stop, proof, promote];

/** Up to the gate, granted. */
async function approved(options: ToyOptions = {}): Promise<Toy> {
  const toy = await setUp(steps, { putBack: [putBack], ...options });
  await toy.advance();
  await toy.grant();
  return toy;
}

describe('a run that ends before its point of no return', () => {
  it('puts back what it did when a step fails, and says so', async () => {
    const toy = await approved();
    const run = await toy.advance();
    expect([run.state, run.error?.code, run.undone]).toEqual(['failed', 'verify.failed', ['toy.put-back']]);
    expect(toy.one.effects).toEqual(['set primary stopped', 'set primary runs']);
    expect(toy.history().slice(-4)).toEqual(['step-failed', 'undo-started', 'undone', 'finished']);
  });

  it('puts it back before people are asked again, when reality has left what was approved', async () => {
    const ends = new AbortController();
    const toy = await approved({
      probe: (point, { step }) => (point === 'step-finished' && step === 'toy.primary' ? ends.abort() : undefined),
    });
    await toy.advance(ends.signal);
    expect(toy.one.state.get('primary')).toBe('stopped');
    // Meanwhile the timeline has moved: the next worker must not wait for a person beside a stopped primary.
    toy.one.state.set('timeline', '2');
    const run = await toy.advance();
    expect(openGate(run)?.kind).toBe('approve');
    expect(toy.one.state.get('primary')).toBe('runs');
    expect(run.steps.find(({ id }) => id === 'toy.primary')?.state).toBe('pending');
  });

  it('goes on with it when its worker died in the middle, and ends with the error it had', async () => {
    const ends = new AbortController();
    const toy = await approved({ probe: (point) => (point === 'undo-started' ? ends.abort() : undefined) });
    const left = await toy.advance(ends.signal);
    expect([left.undoing, left.state, toy.one.state.get('primary')]).toEqual([true, 'ready', 'stopped']);
    const run = await toy.advance();
    expect([run.state, run.error?.code, run.undone]).toEqual(['failed', 'verify.failed', ['toy.put-back']]);
    expect(toy.one.state.get('primary')).toBe('runs');
  });

  it('waits for a person when it cannot be put back, and a retry goes on with that', async () => {
    const toy = await approved({ timing: { silenceMs: 0, retryDelaysMs: [] } });
    toy.one.trouble.before = (words) => {
      if (words === 'set primary runs') throw new OpsError('exec.failed', { exit: 1 });
    };
    const stuck = await toy.advance();
    expect([stuck.state, stuck.error?.code]).toEqual(['attention', 'run.not-put-back']);
    toy.one.trouble = {};
    await toy.apply({ type: 'settled', verdict: 'retry' });
    const run = await toy.advance();
    expect([run.state, run.undone]).toEqual(['failed', ['toy.put-back']]);
    expect(toy.one.state.get('primary')).toBe('runs');
  });

  it('is ended by Stop only after the primary runs again, also from where it waits for a person', async () => {
    const toy = await setUp([PLANNED, ...steps.slice(1)], {
      putBack: [putBack],
      timing: { silenceMs: 0, retryDelaysMs: [] },
    });
    await toy.advance();
    await toy.grant();
    toy.one.trouble.before = (words) => {
      if (words === 'set primary runs') throw new OpsError('exec.failed', { exit: 1 });
    };
    expect((await toy.advance()).state).toBe('attention');
    toy.one.trouble = {};
    await toy.apply({ type: 'stop-asked' });
    const run = await toy.advance();
    expect([run.state, run.error?.code, run.undone]).toEqual(['cancelled', 'run.stopped', ['toy.put-back']]);
    expect(toy.one.state.get('primary')).toBe('runs');
  });

  it('is given up only after the primary runs again, when nobody knows what became of its stop', async () => {
    const toy = await setUp([PLANNED, ...steps.slice(1)], {
      putBack: [putBack],
      timing: { silenceMs: 0, retryDelaysMs: [] },
    });
    await toy.advance();
    await toy.grant();
    toy.one.trouble.after = (words) => {
      if (words === 'set primary stopped') throw new OpsError('exec.outcome-unknown', { detail: 'link lost' });
    };
    toy.one.trouble.before = (words) => {
      if (words.startsWith('get') && toy.one.state.get('primary') === 'stopped')
        throw new OpsError('host.unreachable', { host: 'one' });
    };
    const lost = await toy.advance();
    expect([lost.state, toy.one.state.get('primary')]).toEqual(['attention', 'stopped']);
    toy.one.trouble = {};
    await toy.apply({ type: 'settled', verdict: 'abandon' });
    const run = await toy.advance();
    expect([run.state, run.undone]).toEqual(['cancelled', ['toy.put-back']]);
    expect(toy.one.state.get('primary')).toBe('runs');
  });

  it('puts nothing back when it has changed nothing', async () => {
    const toy = await approved();
    toy.one.state.set('primary', 'stopped');
    const run = await toy.advance();
    expect(run.undone).toBeUndefined();
    expect(toy.one.effects).toEqual([]);
  });
});
