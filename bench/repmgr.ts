/**
 * The write outage of a planned change of roles and of a failover: through Zapas, and by repmgr's own commands on the same pair, in
 * turns. bench/run.sh fetches repmgr's packages first. See bench/README.md.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { must, until } from '../lab/exec.ts';
import { openLab } from '../lab/lab.ts';
import type { RunbookId } from '../src/domain/runbook.ts';
import { openOffice } from '../test/e2e/office.ts';
import { mustRun, sql } from '../test/lab/support.ts';
import { makePair } from '../test/runbooks/support/pair.ts';
import { median, show } from './figures.ts';

/** Folder with the Debian packages. */
const PACKAGES = process.env['REPMGR_PACKAGES'] ?? '';
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const PG = '/opt/mmedica/pgsql-17';
const REPMGR = `cd /tmp && runuser -u postgres -- /usr/lib/postgresql/17/bin/repmgr -f /etc/repmgr.conf`;
const lab = openLab();

/** `ask HOST SQL`, and who may write is found by whoever asks for it: no redirect of either tool counts. */
const WORK = `
rm -f /run/acked /run/stop; touch /run/acked
setsid bash -c 'n=0; while [ ! -e /run/stop ]; do n=$((n+1))
  if psql -X -q "service=db host=10.77.0.12,10.77.0.13 target_session_attrs=read-write sslmode=require connect_timeout=1" \\
    -c "insert into visits (note) values (\\$\\$v$n\\$\\$)" 2>/dev/null; then date +%s%3N; fi >> /run/acked
done' >/dev/null 2>&1 </dev/null &
until [ "$(wc -l < /run/acked)" -gt 20 ]; do sleep 0.1; done`;

function streaming(): Promise<void> {
  const query = `select count(*) from pg_stat_replication where state = 'streaming'`;
  return until('the standby streams', async () => (await sql(lab, 'primary', query).catch(() => '')) === '1');
}

/** Moments of acknowledged writes, in milliseconds by the clock that all hosts share; the clients work for a moment more. */
async function acknowledged(): Promise<readonly number[]> {
  const script = 'n=$(wc -l < /run/acked); until [ "$(wc -l < /run/acked)" -gt $((n + 20)) ]; do sleep 0.1; done';
  const lines = await mustRun(lab, 'app', `${script}; touch /run/stop; sleep 0.3; cat /run/acked`);
  return lines.trim().split('\n').map(Number);
}

function longestGap(moments: readonly number[]): number {
  return Math.max(...moments.slice(1).map((at, index) => at - (moments[index] ?? at)));
}

/** A planned change of roles, as the clients saw it. */
async function plannedOutage(act: () => Promise<unknown>): Promise<number> {
  await lab.restore('both');
  await streaming();
  await mustRun(lab, 'app', WORK);
  await act();
  return longestGap(await acknowledged());
}

/** The primary dies; from the moment somebody has decided until the clients write again. `act` answers that moment. */
async function failoverOutage(act: () => Promise<number>): Promise<number> {
  await lab.restore('both');
  await streaming();
  await mustRun(lab, 'app', WORK);
  await lab.killPostgres('primary');
  const decided = await act();
  const first = (await acknowledged()).find((at) => at > decided);
  return (first ?? Number.NaN) - decided;
}

async function throughZapas(runbook: RunbookId): Promise<number> {
  const office = await openOffice(lab);
  try {
    office.startWorker();
    const { id } = await office.request(runbook);
    const run = await office.seeThrough(id);
    if (run.state !== 'succeeded') throw new Error(`${runbook} ended ${run.state}: ${JSON.stringify(run.error)}`);
    return Date.parse(run.granted?.decision?.at ?? '');
  } finally {
    await office.close();
  }
}

async function repmgr(...words: readonly string[]): Promise<number> {
  const at = Date.now();
  await mustRun(lab, 'standby', `${REPMGR} ${words.join(' ')}`);
  return at;
}

/**
 * repmgr as its manual says: a superuser of its own, sudo for the service, an SSH key between the two accounts. It finds a standby by
 * its application name, so its nodes are called as Zapas calls them.
 */
async function installRepmgr(): Promise<void> {
  const packages = readdirSync(PACKAGES).filter((name) => name.endsWith('.deb'));
  for (const [index, name] of (['primary', 'standby'] as const).entries()) {
    const { address, hostKey } = lab.host(name);
    const pinned = ['-o', `KnownHostsCommand=/bin/echo ${address} ${hostKey}`, '-o', 'UserKnownHostsFile=/dev/null'];
    const files = packages.map((file) => join(PACKAGES, file));
    await must(['scp', '-q', '-F', 'none', '-i', lab.privateKeyPath, ...pinned, ...files, `root@${address}:/root/`]);
    await mustRun(
      lab,
      name,
      `dpkg -i /root/*.deb >/dev/null || exit 1; rm /root/*.deb; ${settings(index + 1, name, address)}`,
    );
  }
  const key = 'runuser -u postgres -- ssh-keygen -q -t ed25519 -N "" -f /var/lib/postgresql/.ssh/id_ed25519';
  const home = 'install -d -m 700 -o postgres -g postgres /var/lib/postgresql/.ssh';
  const publicKey = await mustRun(
    lab,
    'standby',
    `${home}; ${key} >/dev/null; cat /var/lib/postgresql/.ssh/id_ed25519.pub`,
  );
  const keys = '/var/lib/postgresql/.ssh/authorized_keys';
  await mustRun(lab, 'primary', `${home}; echo '${publicKey.trim()}' > ${keys}; chown postgres: ${keys}`);
}

function systemctl(verb: string): string {
  return `sudo systemctl ${verb} postgresmm-17`;
}

function settings(id: number, name: string, address: string): string {
  return `
cat > /etc/repmgr.conf <<'CONF'
node_id=${id}
node_name='zapas_${name}'
conninfo='host=${address} user=repmgr dbname=repmgr connect_timeout=2'
data_directory='${PG}/data'
pg_bindir='/usr/lib/postgresql/17/bin'
ssh_options='-q -o StrictHostKeyChecking=no -o ConnectTimeout=5'
service_start_command='${systemctl('start')}'
service_stop_command='${systemctl('stop')}'
service_restart_command='${systemctl('restart')}'
service_reload_command='${systemctl('reload')}'
CONF
echo 'postgres ALL=(root) NOPASSWD: /usr/bin/systemctl' > /etc/sudoers.d/repmgr
sed -i '1i host repmgr,replication repmgr 10.77.0.0/24 trust' ${PG}/data/pg_hba.conf`;
}

/** The pair as Zapas would leave it, which repmgr knows, too. */
async function prepare(): Promise<void> {
  await makePair(lab);
  await streaming();
  await installRepmgr();
  for (const name of ['primary', 'standby']) await mustRun(lab, name, 'systemctl reload postgresmm-17');
  await sql(lab, 'primary', 'create role repmgr superuser login');
  await sql(lab, 'primary', 'create database repmgr owner repmgr');
  await mustRun(lab, 'primary', `${REPMGR} primary register 2>&1`);
  await mustRun(lab, 'standby', `${REPMGR} standby register 2>&1`);
  await lab.save('both');
}

await prepare();
const rows = {
  switchover: { zapas: [] as number[], repmgr: [] as number[] },
  failover: { zapas: [] as number[], repmgr: [] as number[] },
};
for (let round = 0; round < ROUNDS; round += 1) {
  rows.switchover.zapas.push(await plannedOutage(() => throughZapas('switchover')));
  rows.switchover.repmgr.push(await plannedOutage(() => repmgr('standby', 'switchover')));
  rows.failover.zapas.push(await failoverOutage(() => throughZapas('failover')));
  rows.failover.repmgr.push(await failoverOutage(() => repmgr('standby', 'promote')));
}
for (const [what, { zapas, repmgr: theirs }] of Object.entries(rows)) {
  show(`${what}, write outage through Zapas`, zapas, 'ms');
  show(`${what}, write outage by repmgr`, theirs, 'ms');
  console.log(`ratio of the medians: ${(median(zapas) / median(theirs)).toFixed(2)}`);
}
