#!/usr/bin/env bash
# `npm run demo`: the whole story on two real hosts of this machine. `-- --interactive` hands the keyboard over instead.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(uname -s)" != Linux ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  printf '%s\n' 'zapas: the demo makes two real servers (systemd, sshd, PostgreSQL 17) in network namespaces of this machine.' \
    '       For that it needs root on Debian 12 or newer, for example: sudo npm run demo' >&2
  exit 1
fi
printf 'Preparing (only what is missing is installed):\n'
tools/prepare.sh
export PATH=$PWD/node_modules/.bin:$PATH
tsx lab/cli.ts install
exec tools/in-lab.sh demo tsx demo/story.ts "$@"
