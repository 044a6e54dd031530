#!/bin/bash
# Boots one host. Run by "unshare --mount", so its disks are mounted where no other host and nobody else sees them: they cannot
# be held open by a neighbour that started meanwhile, and they go away with the host however it ends.
# Usage: boot-host.sh CGROUP BASE HOSTDIR COMMAND…
set -euo pipefail
cgroup=$1 base=$2 dir=$3
shift 3
echo $$ > "$cgroup/cgroup.procs"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$dir/upper,workdir=$dir/work" "$dir/root"
mount -o loop,noatime "$dir/volume.img" "$dir/volume"
mkdir -p "$dir/root/opt/mmedica"
exec "$@"
