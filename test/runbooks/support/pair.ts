import type { Lab } from '../../../lab/lab.ts';
import { mustRun, sql } from '../../lab/support.ts';

/** Where the lab's servers have their data directory. */
export const DATA = '/opt/mmedica/pgsql-17/data';
const BIN = '/opt/mmedica/pgsql-17/bin';
const CERTS = '/opt/mmedica/certs';
const SLOT = 'zapas_standby';

/**
 * Makes a streaming pair of a fresh lab the shortest way, as the setup would leave it: slot with a bound, password file, -R,
 * a service that starts at boot. For tests of what comes after the setup.
 */
export async function makePair(lab: Lab): Promise<void> {
  await sql(lab, 'primary', `create role replication replication login password 'lab'`);
  await mustRun(
    lab,
    'primary',
    `cd ${DATA}
    sed -i "s/^listen_addresses = .*/listen_addresses = '*'/" postgresql.conf
    echo "max_slot_wal_keep_size = '512MB'" >> postgresql.conf
    for peer in 12 13; do echo "hostssl replication replication 10.77.0.$peer/32 scram-sha-256 clientcert=verify-ca" >> pg_hba.conf; done
    systemctl restart postgresmm-17`,
  );
  await sql(lab, 'primary', `select pg_create_physical_replication_slot('${SLOT}')`);
  const conninfo = [
    'host=10.77.0.12 port=5432 user=replication application_name=zapas_standby sslmode=verify-ca',
    `sslrootcert=${CERTS}/root.crt sslcert=${CERTS}/replication.crt sslkey=${CERTS}/replication.key`,
    'passfile=/opt/mmedica/pgsql-17/zapas-demo.pgpass',
  ].join(' ');
  const unit = await mustRun(lab, 'primary', 'cat /etc/systemd/system/postgresmm-17.service');
  await mustRun(
    lab,
    'standby',
    `cd /opt/mmedica/pgsql-17
    (umask 077; echo '*:*:*:replication:lab' > zapas-demo.pgpass); chown postgres: zapas-demo.pgpass; chmod 755 .; chown postgres: .
    runuser -u postgres -- ${BIN}/pg_basebackup -D ${DATA} -X stream -S ${SLOT} -c fast -R -d '${conninfo}'
    rm -f ${DATA}/pg_log/*
    printf '%s' '${unit.replaceAll("'", `'\\''`)}' > /etc/systemd/system/postgresmm-17.service
    systemctl daemon-reload
    systemctl enable -q --now postgresmm-17`,
  );
}
