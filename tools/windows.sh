#!/usr/bin/env bash
# `npm run test:windows`: the gateway on the lab's Windows hosts. Their base system is built once (some 5 minutes) and kept.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/prepare.sh
export PATH=$PWD/node_modules/.bin:$PATH
if [ "$(id -u)" != 0 ] || [ "$(uname -s)" != Linux ] || [ "$(uname -m)" != x86_64 ]; then
  printf '\n*** SKIPPED: the Windows hosts of the lab need root on an x64 Linux ***\n\n'
  exit 0
fi
if ! command -v dotnet >/dev/null; then
  printf '\n*** SKIPPED: no dotnet (the .NET SDK 10), which brings the real PowerShell ***\n\n'
  exit 0
fi
name=windows
cleanup() { tsx lab/cli.ts down --name "$name" --purge >/dev/null || true; }
trap cleanup EXIT
tsx lab/cli.ts up --windows --name "$name"
# Tests that change the pair put it back.
tsx lab/cli.ts save --name "$name" fresh
ZAPAS_LAB=$name tsx lab/cli.ts exec --name "$name" -- vitest run --config vitest.windows.config.ts
