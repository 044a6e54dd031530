#!/usr/bin/env bash
# `npm test`: everything that proves Zapas, from lint to the end-to-end tests on the lab's hosts. Installs what it needs.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/prepare.sh redis-server:redis-server openssh-server:sshd
export PATH=$PWD/node_modules/.bin:$PATH
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

step() {
  printf '\n== %s\n' "$1"
  shift
  "$@"
}

step 'types' tsc -p . --noEmit
step 'lint' oxlint --type-aware src test lab bench tools
step 'format' biome check src test lab bench tools ./*.json
step 'dead code' knip
step 'generated documents' tsx tools/docs.ts --check
status=0
step 'unit, contract and property tests' vitest run --reporter=default --reporter=json --outputFile.json="$results/unit.json" || status=1
if [ "$(id -u)" = 0 ] && [ "$(uname -s)" = Linux ] && command -v apt-get >/dev/null; then
  step 'lab: install' tsx lab/cli.ts install
  step 'end-to-end tests on the lab' tools/in-lab.sh test vitest run --config vitest.e2e.config.ts \
    --reporter=default --reporter=json --outputFile.json="$results/e2e.json" || status=1
else
  printf '\n== end-to-end tests SKIPPED: the lab needs root on Debian (systemd hosts in network namespaces)\n'
fi
node tools/summary.mjs "$results"/*.json
exit $status
