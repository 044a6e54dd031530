import type { Card } from '../../src/domain/card.ts';
import type { Cluster, Inventory } from '../../src/domain/inventory.ts';
import type { AuditLog, Progress, RunStore } from '../../src/domain/ports.ts';
import type { Run } from '../../src/domain/run.ts';
import type { Sample } from '../../src/domain/watch.ts';
import { WATCH_SETTINGS } from '../../src/domain/watch.ts';
import type { Alert } from '../../src/domain/watch-alert.ts';
import { judge } from '../../src/domain/watch-judge.ts';
import type { WatchStore } from '../../src/domain/watch-store.ts';
import { people } from '../../test/bot/people.ts';
import { SCENES } from '../../test/bot/scenes.ts';
import { at } from '../../test/domain/runs.ts';
import { sample, unreachable } from '../../test/domain/watches.ts';

/** The minute at which the pictures are taken. */
export const NOW = new Date(at(4));

type Sites = Readonly<Record<string, { readonly name: string; readonly clusters: readonly string[] }>>;

/** What pictures are taken of: an office, and how its clusters stand. */
export interface Scenery {
  readonly inventory: () => Inventory;
  readonly watch: Pick<WatchStore, 'latest' | 'openAlerts' | 'alert' | 'watchAlerts'>;
}

/** Clusters of the made-up office, by site. */
const SITES: Sites = {
  clinic: { name: 'Przychodnia Zdrowie', clusters: ['demo', 'zdrowie-archiwum'] },
  krakow: { name: 'Centrum Medyczne Kraków', clusters: ['krakow-mmedica', 'krakow-rejestracja'] },
  gdansk: { name: 'Przychodnia Portowa Gdańsk', clusters: ['gdansk-mmedica'] },
  lodz: { name: 'Szpital Łódź-Widzew', clusters: ['lodz-mmedica', 'lodz-archiwum', 'lodz-rejestracja'] },
};

function product(id: string): Cluster['product'] {
  if (id.endsWith('archiwum')) return 'earchiwum';
  return id.endsWith('rejestracja') ? 'erejestracja' : 'mmedica';
}

const TOWNS = [
  'Białystok',
  'Bydgoszcz',
  'Elbląg',
  'Gorzów',
  'Kielce',
  'Koszalin',
  'Lublin',
  'Opole',
  'Olsztyn',
  'Płock',
];

/** Three hundred clusters: ten clinics in each of ten towns, three products each. */
const MANY_SITES: Sites = Object.fromEntries(
  TOWNS.flatMap((town) =>
    Array.from({ length: 10 }, (_, index) => {
      const id = `${town
        .toLowerCase()
        .normalize('NFD')
        .replaceAll(/\p{Mark}/gu, '')
        .replaceAll('ł', 'l')}-${index + 1}`;
      const clusters = ['mmedica', 'rejestracja', 'archiwum'].map((name) => `${id}-${name}`);
      return [id, { name: `Przychodnia nr ${index + 1}, ${town}`, clusters }] as const;
    }),
  ),
);

/** The people of the specifications at several sites, who may all see everything. */
function officeOf(made: Sites): Inventory {
  const base = people();
  const clinic = base.sites['clinic'];
  const demo = clinic?.clusters['demo'];
  if (!clinic || !demo) throw new Error('no demo');
  const sites = Object.entries(made).map(([id, { name, clusters }]) => [
    id,
    { ...clinic, name, clusters: Object.fromEntries(clusters.map((one) => [one, { ...demo, product: product(one) }])) },
  ]);
  const persons = Object.entries(base.people).map(([id, person]) => {
    const roles = person.roles.map((role) => ({ ...role, sites: '*' as const }));
    return [id, { ...person, roles, accounts: { ...person.accounts, web: id } }];
  });
  return { ...base, sites: Object.fromEntries(sites), people: Object.fromEntries(persons) };
}

function scene(name: string, id: string, cluster = 'demo', site = 'clinic'): Run {
  const run = SCENES[name]?.();
  if (!run) throw new Error(`no scene ${name}`);
  return { ...run, id, cluster, site, ...(run.plan && { plan: { ...run.plan, cluster } }) };
}

/** Newest first. */
const RUNS: readonly Run[] = [
  scene('failover-asks', 'k7m29qtx'),
  scene('setup-cloning', 'c4v81hne', 'lodz-archiwum', 'lodz'),
  scene('log-failed', 'p2x7w3zd', 'gdansk-mmedica', 'gdansk'),
  scene('setup-done', 'd9r5t2mk', 'krakow-rejestracja', 'krakow'),
  scene('failover-done', 'f3h6j8qa', 'lodz-mmedica', 'lodz'),
  scene('check-failed', 'b1n4s7vw', 'lodz-archiwum', 'lodz'),
];

const PROGRESS: Progress = {
  step: 'setup.clone',
  done: 671_088_640,
  total: 1_073_741_824,
  unit: 'bytes',
  etaSeconds: 12,
  jobOffset: 0,
};

export const RUN_STORE: Pick<RunStore, 'list' | 'load' | 'progress' | 'watch'> = {
  list: ({ cluster, states, limit = 50 }) =>
    Promise.resolve(
      RUNS.filter(
        (run) => (cluster === undefined || run.cluster === cluster) && (!states || states.includes(run.state)),
      ).slice(0, limit),
    ),
  load: (id) => Promise.resolve(RUNS.find((run) => run.id === id)),
  progress: () => Promise.resolve(PROGRESS),
  watch: () => Promise.resolve(() => Promise.resolve()),
};

export const AUDIT: AuditLog = {
  verify: () => Promise.resolve({ ok: true, rows: 1_284, head: 'a3'.repeat(32) }),
  read: () => Promise.resolve([]),
};

const PAIR = sample();
const NOTHING = { receiveBytes: null, replayBytes: null, replaySeconds: null };
const well = (cluster: string, over: Partial<Sample> = {}): Sample =>
  sample({
    cluster,
    at: at(3),
    primary: { ...PAIR.primary, host: `${cluster}-1` },
    standby: { ...PAIR.standby, host: `${cluster}-2` },
    ...over,
  });
const GONE = well('demo', {
  primary: unreachable('one'),
  standby: PAIR.standby,
  port: false,
  ready: 'silent',
  heard: 'dead',
  streaming: false,
  lag: NOTHING,
});
const LATE = well('gdansk-mmedica', { lag: { receiveBytes: 0, replayBytes: 96 * 1024 ** 2, replaySeconds: 140 } });

const SAMPLES: readonly Sample[] = [
  GONE,
  LATE,
  well('zdrowie-archiwum'),
  well('krakow-mmedica', { lag: { receiveBytes: 0, replayBytes: 8_192, replaySeconds: 0 } }),
  well('krakow-rejestracja'),
  well('lodz-mmedica'),
  well('lodz-archiwum', { busy: true, streaming: false, lag: NOTHING }),
];

function alertOf(one: Sample, site: string): Alert {
  const [bad] = judge(one, [], NOW, WATCH_SETTINGS).filter(({ verdict }) => verdict === 'bad');
  if (!bad) throw new Error(`nothing is wrong with ${one.cluster}`);
  return {
    id: `a-${one.cluster}`,
    cluster: one.cluster,
    site,
    subject: bad.subject,
    state: 'open',
    version: 1,
    conditions: bad.conditions,
    sightings: [],
    severity: bad.conditions[0]?.severity ?? 'warning',
    firstSeenAt: at(0),
    lastSeenAt: at(3),
    raisedAt: at(1),
    told: 1,
    bad: 3,
    good: 0,
    turning: 0,
    relapses: 0,
    held: null,
  };
}

function watching(samples: readonly Sample[], alerts: readonly Alert[]): Scenery['watch'] {
  return {
    latest: () => Promise.resolve(samples),
    openAlerts: () => Promise.resolve(alerts),
    alert: () => Promise.resolve(undefined),
    watchAlerts: () => Promise.resolve(() => Promise.resolve()),
  };
}

export const OFFICE: Scenery = {
  inventory: () => officeOf(SITES),
  watch: watching(SAMPLES, [alertOf(GONE, 'clinic'), alertOf(LATE, 'gdansk')]),
};

/** A large office on an ordinary day: nearly all is well. */
export function manyClusters(): Scenery {
  const ids = Object.values(MANY_SITES).flatMap(({ clusters }) => clusters);
  const samples = ids.map((id, index) => {
    if (index % 97 === 4) return { ...GONE, cluster: id };
    return well(id, index % 41 === 7 ? { lag: LATE.lag } : {});
  });
  const alerts = samples.flatMap((one, index) => {
    const site = Object.entries(MANY_SITES).find(([, { clusters }]) => clusters.includes(one.cluster))?.[0] ?? '';
    return index % 97 === 4 || index % 41 === 7 ? [alertOf(one, site)] : [];
  });
  return { inventory: () => officeOf(MANY_SITES), watch: watching(samples, alerts) };
}

/** What stands in the channel of operations. */
export function told(cards: (run: Run) => readonly Card[]): readonly Card[] {
  return ['d9r5t2mk', 'p2x7w3zd', 'c4v81hne'].flatMap((id) => {
    const run = RUNS.find((one) => one.id === id);
    return run ? cards(run).slice(-1) : [];
  });
}
