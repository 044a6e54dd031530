import type { Word } from './secret.ts';

/** The shell dialects Zapas speaks. A fact must answer for each of them or it does not compile. */
export type ShellFamily = 'posix' | 'windows';

/**
 * One command on a host, before any dialect has quoted it.
 *
 * `argv` takes no {@link Secret}: arguments are visible to every user of the host. A secret travels in `stdin` or in a
 * file (H24).
 */
export interface CommandLine {
  readonly argv: readonly [string, ...string[]];
  /** Extra environment, never secret. Facts set `LC_ALL=C` (H45). */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: Word;
  /** The operating-system account to run as; absent means the account that administers the host (root on Linux). */
  readonly as?: string;
  /** Working directory, absolute. */
  readonly cwd?: string;
  /** Milliseconds after which the command is given up; the host kills it. */
  readonly timeoutMs: number;
}

/** What a command gave back. A non-zero exit is a value; only a lost link is an error. */
export interface ExecResult {
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** Bytes of a program run under `LC_ALL=C` as text. pg_log has its own decoder (H44). */
export function text(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}
