import { describe, expect, it } from 'vitest';
import { clusterView, fleetFor } from '../../../src/bot/platforms/web/fleet.ts';
import type { Inventory } from '../../../src/domain/inventory.ts';
import { findCluster } from '../../../src/domain/inventory.ts';
import { personOf } from '../../../src/domain/policy.ts';
import type { Run } from '../../../src/domain/run.ts';
import { at } from '../../domain/runs.ts';
import { sample } from '../../domain/watches.ts';
import { NO_WATCH } from '../../fakes/web/no-watch.ts';
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
    const runs = { list: ({ cluster = '' }) => Promise.resolve(newest[cluster] ?? []) };
    const shownTo = async (account: string): Promise<readonly string[]> => {
      const person = personOf(inventory, 'terminal', account);
      if (!person) throw new Error('nobody');
      const views = await fleetFor(inventory, { runs, watch: NO_WATCH }, person, new Date(at(4)));
      return views.map(({ cluster }) => cluster.id);
    };
    expect(await shownTo('jan')).toEqual(['asking', 'remarks', 'fine']);
    expect(await shownTo('obcy')).toEqual([]);
  });
});
