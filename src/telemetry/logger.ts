import type { Logger } from 'pino';
import { pino } from 'pino';

export type { Logger };

/**
 * The process log: JSON lines on standard error, so that standard output stays the command's own.
 *
 * Callers log static messages with fields; run, step and host are fields of child loggers. Secrets never get here: they are
 * `Secret` values, which print as `***`.
 */
export function createLogger(level: string): Logger {
  return pino({ level, base: null }, pino.destination({ fd: 2, sync: true }));
}
