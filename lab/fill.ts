/**
 * Leaves no free byte below /opt/mmedica. The blocks are reserved and not written, so this machine's own disk hardly notices.
 * Idempotent.
 * @param mustRun runs a root script inside the host
 */
export async function fill(mustRun: (script: string) => Promise<string>): Promise<void> {
  // One reservation of everything can fail on the file system's own bookkeeping, so what is left is asked for in ever smaller pieces.
  await mustRun(`cd /opt/mmedica
    free() { df --block-size=1 --output=avail . | tail -1 | tr -d ' '; }
    size() { stat -c %s .filler 2>/dev/null || echo 0; }
    piece=$(free)
    while [ "$(free)" -gt 0 ] && [ "$piece" -ge 4096 ]; do
      fallocate --offset "$(size)" --length $((piece / 4096 * 4096)) .filler 2>/dev/null || piece=$((piece / 2))
      left=$(free); [ "$piece" -le "$left" ] || piece=$left
    done
    [ "$(free)" -eq 0 ]`);
}
