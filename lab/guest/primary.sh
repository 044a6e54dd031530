# A customer's primary before the vendor's procedure. Wants: V, DATA_MIB, WAL_SAFETY, MESSAGES and the file /root/secrets.
. /root/secrets
rm -rf "$V/data"
install -d -m 700 -o postgres -g postgres "$V/data"
checksums=(); [ "$WAL_SAFETY" = checksums ] && checksums=(--data-checksums)
as_postgres() { setpriv --reuid postgres --regid postgres --init-groups -- env -C / HOME=/var/lib/postgresql "$@"; }
as_postgres "$V/bin/initdb" -D "$V/data" --encoding=UTF8 --locale=C.UTF-8 --lc-messages="$MESSAGES" \
  --auth-local=peer --auth-host=scram-sha-256 --no-sync "${checksums[@]}" >/dev/null
sed -i "s/^#listen_addresses = 'localhost'/listen_addresses = 'localhost'/" "$V/data/postgresql.conf"
cat >> "$V/data/postgresql.conf" <<CONF

# mMedica
ssl = on
ssl_ca_file = '/opt/mmedica/certs/root.crt'
ssl_cert_file = '/opt/mmedica/certs/server.crt'
ssl_key_file = '/opt/mmedica/certs/server.key'
logging_collector = on
log_directory = 'pg_log'
CONF
[ "$WAL_SAFETY" = hints ] && echo 'wal_log_hints = on' >> "$V/data/postgresql.conf"
cat > "$V/data/pg_hba.conf" <<'CONF'
# TYPE  DATABASE        USER            ADDRESS                 METHOD
local   all             all                                     peer
host    all             all             127.0.0.1/32            scram-sha-256
host    all             all             ::1/128                 scram-sha-256
hostssl mmedica         all             10.77.0.0/24            scram-sha-256
CONF
cat > /etc/systemd/system/postgresmm-17.service <<UNIT
[Unit]
Description=mMedica PostgreSQL 17
After=network.target

[Service]
Type=notify
User=postgres
ExecStart=$V/bin/postgres -D $V/data
ExecReload=/bin/kill -HUP \$MAINPID
KillMode=mixed
KillSignal=SIGINT
TimeoutSec=120

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --quiet postgresmm-17
systemctl restart postgresmm-17
psql() { as_postgres "$V/bin/psql" -XAtq -v ON_ERROR_STOP=1 "$@"; }
psql -d postgres <<SQL
create role admin superuser login password '$ADMIN_PASSWORD';
create role app login password '$APP_PASSWORD';
create database mmedica owner admin;
SQL
psql -d mmedica <<'SQL'
create table visits (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  note text not null default '',
  server inet default inet_server_addr()
);
grant all on visits to app;
SQL
as_postgres "$V/bin/pgbench" -iqn -I dtGvp -s $(((DATA_MIB + 14) / 15)) -d mmedica 2>/dev/null
psql -d mmedica -c 'grant select, insert, update, delete on all tables in schema public to app' -c checkpoint
rm -f /root/secrets
