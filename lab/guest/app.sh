# A workstation: it reaches the database by the name db, and whoever fails over points that name elsewhere.
. /root/secrets
cat > /usr/local/bin/zapas-redirect <<'REDIRECT'
#!/bin/sh
# zapas-redirect ADDRESS: from now on "db" is ADDRESS. The old file or the new one is there at any moment.
set -eu
[ $# -eq 1 ] || { echo "usage: zapas-redirect ADDRESS" >&2; exit 64; }
case $1 in '' | *[!0-9.]*) echo "zapas-redirect: '$1' is not an IPv4 address" >&2; exit 64 ;; esac
new=$(mktemp /etc/hosts.XXXXXX)
trap 'rm -f "$new"' EXIT
awk '$2 != "db"' /etc/hosts > "$new"
echo "$1 db" >> "$new"
chmod 644 "$new"
mv "$new" /etc/hosts
trap - EXIT
REDIRECT
chmod 755 /usr/local/bin/zapas-redirect
zapas-redirect "$DB_ADDRESS"
install -d /etc/postgresql-common
cat > /etc/postgresql-common/pg_service.conf <<'CONF'
[db]
host=db
port=5432
dbname=mmedica
user=app
sslmode=verify-full
sslrootcert=/etc/mmedica-root.crt
connect_timeout=2
CONF
for home in /root /home/zapas; do
  echo "*:5432:mmedica:app:$APP_PASSWORD" > "$home/.pgpass"
  chmod 600 "$home/.pgpass"
done
chown zapas:zapas /home/zapas/.pgpass
rm -f /root/secrets
