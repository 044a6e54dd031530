#!/bin/bash
# The root file system that all lab hosts share: Debian 13 with PostgreSQL 17, systemd and sshd.
# Usage: build-base.sh TARGET   (as root; TARGET must not exist; the caller renames it when this has succeeded)
set -euo pipefail
target=$1
packages=(
  systemd-sysv dbus openssh-server sudo iproute2 procps iputils-ping nftables ca-certificates openssl
  postgresql-17 locales zstd curl python3-minimal
)

# The machine's own mirrors, in case the default one cannot be reached.
mirrors_of_this_machine() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sort -u | grep -E '/debian/?$' | head -1
}

bootstrap() { # [mirror]
  # policy-rc.d and the sandboxes' apt hooks concern the outer machine; nothing of it enters the root.
  mmdebstrap --quiet --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" \
    --dpkgopt='force-unsafe-io' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --essential-hook='mkdir -p "$1/etc/postgresql-common" && echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"' \
    trixie "$target" "$@"
}

if ! bootstrap; then
  rm -rf "$target"
  mirror=$(mirrors_of_this_machine)
  [ -n "$mirror" ] || { echo 'no Debian mirror answers and apt knows none' >&2; exit 1; }
  echo 'the default mirror failed, trying the one of this machine' >&2
  bootstrap "$mirror"
fi

# What a customer's host has and what only costs time in a lab.
chroot "$target" /bin/bash -euo pipefail <<'GUEST'
localedef -i pl_PL -f UTF-8 pl_PL.UTF-8
localedef -i en_US -f UTF-8 en_US.UTF-8
useradd --create-home --shell /bin/bash zapas
echo 'zapas ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/zapas
chmod 0440 /etc/sudoers.d/zapas
rm -f /etc/ssh/ssh_host_* /etc/machine-id /etc/hostname /etc/resolv.conf
printf 'HostKey /etc/ssh/ssh_host_ed25519_key\nPasswordAuthentication no\n' > /etc/ssh/sshd_config.d/lab.conf
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \
  e2scrub_reap.service postgresql.service systemd-firstboot.service getty.target console-getty.service; do
  ln -sf /dev/null "/etc/systemd/system/$unit"
done
rm -rf /var/lib/apt/lists/* /var/cache/apt/*
GUEST
