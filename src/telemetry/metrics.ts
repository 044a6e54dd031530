import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { FigureStore, Figures } from '../domain/figures.ts';

/** Every figure of ours, by name: what it counts, and by what it is told apart. The operations guide lists the same. */
export const METRICS = {
  zapas_info: { help: 'Always 1; tells the version.', labels: ['version'] },
  zapas_store_up: {
    help: '1 when the store answered this scrape; without it the figures from the store are missing.',
    labels: [],
  },
  zapas_ack_seconds: {
    help: 'Time until something a person did was acknowledged to the platform.',
    labels: ['platform'],
  },
  zapas_delivery_lag_seconds: {
    help: 'Time from when a message had to be written until it was.',
    labels: ['platform', 'priority'],
  },
  zapas_slow_answers_total: {
    help: 'Answers that were not there in time: the person was told so, and got them later.',
    labels: ['platform'],
  },
  zapas_refused_messages_total: { help: 'Messages that a platform did not take.', labels: ['platform', 'kind'] },
  zapas_runs: { help: 'Runs by state, over all time for the final ones.', labels: ['state'] },
  zapas_queue_depth: { help: 'Runs that a worker could take up now and none has.', labels: [] },
  zapas_steps_total: { help: 'Steps by what became of them.', labels: ['outcome'] },
  zapas_approvals_total: {
    help: 'Requests for approval by what became of them; refused are attempts that were not allowed.',
    labels: ['outcome'],
  },
  zapas_approvals_open: { help: 'Requests for approval that wait for a person.', labels: [] },
} as const satisfies Readonly<Record<string, { readonly help: string; readonly labels: readonly string[] }>>;

/** Seconds; chats want an answer within 3. */
const ACK_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5];
const LAG_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300];

export interface Metrics {
  readonly contentType: string;
  /** What Prometheus reads. Never throws: without the store it tells what it knows. */
  text(): Promise<string>;
  /** Something a person did was answered, so many milliseconds after it came in. */
  onAck(platform: string, milliseconds: number): void;
  /** There was no answer in time. */
  onSlow(platform: string): void;
  /** A message is up to date again, so many milliseconds after it had to be written. */
  onDelivery(platform: string, lagMs: number, priority: string): void;
  /** A platform did not take a message. */
  onRefused(platform: string, kind: string): void;
}

/** The figures of one process. What outlives it is counted in the store, so a restart sets nothing back to zero. */
export function createMetrics({
  version,
  figures,
}: {
  readonly version: string;
  readonly figures: FigureStore;
}): Metrics {
  const registry = new Registry();
  const options = <Name extends keyof typeof METRICS>(name: Name) => ({
    name,
    help: METRICS[name].help,
    labelNames: [...METRICS[name].labels],
    registers: [registry],
  });
  const info = new Gauge<string>(options('zapas_info'));
  const ack = new Histogram<string>({ ...options('zapas_ack_seconds'), buckets: ACK_BUCKETS });
  const lag = new Histogram<string>({ ...options('zapas_delivery_lag_seconds'), buckets: LAG_BUCKETS });
  const slow = new Counter<string>(options('zapas_slow_answers_total'));
  const refused = new Counter<string>(options('zapas_refused_messages_total'));
  const counted = stored(options);
  info.set({ version }, 1);
  collectDefaultMetrics({ register: registry });
  return {
    contentType: registry.contentType,
    async text() {
      await counted.update(() => figures.read());
      return await registry.metrics();
    },
    onAck: (platform, milliseconds) => ack.observe({ platform }, milliseconds / 1_000),
    onSlow: (platform) => slow.inc({ platform }),
    onDelivery: (platform, lagMs, priority) => lag.observe({ platform, priority }, lagMs / 1_000),
    onRefused: (platform, kind) => refused.inc({ platform, kind }),
  };
}

type Options = (name: keyof typeof METRICS) => {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly registers: Registry[];
};

/** What is counted in the store, set anew at every scrape. */
function stored(options: Options): { update(read: () => Promise<Figures>): Promise<void> } {
  const up = new Gauge<string>(options('zapas_store_up'));
  const runs = new Gauge<string>(options('zapas_runs'));
  const depth = new Gauge<string>(options('zapas_queue_depth'));
  const steps = new Counter<string>(options('zapas_steps_total'));
  const approvals = new Counter<string>(options('zapas_approvals_total'));
  const open = new Gauge<string>(options('zapas_approvals_open'));
  const all = [runs, depth, steps, approvals, open];
  const show = (now: Figures): void => {
    for (const [state, count] of Object.entries(now.runs)) runs.set({ state }, count);
    for (const [outcome, count] of Object.entries(now.steps)) steps.inc({ outcome }, count);
    const { open: waiting, ...decided } = now.approvals;
    for (const [outcome, count] of Object.entries(decided)) approvals.inc({ outcome }, count);
    depth.set(now.unattended);
    open.set(waiting);
  };
  return {
    async update(read) {
      const now = await read().catch(() => undefined);
      for (const metric of all) metric.reset();
      up.set(now ? 1 : 0);
      if (now) show(now);
      // A figure that nobody could read is missing, not zero.
      else for (const gauge of [depth, open]) gauge.remove();
    },
  };
}
