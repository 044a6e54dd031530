#!/bin/bash
# PostgreSQL's client programs for Windows, which no package has: cross-compiled from Debian's source (about 4 minutes, once).
# Usage: build-tools.sh TARGET   (a folder that must not exist; the caller renames it when this has succeeded)
set -euo pipefail
target=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mirror=${2:-http://deb.debian.org/debian}
packages=gcc-mingw-w64-x86-64-win32,bison,flex,make,perl,bzip2,dpkg-dev,gcc,libc6-dev
nice -n 10 mmdebstrap --quiet --mode=root --format=directory --variant=minbase --include=$packages \
  --dpkgopt='force-unsafe-io' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  trixie "$root" "deb $mirror trixie main" "deb-src $mirror trixie main"
cp /etc/resolv.conf "$root/etc/resolv.conf"
cat > "$root/build.sh" <<'BUILD'
set -euo pipefail
mkdir /build && cd /build
apt-get -qq update
apt-get -qq source --download-only postgresql-17
tar -xf postgresql-17_*.orig.tar.*
cd postgresql-17*/
./configure --quiet --host=x86_64-w64-mingw32 --without-readline --without-zlib --without-icu
make -s -j2 -C src/backend generated-headers
for dir in common port fe_utils interfaces/libpq bin/pg_basebackup bin/pg_controldata bin/pg_rewind bin/pg_verifybackup \
  bin/pg_waldump bin/psql bin/scripts; do make -s -j2 -C "src/$dir" all; done
mkdir /tools
cp src/bin/*/{pg_basebackup,pg_controldata,pg_rewind,pg_verifybackup,pg_waldump,psql,pg_isready}.exe /tools 2>/dev/null || true
[ "$(ls /tools | wc -l)" -eq 7 ]
BUILD
nice -n 10 unshare --mount --fork bash -c 'mount --bind /proc "$0/proc" && mount --bind /dev "$0/dev" && exec chroot "$0" bash /build.sh' "$root" >&2
cp -r "$root/tools" "$target"
