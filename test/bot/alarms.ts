import { alertCards } from '../../src/bot/cards/alert.ts';
import { boardCard } from '../../src/bot/cards/board.ts';
import type { CardContext } from '../../src/bot/cards/context.ts';
import { summaryCard } from '../../src/bot/cards/summary.ts';
import type { Card } from '../../src/domain/card.ts';
import type { Cluster } from '../../src/domain/inventory.ts';
import { listClusters } from '../../src/domain/inventory.ts';
import type { Sample } from '../../src/domain/watch.ts';
import { WATCH_SETTINGS } from '../../src/domain/watch.ts';
import type { Alert } from '../../src/domain/watch-alert.ts';
import type { FleetRow } from '../../src/domain/watch-fleet.ts';
import { fleetOf } from '../../src/domain/watch-fleet.ts';
import { judge } from '../../src/domain/watch-judge.ts';
import { sightingsOf } from '../../src/runbooks/watch/sample.ts';
import { ANNA } from '../domain/runs.ts';
import { CASES, GONE } from '../domain/watch-cases.ts';
import { dead, host, sample, second } from '../domain/watches.ts';
import { people } from './people.ts';

/** Alerts and boards in every situation that has a card of its own. */

export const NOON = new Date(second(0));

/** The open alerts that a sample makes, told once. */
export function alertsOf(seen: Sample, over: Partial<Alert> = {}): readonly Alert[] {
  const verdicts = judge(seen, [], new Date(seen.at), WATCH_SETTINGS).filter(({ verdict }) => verdict === 'bad');
  return verdicts.map(({ subject, conditions }, index) => ({
    id: `a-0000000${index}`,
    cluster: seen.cluster,
    site: 'clinic',
    subject,
    state: 'open',
    version: 2,
    conditions,
    sightings: subject === 'primary' ? sightingsOf(seen) : [],
    severity: conditions.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning',
    firstSeenAt: second(-60),
    lastSeenAt: second(0),
    raisedAt: second(0),
    toldAt: second(0),
    why: 'raised',
    told: 1,
    bad: 2,
    good: 0,
    turning: 0,
    relapses: 0,
    held: null,
    ...over,
  }));
}

const silent = sample({ primary: host('one', { server: dead() }), port: false, ready: 'silent', ...GONE });
const lost = sample({
  standby: host('two', { server: dead('stopped') }),
  slot: { name: 'zapas_two', active: false, walStatus: 'lost', safeBytes: null, boundBytes: 1024 ** 3 },
  ...GONE,
});

/** One card for each situation of an alert. */
export function alertDrawings(context: CardContext): Readonly<Record<string, readonly Card[]>> {
  const cards = (seen: Sample, over: Partial<Alert> = {}) =>
    alertsOf(seen, over).flatMap((alert) => alertCards(context, alert));
  return {
    'alert-silent': cards(silent),
    'alert-standby': [
      ...cards(lost, { why: 'returned', told: 2 }),
      ...cards(lost, { held: { by: ANNA, at: second(30) } }),
      ...cards(lost, { held: { by: ANNA, at: second(30), until: second(3_600) } }),
    ],
    'alert-over': cards(silent, { state: 'closed', closedAt: second(600), version: 9 }),
    board: [boardCard(context, fleet(30), { page: 1 }), boardCard(context, [], { page: 1, site: 'clinic' })],
    'board-300': [1, 2, 25].map((page) => boardCard(context, fleet(300), { page })),
    summary: [summaryCard(context, fleet(30)), summaryCard(context, fleet(3, 0))],
  };
}

/** So many pairs; of the first ones something is wrong, the next was never looked at. */
export function fleet(count: number, troubled = 9): readonly FleetRow[] {
  const pattern: Cluster = listOne();
  const clusters = Array.from({ length: count }, (_, n) => ({ ...pattern, id: `pair-${String(n).padStart(3, '0')}` }));
  const wrong = CASES.filter(([, , ids]) => ids.length > 0);
  const seen = clusters.slice(0, troubled === 0 ? count : -1).map(({ id: cluster }, index): Sample => {
    const over = index < troubled ? wrong[(index * 3) % wrong.length]?.[1] : {};
    return sample({ ...over, cluster });
  });
  const alerts = seen.flatMap((one, index) => alertsOf(one, index === 2 ? { held: { by: ANNA, at: second(30) } } : {}));
  return fleetOf(clusters, seen, alerts, NOON, WATCH_SETTINGS);
}

function listOne(): Cluster {
  const [cluster] = listClusters(people());
  if (!cluster) throw new Error('no cluster');
  return cluster;
}
