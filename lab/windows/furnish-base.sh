# What makes the base system Windows-like: an ordinary account whose Wine prefix is drive C, with the lab's PowerShell where
# Windows has its own. Runs inside the new base system.
useradd --create-home --shell /bin/bash windows
chmod 755 /opt/windows/bin/*
chmod -R a+rX /opt/windows
install -d -m 700 -o windows /run/windows
export WINEDEBUG=-all WINEPREFIX=/home/windows/.wine XDG_RUNTIME_DIR=/run/windows HOME=/home/windows LANG=pl_PL.UTF-8
as_windows() { setpriv --reuid windows --regid windows --init-groups -- "$@" </dev/null; }
cd /
as_windows wine wineboot --init >/dev/null 2>&1
as_windows wineserver --wait
c=$WINEPREFIX/drive_c
# Wine's own powershell.exe says nothing and answers 0: with it every test would pass.
shell=$c/windows/system32/WindowsPowerShell/v1.0
rm -rf "$shell"
as_windows ln -s /opt/windows/powershell "$shell"
as_windows ln -s /opt/mmedica "$WINEPREFIX/dosdevices/d:"
# The drive that is the whole of Linux is no business of a Windows host.
rm -f "$WINEPREFIX/dosdevices/z:"
as_windows mkdir -p "$c/Program Files (x86)/PostgreSQL"
systemctl enable --quiet windows.service winrm-https.service winrm-http.service
