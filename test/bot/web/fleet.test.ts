import { describe, expect, it } from 'vitest';
import { clusterView, fleetFor } from '../../../src/bot/platforms/web/fleet.ts';
import { fleetBody } from '../../../src/bot/platforms/web/pages.ts';
import type { Reader } from '../../../src/bot/platforms/web/reader.ts';
import type { Inventory } from '../../../src/domain/inventory.ts';
import { findCluster } from '../../../src/domain/inventory.ts';
import { personOf } from '../../../src/domain/policy.ts';
import type { RunFilter } from '../../../src/domain/ports.ts';
import type { Run } from '../../../src/domain/run.ts';
import { at } from '../../domain/runs.ts';
import { sample } from '../../domain/watches.ts';
import { NO_WATCH } from '../../fakes/web/no-watch.ts';
import { contextIn } from '../drawings.ts';
import { people } from '../people.ts';
import { SCENES } from '../scenes.ts';

function scene(name: string): Run {
  const run = SCENES[name]?.();
  if (!run) throw new Error(`no scene ${name}`);
  return run;
}

function demo(): NonNullable<ReturnType<typeof findCluster>> {
  const found = findCluster(people(), 'demo');
  if (!found) throw new Error('no demo');
  return found;
}

describe('a cluster on the board', () => {
  it.each([
    [[], 'unknown'],
    [['status-fine'], 'ok'],
    [['status-remarks'], 'warning'],
    [['setup-cloning', 'status-fine'], 'running'],
    [['failover-asks', 'status-fine'], 'waiting'],
    [['failover-asks', 'status-remarks'], 'waiting'],
    [['failover-attention', 'status-fine'], 'attention'],
    [['setup-done'], 'unknown'],
  ])('of %j stands as %s', (names, standing) => {
    expect(clusterView(demo(), names.map(scene)).standing).toBe(standing);
  });

  it('shows what was seen last, by the watch or because somebody asked', () => {
    const asked = scene('status-fine');
    const seen = sample({ at: at(3) });
    const row = { cluster: 'demo', site: 'clinic', state: 'ok', alerts: [], sample: seen, stale: false } as const;
    expect(clusterView(demo(), [asked], row).sight).toMatchObject({ at: at(3) });
    expect(clusterView(demo(), [asked], { ...row, sample: sample({ at: at(-9) }) }).sight).toMatchObject({
      run: asked.id,
    });
    expect(clusterView(demo(), [], undefined)).not.toHaveProperty('sight');
  });

  it('counts as seen only while the watch keeps looking', () => {
    const row = {
      cluster: 'demo',
      site: 'clinic',
      state: 'unknown',
      alerts: [],
      sample: sample(),
      stale: true,
    } as const;
    expect(clusterView(demo(), [], row).standing).toBe('unknown');
  });
});

/** The clinic with so many clusters. */
function office(count: number): Inventory {
  const base = people();
  const clinic = base.sites['clinic'];
  const one = clinic?.clusters['demo'];
  if (!clinic || !one) throw new Error('no demo');
  const clusters = Object.fromEntries(Array.from({ length: count }, (_, n) => [`pair-${n}`, one]));
  return { ...base, sites: { ...base.sites, clinic: { ...clinic, clusters } } };
}

function ewa(): NonNullable<ReturnType<typeof personOf>> {
  const person = personOf(people(), 'terminal', 'ewa');
  if (!person) throw new Error('nobody');
  return person;
}

describe('the board', () => {
  it('has the clusters a person may see, the worst first', async () => {
    const base = people();
    const clinic = base.sites['clinic'];
    if (!clinic) throw new Error('no clinic');
    const one = clinic.clusters['demo'];
    if (!one) throw new Error('no demo');
    const clusters = { fine: one, remarks: one, asking: one };
    const inventory: Inventory = { ...base, sites: { ...base.sites, clinic: { ...clinic, clusters } } };
    const newest: Readonly<Record<string, readonly Run[]>> = {
      fine: [scene('status-fine')],
      remarks: [scene('status-remarks')],
      asking: [scene('failover-asks')],
    };
    const all = Object.entries(newest).flatMap(([cluster, known]) =>
      known.map((run) => ({ ...run, id: cluster, cluster })),
    );
    const runs = {
      list: ({ states }: RunFilter) => Promise.resolve(all.filter(({ state }) => !states || states.includes(state))),
    };
    const shownTo = async (account: string): Promise<readonly string[]> => {
      const person = personOf(inventory, 'terminal', account);
      if (!person) throw new Error('nobody');
      const views = await fleetFor(inventory, { runs, watch: NO_WATCH }, person, new Date(at(4)));
      return views.map(({ cluster }) => cluster.id);
    };
    expect(await shownTo('jan')).toEqual(['asking', 'remarks', 'fine']);
    expect(await shownTo('obcy')).toEqual([]);
  });

  it('of 300 clusters is two questions to the store, not one for each', async () => {
    const asked: RunFilter[] = [];
    const list = (filter: RunFilter): Promise<readonly Run[]> => {
      asked.push(filter);
      return Promise.resolve([]);
    };
    const views = await fleetFor(office(300), { runs: { list }, watch: NO_WATCH }, ewa(), new Date(at(4)));
    expect([views.length, asked.length]).toEqual([300, 2]);
  });

  it('is turned a page at a time, both ways; a page that there is not is the nearest', async () => {
    const inventory = office(300);
    const person = ewa();
    const context = contextIn('en', () => undefined);
    const reader: Reader = {
      account: { platform: 'web', account: 'ewa', kind: 'member' },
      person,
      context: () => ({ ...context, inventory }),
    };
    const views = await fleetFor(
      inventory,
      { runs: { list: () => Promise.resolve([]) }, watch: NO_WATCH },
      person,
      new Date(at(4)),
    );
    const turns = [0, 1, 7, 13, 99].map((page) => {
      const { text } = fleetBody(reader, views, page, { channel: 'ops', nonce: 'n', back: '/' });
      const links = [...text.matchAll(/\?page=(\d+)/g)].map(([, to]) => Number(to));
      return [text.split('class="tile').length - 1, ...links];
    });
    expect(turns).toEqual([
      [24, 2],
      [24, 2],
      [24, 6, 8],
      [12, 12],
      [12, 12],
    ]);
  });
});
