#!/usr/bin/env bash
# Runs a command inside the controller namespace of a lab of its own, and takes the lab down afterwards, whatever happened.
#   tools/in-lab.sh LAB COMMAND…
set -euo pipefail
name=$1
shift
cleanup() { tsx lab/cli.ts down --name "$name" --purge >/dev/null || true; }
trap cleanup EXIT
tsx lab/cli.ts up --name "$name"
ZAPAS_LAB=$name tsx lab/cli.ts exec --name "$name" -- "$@"
