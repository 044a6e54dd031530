import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Inventory } from '../../../src/domain/inventory.ts';
import { inventorySchema } from '../../../src/domain/inventory.ts';
import type { HostGateway, Hosts } from '../../../src/domain/ports.ts';
import { WATCH_SETTINGS } from '../../../src/domain/watch.ts';
import { ALERT_SETTINGS } from '../../../src/domain/watch-alert.ts';
import { openQueues } from '../../../src/jobs/queue/queue.ts';
import type { WatchDeps } from '../../../src/jobs/watch/deps.ts';
import { cadences, startWatch } from '../../../src/jobs/watch/watch.ts';
import { WORKER_LIMITS } from '../../../src/jobs/worker/worker.ts';
import type { Scratch } from '../../adapters/store/scratch.ts';
import { embeddedStore } from '../../adapters/store/scratch.ts';
import { planned } from '../../domain/runs.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const PATIENCE = { timeout: 60_000, interval: 50 };

const cluster = (name: string) => ({
  product: 'mmedica',
  primary: `${name}-a`,
  standby: `${name}-b`,
  database: 'mmedica',
  certificates: { root: '/c/root.crt', clientCert: '/c/r.crt', clientKey: '/c/r.key' },
  binDir: '/pg/bin',
  dataDir: '/pg/data',
  watch: { everySeconds: 2 },
});

const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });

/** Pairs of hosts named `good-0-a`, `good-0-b`, `dead-0-a` … looked at every other second. */
function inventoryOf(good: number, dead: number): Inventory {
  const names = [
    ...Array.from({ length: good }, (_, n) => `good-${n}`),
    ...Array.from({ length: dead }, (_, n) => `dead-${n}`),
  ];
  const host = {
    address: '127.0.0.1',
    os: 'linux',
    transport: { kind: 'ssh', user: 'zapas', hostKeys: ['ssh-ed25519 AAAA'] },
  };
  return inventorySchema.parse({
    sites: { clinic: { name: 'Clinic', clusters: Object.fromEntries(names.map((name) => [name, cluster(name)])) } },
    hosts: Object.fromEntries(names.flatMap((name) => [`${name}-a`, `${name}-b`].map((id) => [id, host]))),
    people: {},
  });
}

/** Good hosts have no data directory and say so at once; dead ones take every question and never answer, unless `dead` says else. */
function hostsThat(asked: Map<string, number>, dead: (signal: AbortSignal) => Promise<never> = never): Hosts {
  const answer = 'state=absent\n==watch\ncode=0\ndisk=104857600 52428800\n';
  const result = { code: 0, stdout: new TextEncoder().encode(answer), stderr: new Uint8Array() };
  return {
    gateway({ id }) {
      const gateway: Pick<HostGateway, 'family' | 'ask' | 'reach'> = {
        family: 'posix',
        ask(_command, signal) {
          asked.set(id, (asked.get(id) ?? 0) + 1);
          return id.startsWith('good') ? Promise.resolve(result) : dead(signal);
        },
        // A port that takes connections, so that nobody can tell the host is dead but by waiting.
        reach: () => Promise.resolve(true),
      };
      return gateway as HostGateway;
    },
    close: () => Promise.resolve(),
  };
}

describe('the watch', { timeout: 120_000 }, () => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await embeddedStore();
  });
  afterAll(() => scratch.remove());

  const started = async (
    inventory: Inventory,
    asked: Map<string, number>,
    { attend, dead }: { attend?: (run: string) => Promise<void>; dead?: () => Promise<never> } = {},
  ) => {
    const { runs, clusters, watch, queuePool } = scratch.store;
    const queues = await openQueues({ pool: queuePool }, quiet);
    const deps: WatchDeps = {
      inventory,
      hosts: hostsThat(asked, dead),
      clusters,
      runs,
      watch,
      wake: queues.wakeUps,
      timetable: queues.timetable,
      now: () => new Date(),
      log: quiet,
      settings: WATCH_SETTINGS,
      alerts: ALERT_SETTINGS,
    };
    const runners = attend && queues.startWorker(attend, WORKER_LIMITS);
    const running = startWatch(deps);
    return async () => {
      await Promise.all([running.stop(), runners?.close()]);
      await queues.timetable.set([]);
      await queues.close();
    };
  };

  it('looks at every pair at its own moment, always the same, spread over the interval', () => {
    const inventory = inventoryOf(300, 0);
    const all = cadences(inventory);
    expect(cadences(inventory)).toEqual(all);
    const tenths = Array.from({ length: 10 }, (_, n) => all.filter(({ offsetMs }) => Math.floor(offsetMs / 200) === n));
    expect(Math.min(...tenths.map(({ length }) => length))).toBeGreaterThan(10);
    expect(all.every(({ offsetMs, everyMs }) => offsetMs > 0 && offsetMs < everyMs)).toBe(true);
  });

  it('keeps looking at those who answer while many more do not, each host once at a time', async () => {
    const asked = new Map<string, number>();
    const release = new AbortController();
    // Fifty pairs of hosts hang, far more than there are places, and none of them is given up before this test lets it.
    const stop = await started(inventoryOf(6, 50), asked, { dead: () => never(release.signal) });
    try {
      await vi.waitFor(() => expect([...asked].filter(([id]) => id.startsWith('dead'))).toHaveLength(100), PATIENCE);
      const before = new Map(asked);
      const again = (): readonly number[] =>
        Array.from({ length: 6 }, (_, n) => (asked.get(`good-${n}-a`) ?? 0) - (before.get(`good-${n}-a`) ?? 0));
      await vi.waitFor(() => expect(Math.min(...again())).toBeGreaterThanOrEqual(3), PATIENCE);
      const samples = await scratch.store.watch.latest();
      expect(samples.filter(({ cluster }) => cluster.startsWith('good'))).toHaveLength(6);
    } finally {
      release.abort();
      await stop();
    }
  });

  it('lets a failover begin while every probe of an unreachable fleet hangs', async () => {
    const asked = new Map<string, number>();
    const attended: string[] = [];
    const release = new AbortController();
    const attend = (run: string): Promise<void> => Promise.resolve(void attended.push(run));
    // Not even giving up helps here: what is asked of the fifty pairs ends when this test lets it end.
    const stop = await started(inventoryOf(1, 50), asked, { attend, dead: () => never(release.signal) });
    try {
      await vi.waitFor(() => expect([...asked].filter(([id]) => id.startsWith('dead'))).toHaveLength(100), PATIENCE);
      const { queuePool } = scratch.store;
      const bot = await openQueues({ pool: queuePool }, quiet);
      const run = { id: 'failover-1', runbook: 'failover', mutating: true } as const;
      bot.wakeUps.advance({ ...planned(), ...run });
      await vi.waitFor(() => expect(attended).toContain('failover-1'), PATIENCE);
      await bot.close();
      expect([...asked].filter(([id, times]) => id.startsWith('dead') && times > 1)).toEqual([]);
    } finally {
      release.abort();
      await stop();
    }
  });

  it('raises one alert for a pair without a standby, however many workers look', async () => {
    await scratch.sql('delete from zapas.alert');
    const inventory = inventoryOf(1, 0);
    const stops = await Promise.all([1, 2, 3].map(() => started(inventory, new Map())));
    try {
      await vi.waitFor(async () => expect(await scratch.store.watch.openAlerts()).not.toEqual([]), PATIENCE);
      const { length } = await scratch.store.watch.history('good-0', new Date(0).toISOString());
      await vi.waitFor(async () => {
        const points = await scratch.store.watch.history('good-0', new Date(0).toISOString());
        expect(points.length).toBeGreaterThan(length + 2);
      }, PATIENCE);
      const alerts = await scratch.store.watch.openAlerts();
      const subjects = alerts.map(({ subject, told }) => `${subject} ${told}`);
      expect(new Set(subjects).size).toBe(subjects.length);
      expect(subjects.every((one) => one.endsWith(' 1'))).toBe(true);
    } finally {
      await Promise.all(stops.map((stop) => stop()));
    }
  });
});
