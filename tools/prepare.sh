#!/usr/bin/env bash
# Installs what the two commands of the README need, once, and says what it does: npm packages always, Debian packages when
# they are named. Second runs do nothing.
#   tools/prepare.sh [debian-package:program …]
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '  %s\n' "$*"; }
die() {
  printf 'zapas: %s\n' "$@" >&2
  exit 1
}

install_npm_packages() {
  command -v npm >/dev/null || die 'npm is missing. Install Node.js 20.18 or newer, which brings it: https://nodejs.org'
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 18) ? 0 : 1)' ||
    die "Node $(node --version) is too old; Zapas needs 20.18 or newer: https://nodejs.org"
  local stamp=node_modules/.zapas-stamp want
  want=$(sha256sum package-lock.json | cut -d' ' -f1)
  [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && return
  say 'installing the npm packages of package-lock.json …'
  # Not npm ci: it refuses a lock file made where the registry has no packages for other platforms.
  npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error
  printf '%s' "$want" >"$stamp"
}

install_debian_packages() {
  local missing=() pair
  for pair in "$@"; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${pair#*:}" >/dev/null || missing+=("${pair%%:*}")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || die "missing: ${missing[*]}. This machine has no apt-get; install them by its own means."
  [ "$(id -u)" = 0 ] || die "missing: ${missing[*]}. Run as root, or first: sudo apt-get install ${missing[*]}"
  say "installing Debian packages: ${missing[*]} …"
  apt-get -qq -o DPkg::Lock::Timeout=300 update
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "${missing[@]}" >/dev/null
}

install_npm_packages
install_debian_packages "$@"
