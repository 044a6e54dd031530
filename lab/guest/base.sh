# What a customer's host has, and without what only costs time in a lab. Runs inside the new base system.
localedef -i pl_PL -f UTF-8 pl_PL.UTF-8
localedef -i en_US -f UTF-8 en_US.UTF-8
useradd --create-home --shell /bin/bash zapas
echo 'zapas ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/zapas
chmod 0440 /etc/sudoers.d/zapas
rm -f /etc/ssh/ssh_host_* /etc/machine-id /etc/hostname /etc/resolv.conf
printf 'HostKey /etc/ssh/ssh_host_ed25519_key\nPasswordAuthentication no\n' > /etc/ssh/sshd_config.d/lab.conf
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \
  e2scrub_reap.service ufw.service firewalld.service named.service haproxy.service pgbouncer.service postgresql.service systemd-firstboot.service getty.target console-getty.service; do
  ln -sf /dev/null "/etc/systemd/system/$unit"
done
# Where there is no systemd, its replacement is a Python program; it greets every caller with warnings about its own source.
if head -1 /usr/bin/systemctl | grep -q python3; then
  sed -i '1s|.*|#!/usr/bin/python3 -W ignore|' /usr/bin/systemctl
  for unit in sudo nftables procps; do ln -sf /dev/null "/etc/systemd/system/$unit.service"; done
fi
rm -rf /var/lib/apt/lists/* /var/cache/apt/*
