const MEGABYTE = 1024 * 1024;
/** Less than this would be used up by an hour's standstill. */
const LEAST_MEGABYTES = 256;

/**
 * How much WAL a slot may keep back on a volume with that much free: the largest power of two that is at most half of it, so that
 * the primary never fills up for its standby's sake (H13). Undefined when the volume has no room for that.
 */
export function slotBoundMegabytes(availableBytes: number): number | undefined {
  const half = availableBytes / MEGABYTE / 2;
  return half < LEAST_MEGABYTES ? undefined : 2 ** Math.floor(Math.log2(half));
}
