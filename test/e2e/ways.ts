import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { mustRun } from '../lab/support.ts';

const ZONE = `$TTL 2
@ IN SOA ns admin 1 60 60 60 1
@ IN NS ns
ns IN A 127.0.0.1
db IN A 10.77.0.12`;

const NAMED = `options { directory "/var/cache/bind"; listen-on { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; dnssec-validation no; };
include "/etc/bind/zapas.key";
zone "klinika.test" { type primary; file "/var/lib/bind/klinika.test"; update-policy { grant zapas zonesub A; }; };`;

const HAPROXY = `global
	stats socket /run/haproxy/admin.sock mode 660 level admin
	user haproxy
	group haproxy
defaults
	mode tcp
	timeout connect 2s
	timeout client 1h
	timeout server 1h
listen other
	bind 127.0.0.1:5434
	server db 10.77.0.12:5432
frontend mmedica_in
	bind 127.0.0.1:5433
	default_backend mmedica
backend mmedica
	server db 10.77.0.12:5432 check inter 1s  # the server room`;

const PGBOUNCER = `; the clinic's pooler
[databases]
other = host=10.77.0.12 dbname=mmedica
mmedica = host=10.77.0.12 port=5432 dbname=mmedica

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = 6432
unix_socket_dir = /var/run/postgresql
auth_type = scram-sha-256
auth_file = /etc/pgbouncer/userlist.txt
pool_mode = transaction
server_tls_sslmode = verify-ca
server_tls_ca_file = /etc/mmedica-root.crt
server_login_retry = 1`;

/** By these services of pg_service.conf a program on the host `app` reaches the primary. */
export type Way = 'dns' | 'haproxy' | 'pgbouncer';

const ENTRANCES: Readonly<Record<Way, string>> = {
  dns: 'host=db.klinika.test\nport=5432',
  haproxy: 'host=127.0.0.1\nport=5433',
  pgbouncer: 'host=127.0.0.1\nport=6432',
};

/** A name server, a proxy and a pooler on the host `app`, each of which leads to the primary. */
export async function openWays(lab: Lab): Promise<void> {
  const password = readFileSync(join(lab.dir, 'keys', 'app.password'), 'utf8').trim();
  const services = Object.entries(ENTRANCES).map(
    ([way, entrance]) =>
      `[${way}]\n${entrance}\ndbname=mmedica\nuser=app\nsslmode=prefer\npassfile=/root/app.pgpass\nconnect_timeout=4`,
  );
  await mustRun(
    lab,
    'app',
    `umask 077
echo '*:*:*:app:${password}' > /root/app.pgpass
umask 022
cat >> /etc/postgresql-common/pg_service.conf <<'END'
${services.join('\n')}
END
tsig-keygen zapas > /etc/bind/zapas.key; chown root:bind /etc/bind/zapas.key; chmod 640 /etc/bind/zapas.key
cat > /etc/bind/named.conf <<'END'
${NAMED}
END
cat > /var/lib/bind/klinika.test <<'END'
${ZONE}
END
chown bind: /var/lib/bind/klinika.test
echo 'nameserver 127.0.0.1' > /etc/resolv.conf
cat > /etc/haproxy/haproxy.cfg <<'END'
${HAPROXY}
END
cat > /etc/pgbouncer/pgbouncer.ini <<'END'
${PGBOUNCER}
END
echo '"app" "${password}"' > /etc/pgbouncer/userlist.txt
chown postgres: /etc/pgbouncer/*
systemctl unmask -q named haproxy pgbouncer
systemctl restart named haproxy pgbouncer`,
  );
}
