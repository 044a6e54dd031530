# A host on which nobody has ever installed PostgreSQL: only the user and the system's libraries are there.
rmdir /opt/mmedica/lost+found 2>/dev/null || true
find /usr/bin -lname '*pg_wrapper' -delete
rm -rf /usr/lib/postgresql /usr/share/postgresql /usr/share/postgresql-common/pg_wrapper
chown -R postgres:postgres /opt/mmedica
chmod 600 /opt/mmedica/certs/*.key
