#!/bin/bash
# The root file system that all lab hosts share: Debian 13 with PostgreSQL 17, sshd and a service manager.
# Usage: build-base.sh systemd|userns TARGET   (TARGET must not exist; the caller renames it when this has succeeded)
#   systemd   a folder, made by root
#   userns    a tar file, made by anybody; no systemd in it, but a systemctl that starts and stops units without one
set -euo pipefail
kind=$1 target=$2
here=$(dirname "$(realpath "$0")")
packages=(
  openssh-server sudo iproute2 procps iputils-ping nftables ca-certificates openssl
  postgresql-17 locales zstd curl python3-minimal
)
case $kind in
  systemd) packages+=(systemd-sysv dbus ufw firewalld bind9 bind9-dnsutils haproxy pgbouncer); how=(--mode=root --format=directory) ;;
  userns) packages+=(systemctl); how=(--mode=unshare --format=tar) ;;
esac

# The machine's own mirrors, in case the default one cannot be reached.
mirrors_of_this_machine() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sort -u | grep -E '/debian/?$' | head -1
}

bootstrap() { # [mirror]
  # The guest's part travels in the hook itself: whoever runs the hook may not be able to read this folder.
  mmdebstrap --quiet "${how[@]}" --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" \
    --dpkgopt='force-unsafe-io' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --essential-hook='mkdir -p "$1/etc/postgresql-common" && echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"' \
    --customize-hook="echo $(base64 -w0 "$here/guest/base.sh") | base64 -d | chroot \"\$1\" /bin/bash -euo pipefail" \
    trixie "$target" "$@"
}

if ! bootstrap; then
  rm -rf "$target"
  mirror=$(mirrors_of_this_machine)
  [ -n "$mirror" ] || { echo 'no Debian mirror answers and apt knows none' >&2; exit 1; }
  echo 'the default mirror failed, trying the one of this machine' >&2
  bootstrap "$mirror"
fi
