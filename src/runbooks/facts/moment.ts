import { text } from '../../domain/command.ts';
import type { Fact } from '../../domain/step.ts';
import { powershell } from './powershell.ts';
import { keyValues, script, unreadable } from './shell.ts';

/** A moment that was noted in a file, and what the same clock says now; both in milliseconds since 1970. */
export interface NotedMoment {
  readonly at: number;
  readonly now: number;
}

/**
 * The moment that `date +%s%3N` has left in a file; undefined where there is none. `askedAt` makes every question a new one, so
 * that no older answer serves.
 */
export const notedMoment: Fact<{ readonly path: string; readonly askedAt: string }, NotedMoment | undefined> = {
  id: 'moment.noted',
  read: {
    posix: ({ path }) => script('echo "now=$(date +%s%3N)"; echo "at=$(cat -- "$1" 2>/dev/null)"; exit 0', [path]),
    windows: ({ path }) =>
      powershell(
        `
Line "now=$([DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds())"
if ([IO.File]::Exists($words[0])) { Line "at=$([IO.File]::ReadAllText($words[0]).Trim())" }`,
        [path],
      ),
  },
  parse(result) {
    const fields = keyValues(text(result.stdout));
    const now = Number(fields.get('now') || Number.NaN);
    const at = Number(fields.get('at') || Number.NaN);
    if (!Number.isFinite(now)) throw unreadable('moment.noted', text(result.stderr));
    return Number.isFinite(at) ? { at, now } : undefined;
  },
};
