# A customer's primary before the vendor's procedure: a registered service on a data directory whose path is as customers' are.
D='D:\Zażółć gęślą\data'
install -d -o windows -g windows '/opt/mmedica/Zażółć gęślą'
install -m 600 -o windows /dev/stdin /opt/mmedica/word <<< "$ADMIN_PASSWORD"
win "C:\\Program Files (x86)\\PostgreSQL\\17\\bin\\initdb.exe" -D "$D" -U postgres --pwfile 'D:\word' -A scram-sha-256 -E UTF8 --no-locale --no-sync > /dev/null
rm /opt/mmedica/word
cat >> '/opt/mmedica/Zażółć gęślą/data/postgresql.conf' <<'CONF'

# mMedica
ssl = on
ssl_ca_file = 'D:/certs/root.crt'
ssl_cert_file = 'D:/certs/server.crt'
ssl_key_file = 'D:/certs/server.key'
logging_collector = on
log_directory = 'pg_log'
wal_log_hints = on
CONF
win "C:\\Program Files (x86)\\PostgreSQL\\17\\bin\\pg_ctl.exe" register -N postgresmm-17 -D "$D" -w -t 120
win net start postgresmm-17
rm -f /root/secrets
