# A Windows host: drive D holds certificates and data, drive C the vendor's programs; WinRM lets the account «zapas» in.
. /root/secrets
rmdir /opt/mmedica/lost+found 2>/dev/null || true
install -d -m 750 -o root -g windows /etc/winrm
printf 'LAB:zapas:%s\n%s:zapas:%s\n' "$ADMIN_PASSWORD" "$(hostname)" "$ADMIN_PASSWORD" > /etc/winrm/accounts
printf 'zapas:%s\n' "$ADMIN_PASSWORD" > /etc/winrm/basic
cp /opt/mmedica/certs/server.crt /opt/mmedica/certs/server.key /etc/winrm/
chgrp windows /etc/winrm/*
chmod 640 /etc/winrm/*
chown -R windows:windows /opt/mmedica
C=/home/windows/.wine/drive_c
V="$C/Program Files (x86)/PostgreSQL/17"
win() { /opt/windows/bin/win "$@" < /dev/null; }
# OpenSSH for Windows: its login shell is cmd.
install -d -m 700 -o windows /home/windows/.ssh
install -m 600 -o windows /root/.ssh/authorized_keys /home/windows/.ssh/authorized_keys
printf 'Match User windows\n  ForceCommand /opt/windows/bin/win --line "$SSH_ORIGINAL_COMMAND"\n' > /etc/ssh/sshd_config.d/windows.conf
systemctl reload ssh
systemctl start windows.service winrm-https.service winrm-http.service
