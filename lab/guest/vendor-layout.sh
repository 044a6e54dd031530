# The vendor's directories: bin is a real folder, so that ../data means what the manual means by it.
V=/opt/mmedica/pgsql-17
rmdir /opt/mmedica/lost+found 2>/dev/null || true
install -d "$V" "$V/bin"
ln -sf /usr/lib/postgresql/17/bin/* "$V/bin/"
chown -R postgres:postgres /opt/mmedica
chmod 600 /opt/mmedica/certs/*.key
