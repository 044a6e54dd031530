import { vi } from 'vitest';
import type { Store } from '../../src/adapters/store/open-store.ts';
import { planHash } from '../../src/domain/plan.ts';
import type { Gate, GateKind, Run, RunEventBody } from '../../src/domain/run.ts';
import { fact, minutes } from '../contracts/run-store.ts';
import { gate, plan, STEPS } from '../domain/runs.ts';

/** A worker whose every move the test makes. */
export interface Hand {
  /** The newest run of the cluster in that state, as soon as there is one. */
  find(state: Run['state']): Promise<Run>;
  /** Makes the failover's plan and asks; settles with the waiting run. */
  ask(run: string, kind?: GateKind, over?: Partial<Gate>): Promise<Run>;
  record(run: string, ...events: readonly RunEventBody[]): Promise<Run>;
}

export function handOn(store: Store, cluster = 'demo'): Hand {
  const record = async (id: string, ...events: readonly RunEventBody[]): Promise<Run> => {
    for (const body of events) await store.runs.apply(id, fact(body));
    const run = await store.runs.load(id);
    if (!run) throw new Error('no run');
    return run;
  };
  return {
    record,
    find: (state) =>
      vi.waitFor(
        async () => {
          const [run] = await store.runs.list({ cluster, states: [state], limit: 1 });
          if (!run) throw new Error(`no run is ${state}`);
          return run;
        },
        { timeout: 20_000, interval: 20 },
      ),
    ask(id, kind = 'approve', over = {}) {
      const made = plan(STEPS);
      const opened = gate({ kind, openedAt: minutes(0), expiresAt: minutes(15), ...over });
      return record(
        id,
        { type: 'planned', plan: made, planHash: planHash(made) },
        { type: 'gate-opened', gate: opened },
      );
    },
  };
}

/** Every step of the plan, and the end. */
export const THE_REST: readonly RunEventBody[] = [
  ...STEPS.flatMap(({ id, effect }): RunEventBody[] => [
    { type: 'step-started', step: id, irreversible: effect === 'irreversible' },
    { type: 'step-finished', step: id, unchanged: false, findings: [] },
  ]),
  { type: 'finished', state: 'succeeded' },
];
