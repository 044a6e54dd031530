import { createHash } from 'node:crypto';
import type { Lab } from '../../lab/lab.ts';
import { mustRun } from '../lab/support.ts';

const HOSTS = ['primary', 'standby', 'app'] as const;

/**
 * Prints everything on a host that a run could leave behind, line by line. Left out is only what PostgreSQL itself writes while it
 * is merely asked: its tables, WAL, statistics and log, and the file that a connection makes of the catalogue.
 */
const TRACES = `
cd /
shopt -s nullglob
data=/opt/mmedica/pgsql-17/data
echo '== files'
find /opt/mmedica /etc /var/lib/zapas /var/spool/cron /home /root /tmp /var/tmp /usr/local \\
  \\( -path "$data/base" -o -path "$data/global" -o -path "$data/pg_*" -a -type d -o -path "$data/postmaster.*" \\) -prune \\
  -o -printf '%p %y %m %u:%g %s %l\\n' 2>/dev/null | grep -v ' d ' | sort
find /opt/mmedica /var/lib/zapas -path "$data/*/*" -prune -o -type d -printf '%p %m %u:%g\\n' 2>/dev/null | sort
echo '== contents'
find /etc/systemd/system /opt/mmedica/certs /etc/nftables.conf /etc/passwd /etc/hosts /opt/mmedica/pgsql-17/*.pgpass -type f -exec sha256sum {} + | sort -k 2
(cd "$data" 2>/dev/null && sha256sum *.conf *.signal PG_VERSION)
echo '== services'
systemctl list-units --all --plain --no-legend '*postgres*' 'zapas*' | awk '{ print $1, $2, $3, $4 }'
systemctl is-enabled postgresmm-17 2>&1
nft list ruleset 2>/dev/null
pgrep -c -x postgres >/dev/null && head -1 "$data/postmaster.pid"
echo '== database'
ask() { runuser -u postgres -- /opt/mmedica/pgsql-17/bin/psql -XAtq -d postgres -c "$1" 2>&1; }
ask "select rolname, rolsuper, rolreplication, rolcanlogin, rolpassword from pg_authid order by 1"
ask "select slot_name, slot_type, active from pg_replication_slots order by 1"
ask "select name, setting, pending_restart from pg_settings where source not in ('client', 'session') order by 1"
ask "select pg_is_in_recovery(), pg_postmaster_start_time(), pg_conf_load_time()"
ask "select spcname from pg_tablespace order by 1"
true`;

/** What each host bears of us, as text; the same before and after means that it was left as it was. */
export interface Traces {
  readonly digest: string;
  readonly text: string;
}

/** Looks at all hosts past their networks, so a cable that is out makes no difference. */
export async function tracesOn(lab: Lab): Promise<Traces> {
  const texts = await Promise.all(HOSTS.map(async (host) => `=== ${host}\n${await mustRun(lab, host, TRACES)}`));
  const text = texts.join('');
  return { text, digest: createHash('sha256').update(text).digest('hex') };
}
