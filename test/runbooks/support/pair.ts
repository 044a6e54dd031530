import type { Lab } from '../../../lab/lab.ts';
import { mustRun, sql } from '../../lab/support.ts';

/** Where the lab's servers have their data directory. */
export const DATA = '/opt/mmedica/pgsql-17/data';
const BIN = '/opt/mmedica/pgsql-17/bin';
const CERTS = '/opt/mmedica/certs';
const SLOT = 'zapas_standby';

/**
 * Makes a streaming pair of the lab's hosts the shortest way, as the setup would leave it: slot with a bound, password file, -R,
 * a service that starts at boot. Whatever was done to the hosts before, primary is the primary afterwards and standby its new copy.
 */
export async function makePair(lab: Lab): Promise<void> {
  await mustRun(
    lab,
    'primary',
    `cd ${DATA}
    rm -f recovery.conf standby.signal
    grep -q "^listen_addresses = '\\*'" postgresql.conf || sed -i "s/^listen_addresses = .*/listen_addresses = '*'/" postgresql.conf
    grep -q '^max_slot_wal_keep_size' postgresql.conf || echo "max_slot_wal_keep_size = '512MB'" >> postgresql.conf
    for peer in 12 13; do
      line="hostssl replication replication 10.77.0.$peer/32 scram-sha-256 clientcert=verify-ca"
      grep -qxF "$line" pg_hba.conf || sed -i "1i $line" pg_hba.conf
    done
    systemctl reset-failed postgresmm-17 2>/dev/null || true
    systemctl enable -q postgresmm-17
    systemctl restart postgresmm-17`,
  );
  await mustRun(lab, 'standby', 'systemctl stop postgresmm-17 2>/dev/null || true');
  await sql(
    lab,
    'primary',
    `do $$ begin
      if not exists (select from pg_roles where rolname = 'replication') then create role replication; end if;
      perform pg_drop_replication_slot(slot_name) from pg_replication_slots;
    end $$;
    alter role replication replication login password 'lab'`,
  );
  await sql(lab, 'primary', `select pg_create_physical_replication_slot('${SLOT}')`);
  await clone(lab);
}

async function clone(lab: Lab): Promise<void> {
  const conninfo = [
    `host=10.77.0.12 port=5432 user=replication application_name=${SLOT} sslmode=verify-ca`,
    `sslrootcert=${CERTS}/root.crt sslcert=${CERTS}/replication.crt sslkey=${CERTS}/replication.key`,
    'passfile=/opt/mmedica/pgsql-17/zapas-demo.pgpass',
  ].join(' ');
  const unit = await mustRun(lab, 'primary', 'cat /etc/systemd/system/postgresmm-17.service');
  await mustRun(
    lab,
    'standby',
    `cd /opt/mmedica/pgsql-17
    rm -rf ${DATA} /var/lib/zapas/aside
    (umask 077; echo '*:*:*:replication:lab' > zapas-demo.pgpass); chown postgres: . zapas-demo.pgpass
    runuser -u postgres -- ${BIN}/pg_basebackup -D ${DATA} -X stream -S ${SLOT} -c fast -R -d '${conninfo}'
    rm -f ${DATA}/pg_log/*
    printf '%s' '${unit.replaceAll("'", `'\\''`)}' > /etc/systemd/system/postgresmm-17.service
    systemctl daemon-reload
    systemctl enable -q --now postgresmm-17`,
  );
}
