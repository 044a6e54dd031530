const DAY_MS = 86_400_000;
/** A rehearsal older than this proves little: data, hardware and configuration have gone on. */
const STALE_DAYS = 90;

/** Whole days from one moment to another. */
export function daysBetween(from: string, to: string): number {
  return Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / DAY_MS));
}

/** What the last rehearsal is worth at that moment. */
export function rehearsalAge(
  rehearsed: { readonly at: string } | null,
  now: string,
): { readonly state: 'never' | 'stale' | 'fresh'; readonly days: number } {
  if (!rehearsed) return { state: 'never', days: 0 };
  const days = daysBetween(rehearsed.at, now);
  return { state: days > STALE_DAYS ? 'stale' : 'fresh', days };
}
