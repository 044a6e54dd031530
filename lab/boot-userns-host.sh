#!/bin/bash
# Boots one host without root: run by "unshare" in new mount, pid, uts and ipc namespaces of the lab's own user namespace.
# Usage: boot-userns-host.sh BASE HOSTDIR
set -euo pipefail
base=$1 dir=$2 root=$2/root
mount -t overlay overlay -o "userxattr,lowerdir=$base,upperdir=$dir/upper,workdir=$dir/work" "$root"
mkdir -p "$root/opt/mmedica"
mount --bind "$dir/volume" "$root/opt/mmedica"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
chmod 1777 "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
for n in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${n%%:*}" "$root/dev/${n#*:}"; done
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
hostname "$(cat "$root/etc/hostname")"
# The locale that systemd has by itself: without UTF-8 PostgreSQL writes its Polish messages with question marks.
echo LANG=C.UTF-8 > "$root/etc/locale.conf"
mkdir -p "$root/run/lock" "$root/run/sshd" "$root/var/log/journal"
chroot "$root" install -d -o postgres -g postgres -m 2775 /run/postgresql
exec chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin /usr/bin/systemctl init
