/**
 * A fault → the alert in the channel's store, at the default interval: how long it takes, and how much of that is waiting for the next
 * look. Run it inside a lab: see bench/README.md.
 */
import { openLab } from '../lab/lab.ts';
import type { ConditionId } from '../src/domain/watch.ts';
import type { Alert } from '../src/domain/watch-alert.ts';
import { openOffice } from '../test/e2e/office.ts';
import { mustRun } from '../test/lab/support.ts';
import { median, show } from './figures.ts';

const SERVICE = 'postgresmm-17';
const EVERY_SECONDS = 60;
/** `DETECTIONS` says otherwise; each takes about two minutes, for the healing is waited for, too. */
const ROUNDS = Number(process.env['DETECTIONS'] ?? 3);
const lab = openLab();

interface Fault {
  readonly cause: ConditionId;
  readonly begin: () => Promise<unknown>;
  readonly mend: () => Promise<unknown>;
}

/** What the three stages need: the least to confirm, the most, and a host that is not there. */
const FAULTS: readonly Fault[] = [
  {
    cause: 'standby.down',
    begin: () => mustRun(lab, 'standby', `systemctl stop ${SERVICE}`),
    mend: () => mustRun(lab, 'standby', `systemctl start ${SERVICE}`),
  },
  {
    cause: 'primary.silent',
    begin: () => mustRun(lab, 'primary', `systemctl kill -s KILL ${SERVICE}`),
    mend: () => mustRun(lab, 'primary', `systemctl start ${SERVICE}`),
  },
  {
    cause: 'standby.unreachable',
    begin: () => lab.cut('standby'),
    mend: () => lab.heal('standby'),
  },
];

const office = await openOffice(lab, { watchSeconds: EVERY_SECONDS });
office.startWorker();
const setup = await office.request('setup');
const done = await office.seeThrough(setup.id);
if (done.state !== 'succeeded') throw new Error(`setup ended ${done.state}`);

/** Polls the store until it is so; a second of patience for each tenth of the interval would do, this is generous. */
async function until<Value>(ask: () => Promise<Value | undefined>): Promise<Value> {
  const end = Date.now() + 10 * EVERY_SECONDS * 1_000;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function raised(cause: ConditionId): Promise<Alert | undefined> {
  const open = await office.store.watch.openAlerts('demo');
  return open.find(({ state, conditions }) => state === 'open' && conditions[0]?.id === cause);
}

/** Waits for a moment anywhere in the interval, so that the share of the waiting is not the timetable's accident. */
function anyMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * EVERY_SECONDS * 1_000));
}

const all: number[] = [];
const shares: number[] = [];
for (const { cause, begin, mend } of FAULTS) {
  const took: number[] = [];
  const waited: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await anyMoment();
    await begin();
    const at = Date.now();
    const alert = await until(() => raised(cause));
    took.push((Date.now() - at) / 1_000);
    waited.push(Math.max(0, Date.parse(alert.firstSeenAt) - at) / 1_000);
    await mend();
    await until(async () => ((await office.store.watch.openAlerts('demo')).length === 0 ? true : undefined));
  }
  show(`fault → alert, ${cause}`, took, 's');
  show(`  of that until the first look at it`, waited, 's');
  all.push(...took);
  shares.push(...took.map((seconds, index) => (waited[index] ?? 0) / seconds));
}
console.log(
  `all faults, looked at every ${EVERY_SECONDS} s: median ${median(all).toFixed(1)} s, worst ${Math.max(...all).toFixed(1)} s; ` +
    `waiting for the next look takes ${Math.round(median(shares) * 100)} % of it`,
);
await office.close();
