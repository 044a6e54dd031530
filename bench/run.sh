#!/usr/bin/env bash
# Runs a bench in a lab of its own; whatever it compares Zapas with is installed first, since nothing can be fetched from inside a lab.
#   bench/run.sh NAME        (bench/NAME.ts)
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/node_modules/.bin:$PATH

# The packages of Debian 13, which the lab's hosts run, by this machine's apt; it may be another Debian itself.
fetch_repmgr() { # FOLDER
  local options=(-o "Dir::State::lists=$1/lists" -o "Dir::Cache=$1/cache" -o "Dir::Etc::sourcelist=$1/sources.list"
    -o Dir::Etc::sourceparts=- -o APT::Sandbox::User=root -qq)
  mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
  echo "deb ${DEBIAN_MIRROR:-http://deb.debian.org/debian} trixie main" >"$1/sources.list"
  apt-get "${options[@]}" update
  (cd "$1" && apt-get "${options[@]}" download postgresql-17-repmgr repmgr-common libjson-c5)
}

case ${1:?usage: bench/run.sh NAME} in
  watch) tools/prepare.sh ansible:ansible ;;
  repmgr)
    REPMGR_PACKAGES=$(mktemp -d)
    export REPMGR_PACKAGES
    trap 'rm -rf "$REPMGR_PACKAGES"' EXIT
    fetch_repmgr "$REPMGR_PACKAGES"
    ;;
esac
tools/in-lab.sh bench tsx "bench/$1.ts"
