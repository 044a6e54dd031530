import type { ExecResult } from '../../domain/command.ts';

declare const rendered: unique symbol;

/** A command in a dialect's own text. Only a shell can make one, so an unquoted or unredacted command cannot be written. */
export interface Rendered {
  readonly [rendered]: true;
  readonly text: string;
  readonly stdin?: Uint8Array;
  readonly timeoutMs: number;
}

/** Marks text as rendered; for shells alone. */
export function asRendered(parts: {
  readonly text: string;
  readonly stdin?: Uint8Array;
  readonly timeoutMs: number;
}): Rendered {
  return parts as Rendered;
}

/** One link to one host; carries bytes, knows no dialect. */
export interface Connection {
  /**
   * Runs one command. Throws `host.*` when nothing was started, `exec.outcome-unknown` when the link was lost while it ran,
   * `exec.timeout` when the host did not end it in time, `exec.aborted`.
   */
  exec(command: Rendered, signal: AbortSignal): Promise<ExecResult>;
  /** Ends the link; later calls open a new one. */
  close(): Promise<void>;
}
