/**
 * Approval → first accepted write through Zapas, against a bare `pg_ctl promote` → first accepted write typed on the host, in turns on
 * the same pair. Run it inside a lab: see bench/README.md.
 */
import { openLab } from '../lab/lab.ts';
import type { OutageReport } from '../src/domain/report.ts';
import { openGate } from '../src/domain/run.ts';
import { openOffice } from '../test/e2e/office.ts';
import { median, ROUNDS, show } from './figures.ts';

const lab = openLab();

/** Milliseconds from the decision to the first write that the new primary accepted, every check kept. */
async function throughZapas(): Promise<number> {
  const office = await openOffice(lab);
  try {
    office.startWorker();
    await lab.killPostgres('primary');
    const { id } = await office.request('failover');
    const waiting = await office.until(id, (run) => openGate(run) !== undefined);
    const approved = await office.grant(waiting, 'piotr');
    const run = await office.until(id, ({ state }) => state === 'succeeded');
    const outage = run.reports.find((report): report is OutageReport => report.kind === 'outage');
    return Date.parse(outage?.firstWrite ?? '') - Date.parse(approved.granted?.decision?.at ?? '');
  } finally {
    await office.close();
  }
}

/** Milliseconds of the same by hand, without any check. */
async function byHand(): Promise<number> {
  await lab.killPostgres('primary');
  const { stdout } = await lab.run(
    'standby',
    `as() { runuser -u postgres -- "$@"; }; from=$(date +%s%3N)
as /opt/mmedica/pgsql-17/bin/pg_ctl promote -w -D /opt/mmedica/pgsql-17/data >/dev/null
until as psql -XAtqd mmedica -c "select pg_logical_emit_message(true, 'bench', 'write')" >/dev/null 2>&1; do sleep 0.01; done
echo $(($(date +%s%3N) - from))`,
  );
  return Number(stdout.trim());
}

const first = await openOffice(lab);
first.startWorker();
const setup = await first.request('setup');
const done = await first.seeThrough(setup.id);
if (done.state !== 'succeeded') throw new Error(`setup ended ${done.state}`);
await first.close();
await lab.save('streaming');
const zapas: number[] = [];
const bare: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  await lab.restore('streaming');
  zapas.push(await throughZapas());
  await lab.restore('streaming');
  bare.push(await byHand());
}
show('approval → first write, through Zapas', zapas, 'ms');
show('promote → first write, by hand', bare, 'ms');
console.log(`ratio of the medians: ${(median(zapas) / median(bare)).toFixed(1)}`);
