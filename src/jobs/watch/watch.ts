import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { errorRef } from '../../domain/errors.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { findCluster, listClusters } from '../../domain/inventory.ts';
import { createRedactor } from '../../domain/redact.ts';
import type { Point } from '../../domain/watch.ts';
import { judge } from '../../domain/watch-judge.ts';
import type { Cadence } from '../queue/backend.ts';
import { countSample } from './alerts.ts';
import type { WatchDeps } from './deps.ts';
import { fenceGhost } from './ghost.ts';
import { probeCluster } from './probe.ts';

/** How many clusters one process looks at at once, of those whose hosts answer. */
const AT_ONCE = 32;
/** A cluster that takes longer gives its place to another one and goes on beside it. */
const PLACE_MS = 2_000;
/** The queue may have forgotten the timetable; milliseconds. */
const TIMETABLE_EVERY_MS = 60_000;
const FORGET_EVERY_MS = 60 * 60_000;
const TREND_EVERY_MS = 10 * 60_000;
/** Something that is wrong is looked at again soon, so that it is sure sooner than at the next turn. */
const AGAIN_MS = 5_000;

const DAY_MS = 24 * 60 * 60_000;
const FINE_DAYS = 2;
const TREND_DAYS = 7;
const KEPT_DAYS = 90;

/** Looks at every cluster of the inventory, again and again, with whoever else does. */
export interface Watch {
  /** Takes no more and settles when nothing of it runs here. */
  stop(): Promise<void>;
}

/** Starts to watch. Hosts that do not answer cost their own time: neither other clusters nor a run wait for them. */
export function startWatch(deps: WatchDeps): Watch {
  const stopping = new AbortController();
  const active = new Map<string, Promise<void>>();
  const trend = createTrend(deps);

  const attend = async (id: string): Promise<void> => {
    if (stopping.signal.aborted) return;
    const running = active.get(id) ?? begin(id);
    await Promise.race([running, pause(PLACE_MS, undefined, { ref: false })]);
  };
  const begin = (id: string): Promise<void> => {
    const begun = visit(deps, trend, id, stopping.signal).finally(() => active.delete(id));
    active.set(id, begun);
    return begun;
  };
  const consumer = deps.timetable.start(attend, AT_ONCE);
  const kept = Promise.all([
    every(TIMETABLE_EVERY_MS, stopping.signal, deps, () => deps.timetable.set(cadences(deps.inventory))),
    every(FORGET_EVERY_MS, stopping.signal, deps, () => forget(deps)),
  ]);
  return {
    async stop() {
      stopping.abort();
      await consumer.close();
      await Promise.all([kept, ...active.values()]);
    },
  };
}

/** One look, and what follows of it. Never rejects. */
async function visit(deps: WatchDeps, trend: Trend, id: string, stopping: AbortSignal): Promise<void> {
  try {
    const sample = await probeCluster(deps, id, stopping);
    const cluster = findCluster(deps.inventory, id);
    if (!sample || !cluster || stopping.aborted) return;
    const verdicts = judge(sample, await trend(id), new Date(sample.at), deps.settings);
    await fenceGhost(deps, cluster, sample, verdicts);
    const unsure = await countSample(deps, cluster.site, sample, verdicts);
    if (unsure) deps.timetable.soon(id, Math.min(AGAIN_MS, (cluster.watch.everySeconds * 1_000) / 4));
  } catch (error) {
    if (stopping.aborted) return;
    const detail = createRedactor().text(String(error));
    deps.log.warn({ cluster: id, code: errorRef(error).code, detail }, 'a cluster could not be looked at');
  }
}

type Trend = (cluster: string) => Promise<readonly Point[]>;

/** A week of history by the hour, which does not change from one look to the next. */
function createTrend({ watch, now }: WatchDeps): Trend {
  const known = new Map<string, { readonly at: number; readonly points: readonly Point[] }>();
  return async (cluster) => {
    const at = now().getTime();
    const before = known.get(cluster);
    if (before && at - before.at < TREND_EVERY_MS) return before.points;
    const points = await watch.history(cluster, new Date(at - TREND_DAYS * DAY_MS).toISOString(), 'hour');
    known.set(cluster, { at, points });
    return points;
  };
}

async function forget({ watch, now }: WatchDeps): Promise<void> {
  const before = (days: number): string => new Date(now().getTime() - days * DAY_MS).toISOString();
  await watch.forget({ fine: before(FINE_DAYS), all: before(KEPT_DAYS) });
}

/** At once and then again and again; a failure is tried again at the next turn. */
async function every(ms: number, signal: AbortSignal, { log }: WatchDeps, act: () => Promise<void>): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  while (!signal.aborted) {
    const acted = act().catch((error: unknown) => {
      log.warn({ code: errorRef(error).code }, 'the watch could not be kept up; it is tried again');
    });
    // A queue that is away may keep it waiting for ever.
    await Promise.race([acted, stopped]);
    await pause(ms, undefined, { signal }).catch(() => undefined);
  }
}

/** The timetable of an inventory: each cluster at its own moment of its interval, always the same, spread evenly by its name. */
export function cadences(inventory: Inventory): readonly Cadence[] {
  return listClusters(inventory).map(({ id, watch }) => {
    const everyMs = watch.everySeconds * 1_000;
    const spread = createHash('sha256').update(id).digest().readUInt32BE(0);
    return { id, everyMs, offsetMs: 1 + (spread % (everyMs - 1)) };
  });
}
