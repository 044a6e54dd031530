/**
 * A sweep of 300 clusters by real logins: how long it takes and what it costs the worker, with new links and with kept ones; then the
 * same questions to the same hosts by Ansible, once as the watch's own script and once by Ansible's modules. See bench/README.md.
 */
import { openLab } from '../lab/lab.ts';
import { createHosts } from '../src/adapters/gateway/hosts.ts';
import { createSecrets } from '../src/adapters/secrets/secrets.ts';
import type { Host, Inventory } from '../src/domain/inventory.ts';
import { findCluster, findHost } from '../src/domain/inventory.ts';
import { WATCH_SETTINGS } from '../src/domain/watch.ts';
import { ALERT_SETTINGS } from '../src/domain/watch-alert.ts';
import { probeCluster } from '../src/jobs/watch/probe.ts';
import { openOffice } from '../test/e2e/office.ts';
import { sweepByAnsible } from './ansible.ts';
import { median, show } from './figures.ts';

const CLUSTERS = Number(process.env['CLUSTERS'] ?? 300);
/** Machines of the fleet; all of them are the lab's two, each by links of its own. */
const PAIRS = 60;
/** As many as a worker looks at at once. */
const AT_ONCE = 32;
const SWEEPS = 4;
/** One with new links, one with kept ones. */
const ANSIBLE_SWEEPS = 2;

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const lab = openLab();
const office = await openOffice(lab);
office.startWorker();
const setup = await office.request('setup');
const done = await office.seeThrough(setup.id);
if (done.state !== 'succeeded') throw new Error(`setup ended ${done.state}`);
for (const name of ['primary', 'standby']) {
  // One machine plays sixty: it lets in as many at once as those would together.
  await lab.run(
    name,
    `printf 'MaxStartups 500\\nPerSourcePenalties no\\n' >/etc/ssh/sshd_config.d/bench.conf
systemctl reload ssh || pkill -HUP -o sshd`,
  );
}

const fleet = fleetOver(office.inventory);
const hosts = createHosts(fleet, createSecrets(process.env), undefined);
const { clusters, runs, watch } = office.store;
const deps = {
  inventory: fleet,
  hosts,
  clusters,
  runs,
  wake: { advance: () => undefined },
  watch,
  timetable: { set: () => Promise.resolve(), soon: () => undefined, start: () => ({ close: () => Promise.resolve() }) },
  now: () => new Date(),
  log: quiet,
  settings: WATCH_SETTINGS,
  alerts: ALERT_SETTINGS,
};
const wall: number[] = [];
const cpu: number[] = [];
let well = 0;
for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
  const before = process.cpuUsage();
  const begun = performance.now();
  well = await sweepOnce();
  const { user, system } = process.cpuUsage(before);
  wall.push(Math.round((performance.now() - begun) / 100) / 10);
  cpu.push(Math.round((user + system) / 1_000 / CLUSTERS));
}
show(`sweep of ${CLUSTERS} clusters, wall (the first with new links)`, wall, 's');
show('processor time of the worker for each cluster', cpu, 'ms');
console.log(
  `streaming in the last sweep: ${well} of ${CLUSTERS}; resident: ${Math.round(process.memoryUsage.rss() / 1_048_576)} MB`,
);
await hosts.close();

const kept = (values: readonly number[]): number => median(values.slice(1));
for (const play of ['script', 'modules'] as const) {
  const theirs: number[] = [];
  const theirCpu: number[] = [];
  for (let sweep = 0; sweep < ANSIBLE_SWEEPS; sweep += 1) {
    const { seconds, cpuSeconds, answered } = await sweepByAnsible(lab, fleet, { atOnce: 2 * AT_ONCE, play });
    if (answered !== 2 * CLUSTERS) throw new Error(`Ansible had ${answered} answers of ${2 * CLUSTERS}`);
    theirs.push(seconds);
    theirCpu.push((cpuSeconds * 1_000) / CLUSTERS);
  }
  show(`the same by Ansible (${play}), wall (the first with new links)`, theirs, 's');
  show('processor time of Ansible for each cluster', theirCpu, 'ms');
  const ratio = (one: readonly number[], other: readonly number[]): string => (kept(one) / kept(other)).toFixed(1);
  console.log(
    `Ansible (${play}) ÷ Zapas over kept links: ${ratio(theirs, wall)}, processor time ${ratio(theirCpu, cpu)}`,
  );
}
await office.close();

/** Looks at each once, so many at a time; how many of them stream. */
async function sweepOnce(): Promise<number> {
  const waiting = Array.from({ length: CLUSTERS }, (_, n) => `pair-${n}`);
  const never = new AbortController().signal;
  let streaming = 0;
  const work = async (): Promise<void> => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const sample = await probeCluster(deps, id, never);
      if (sample?.streaming) streaming += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return streaming;
}

/** The pair of the office, so often. */
function fleetOver(inventory: Inventory): Inventory {
  const pair = findCluster(inventory, 'demo');
  const [primary, standby] = ['primary', 'standby'].map((id) => findHost(inventory, id));
  const [[site, settings] = []] = Object.entries(inventory.sites);
  if (!pair || !primary || !standby || !site || !settings) throw new Error('no pair');
  const many = Array.from({ length: PAIRS }, (_, n): [string, Host][] => [
    [`primary-${n}`, primary],
    [`standby-${n}`, standby],
  ]).flat();
  const all = Array.from({ length: CLUSTERS }, (_, n) => {
    const roles = { primary: `primary-${n % PAIRS}`, standby: `standby-${n % PAIRS}` };
    return [`pair-${n}`, { ...pair, ...roles }] as const;
  });
  return {
    ...inventory,
    hosts: Object.fromEntries(many),
    sites: { [site]: { ...settings, clusters: Object.fromEntries(all) } },
  };
}
