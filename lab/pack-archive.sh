#!/bin/bash
# Packs PostgreSQL of the base system as the vendor ships it. Usage: pack-archive.sh BASE WORK → WORK/out/PostgreSQL-17.x-Linux.tar
# PostgreSQL finds its share folder relative to its own place only while "lib/postgresql/17/bin" stays the end of that place's path.
# So the tree keeps Debian's shape inside, and the vendor's bin is a real folder of links into it.
set -euo pipefail
base=$1 work=$2
version=$(chroot "$base" /usr/lib/postgresql/17/bin/postgres --version | grep -oE '17\.[0-9]+' | head -1)
tree=$work/tree/pgsql-17
mkdir -p "$tree"/{bin,lib/postgresql,share/postgresql} "$work/out"
cp -a "$base/usr/lib/postgresql/17" "$tree/lib/postgresql/"
cp -a "$base/usr/share/postgresql/17" "$tree/share/postgresql/"
for program in "$tree"/lib/postgresql/17/bin/*; do
  ln -s "../lib/postgresql/17/bin/${program##*/}" "$tree/bin/"
done
tar -C "$work/tree" --owner=0 --group=0 --numeric-owner --sort=name -cf "$work/out/PostgreSQL-$version-Linux.tar" pgsql-17
