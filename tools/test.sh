#!/usr/bin/env bash
# `npm test`: everything that proves Zapas, from lint to the end-to-end tests on the lab's hosts. Installs what it needs.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/prepare.sh chromium:chromium redis-server:redis-server openssh-server:sshd openssh-client:ssh-keygen sudo:sudo
export PATH=$PWD/node_modules/.bin:$PATH
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

step() {
  printf '\n== %s\n' "$1"
  shift
  "$@"
}

step 'types' tsc -p . --noEmit
step 'lint' oxlint --type-aware src test lab demo bench tools
step 'format' biome check .
step 'dead code' knip
step 'generated documents' tsx tools/docs.ts --check
if [ "$(id -u)" = 0 ] && [ "$(uname -s)" = Linux ] && command -v apt-get >/dev/null; then hosts=yes; else hosts=no; fi
if [ $hosts = yes ]; then
  step 'lab: install' tsx lab/cli.ts install
  # A first run builds the hosts' base system: before the tests, so that none of them waits for it.
  step 'lab: base system' tools/in-lab.sh test-base true
fi
status=0
step 'unit, contract and property tests' vitest run --reporter=default --reporter=json --outputFile.json="$results/unit.json" || status=1
# In parts, each in a lab of its own: most of their time is waiting for servers.
parts=3
end_to_end() {
  tools/in-lab.sh "test-$1" vitest run --config vitest.e2e.config.ts --shard="$1/$parts" \
    --reporter=default --reporter=json --outputFile.json="$results/e2e-$1.json"
}
if [ $hosts = yes ]; then
  printf '\n== end-to-end tests on the lab\n'
  running=()
  for part in $(seq $parts); do
    end_to_end "$part" >"$results/part-$part.log" 2>&1 &
    running+=($!)
  done
  for process in "${running[@]}"; do wait "$process" || status=1; done
  cat "$results"/part-*.log
else
  printf '\n== end-to-end tests SKIPPED: the lab needs root on Debian (systemd hosts in network namespaces)\n'
fi
node tools/summary.mjs "$results"/*.json
exit $status
