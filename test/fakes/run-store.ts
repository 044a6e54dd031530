import { decide } from '../../src/domain/decide.ts';
import { OpsError } from '../../src/domain/errors.ts';
import type { ClusterStore, Progress, RunStore } from '../../src/domain/ports.ts';
import type { Run, RunEvent } from '../../src/domain/run.ts';
import { evolve, openGate, startRun } from '../../src/domain/run.ts';
import type { PrimarySighting } from '../../src/domain/step.ts';

interface Row {
  run: Run;
  fence: string;
  leaseUntil: number;
}

/** The store's contract in memory, for specifications of the engine that need no other process. */
export interface MemoryStore {
  readonly runs: RunStore;
  readonly clusters: ClusterStore;
  readonly events: (readonly [run: string, event: RunEvent])[];
  readonly sightings: PrimarySighting[];
  readonly shown: Progress[];
}

export function createMemoryStore(): MemoryStore {
  const rows = new Map<string, Row>();
  const events: (readonly [string, RunEvent])[] = [];
  const roles = new Map<string, { readonly primary: string; readonly standby: string }>();
  const sightings: PrimarySighting[] = [];
  const shown: Progress[] = [];
  let tokens = 0;

  const rowOf = (id: string): Row => {
    const row = rows.get(id);
    if (!row) throw new OpsError('input.unknown-run', { run: id });
    return row;
  };
  const holds = (row: Row, fence: string): boolean => row.fence === fence && row.leaseUntil > Date.now();
  const all = (): readonly Run[] => [...rows.values()].map(({ run }) => run);

  const runs: RunStore = {
    request(event) {
      const known = all().find(({ asked }) => asked === event.asked);
      if (known) return Promise.resolve({ run: known, created: false });
      const run = startRun(event);
      rows.set(run.id, { run, fence: '', leaseUntil: 0 });
      events.push([run.id, event]);
      return Promise.resolve({ run, created: true });
    },
    load: (id) => Promise.resolve(rows.get(id)?.run),
    list: () => Promise.resolve(all()),
    async apply(id, event, fence) {
      const row = rowOf(id);
      if (fence !== undefined && !holds(row, fence)) throw new OpsError('run.lost-lease', { run: id });
      const decided = decide(row.run, event);
      if ('refused' in decided) throw new OpsError(decided.refused.code, decided.refused.params);
      // What JSON does not keep, no store keeps.
      const stored: readonly RunEvent[] = JSON.parse(JSON.stringify(decided.events));
      row.run = stored.reduce(evolve, row.run);
      events.push(...stored.map((one) => [id, one] as const));
      return row.run;
    },
    claim(id, _owner, ttlMs) {
      const row = rowOf(id);
      if (row.run.state !== 'ready' || row.leaseUntil > Date.now()) return Promise.resolve(undefined);
      tokens += 1;
      Object.assign(row, { fence: String(tokens), leaseUntil: Date.now() + ttlMs });
      return Promise.resolve({ run: row.run, fence: row.fence });
    },
    renew(id, fence, ttlMs) {
      const row = rowOf(id);
      const held = holds(row, fence);
      if (held) row.leaseUntil = Date.now() + ttlMs;
      return Promise.resolve({ held, stopAsked: row.run.stopAsked !== undefined });
    },
    release(id, fence) {
      const row = rowOf(id);
      if (row.fence === fence) row.leaseUntil = 0;
      return Promise.resolve();
    },
    async admit() {
      const queued = all().filter(({ state }) => state === 'queued');
      for (const { id, requestedAt, requester } of queued)
        await runs.apply(id, { type: 'admitted', at: requestedAt, by: requester });
      return queued.map(({ id }) => id);
    },
    due: () => Promise.resolve([...rows.values()].filter(isDue).map(({ run }) => run.id)),
    overdueGates: () => {
      const gates = all().map((run) => ({ id: run.id, gate: openGate(run) }));
      return Promise.resolve(
        gates.flatMap(({ id, gate }) => (gate && isOver(gate.expiresAt) ? [{ id, number: gate.number }] : [])),
      );
    },
    setProgress(_id, _fence, progress) {
      shown.push(progress);
      return Promise.resolve();
    },
    progress: () => Promise.resolve(shown.at(-1)),
    watch: () => Promise.resolve(() => Promise.resolve()),
  };
  const clusters: ClusterStore = {
    roles: (cluster) => Promise.resolve(roles.get(cluster)),
    setRoles(cluster, swapped) {
      roles.set(cluster, swapped);
      return Promise.resolve();
    },
    lastSighting: () => Promise.resolve(sightings.at(-1)),
    lastRehearsal: () => Promise.resolve(undefined),
    saw(_cluster, sighting) {
      sightings.push(sighting);
      return Promise.resolve();
    },
  };
  return { runs, clusters, events, sightings, shown };
}

function isDue({ run, leaseUntil }: Row): boolean {
  return run.state === 'ready' && leaseUntil <= Date.now();
}

function isOver(time: string): boolean {
  return time <= new Date().toISOString();
}
