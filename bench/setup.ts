/**
 * Setup of a pair with a database of 1 GB over a line of 1 Gb/s (M04), or of `LINE`: through Zapas, against the same commands typed by a
 * script on the hosts, in turns. What people take to attest and confirm does not count. See bench/README.md.
 */
import { openLab } from '../lab/lab.ts';
import { openOffice } from '../test/e2e/office.ts';
import { mustRun } from '../test/lab/support.ts';
import { median, ROUNDS, show } from './figures.ts';

const PG = '/opt/mmedica/pgsql-17';
const CERTS = '/opt/mmedica/certs';
/** About 15 MB each. */
const PGBENCH_SCALE = 68;
/** As tc writes it. */
const LINE = process.env['LINE'] ?? '1gbit';
const lab = openLab();

/** Seconds from the request to the end of the run, less the time its gates were open. */
async function throughZapas(): Promise<number> {
  const office = await openOffice(lab);
  try {
    office.startWorker();
    // A worker that serves: it is there before anybody asks, and somebody has looked at the pair before.
    const { id: look } = await office.request('check');
    await office.seeThrough(look);
    const { id } = await office.request('setup');
    const run = await office.seeThrough(id, 300);
    if (run.state !== 'succeeded') throw new Error(`setup ended ${run.state}: ${JSON.stringify(run.error)}`);
    const events = (await office.store.audit.read(id)).map(({ event }) => event);
    const at = (index: number): number => Date.parse(events.at(index)?.at ?? '');
    const waits = events.map((event, index) => (event.type === 'gate-opened' ? at(index + 1) - at(index) : 0));
    return (at(-1) - at(0) - waits.reduce((sum, wait) => sum + wait)) / 1_000;
  } finally {
    await office.close();
  }
}

const AS = 'as() { runuser -u postgres -- "$@"; }; cd /tmp';

const ON_PRIMARY = `set -eu; ${AS}
cd ${PG}/data
sed -i "s/^listen_addresses = .*/listen_addresses = '*'/" postgresql.conf
systemctl restart postgresmm-17
echo 'hostssl replication replication 10.77.0.13/32 scram-sha-256 clientcert=verify-ca' >> pg_hba.conf
as ${PG}/bin/psql -Xqd postgres <<'SQL'
select pg_reload_conf();
create role replication login replication password 'typed by hand';
alter system set max_slot_wal_keep_size = '1024MB';
select pg_reload_conf();
select pg_create_physical_replication_slot('zapas_standby', true);
SQL
cat /etc/systemd/system/postgresmm-17.service`;

const ON_STANDBY = (unit: string): string => `set -eu; ${AS}
cd ${PG}
(umask 077; echo '*:*:*:replication:typed by hand' > typed.pgpass); chown postgres: . typed.pgpass
install -d -m 700 -o postgres -g postgres data
as bin/pg_basebackup --pgdata=data --format=plain --write-recovery-conf --wal-method=stream --slot=zapas_standby \
  --checkpoint=fast --manifest-checksums=SHA256 --progress -d 'host=10.77.0.12 port=5432 user=replication application_name=zapas_standby sslmode=verify-ca \
  sslrootcert=${CERTS}/root.crt sslcert=${CERTS}/replication.crt sslkey=${CERTS}/replication.key passfile=${PG}/typed.pgpass' 2>/dev/null
as bin/pg_verifybackup --quiet data
cat > /etc/systemd/system/postgresmm-17.service <<'UNIT'
${unit}
UNIT
systemctl daemon-reload
systemctl enable --quiet postgresmm-17
systemctl start postgresmm-17`;

const STREAMS = `${AS}
until [ "$(as ${PG}/bin/psql -XAtqd postgres -c 'select state from pg_stat_replication')" = streaming ]; do sleep 0.05; done`;

/** Seconds of the same by script, with no check but that it streams. */
async function byScript(): Promise<number> {
  const begun = performance.now();
  await mustRun(lab, 'standby', ON_STANDBY(await mustRun(lab, 'primary', ON_PRIMARY)));
  await mustRun(lab, 'primary', STREAMS);
  return (performance.now() - begun) / 1_000;
}

async function bare(): Promise<void> {
  await lab.restore('one-gigabyte');
  await lab.slow('standby', LINE);
}

await mustRun(
  lab,
  'primary',
  `${AS}; as ${PG}/bin/pgbench -iqn -I dtGvp -s ${PGBENCH_SCALE} -d mmedica 2>/dev/null; as ${PG}/bin/psql -Xqd mmedica -c checkpoint`,
);
const size = await mustRun(lab, 'primary', `du -sm ${PG}/data/base | cut -f1`);
await lab.save('one-gigabyte');
const zapas: number[] = [];
const script: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  await bare();
  zapas.push(await throughZapas());
  await bare();
  script.push(await byScript());
}
console.log(`setup of a database of ${size.trim()} MB over ${LINE}`);
show('through Zapas, every check', zapas, 's');
show('typed by a script, no check', script, 's');
console.log(`ratio of the medians: ${(median(zapas) / median(script)).toFixed(2)}`);
console.log(`difference of the medians: ${(median(zapas) - median(script)).toFixed(1)} s`);
