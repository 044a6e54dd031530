import type { ExecResult } from '../../domain/command.ts';

declare const rendered: unique symbol;

interface Parts {
  /** For the login shell of the host. */
  readonly text: string;
  readonly stdin?: Uint8Array;
  /** Milliseconds after which the link may give up waiting; the host has ended the command long before. */
  readonly timeoutMs: number;
  /**
   * Ends this command on the host, with everything it started. For transports that cannot end it themselves: they run it, beside
   * the command, when the caller aborts, and wait for the command's own end as the proof.
   */
  readonly ender?: Rendered;
}

/** A command in a dialect's own text. Only a shell can make one, so an unquoted or unredacted command cannot be written. */
export interface Rendered extends Parts {
  readonly [rendered]: true;
}

/** Marks text as rendered; for shells alone. */
export function asRendered(parts: Parts): Rendered {
  return parts as Rendered;
}

/** One link to one host; carries bytes, knows no dialect. */
export interface Connection {
  /**
   * Runs one command; a non-zero exit is a value. Throws `host.*` when nothing was started, `exec.outcome-unknown` when the link
   * was lost or the host fell silent while it ran, `exec.failed` when its output has no end. An abort ends the command on
   * the host and then throws `exec.aborted`, or gives the answer of a command that was over before it could be ended.
   */
  exec(command: Rendered, signal: AbortSignal): Promise<ExecResult>;
  /** Ends the link; later calls open a new one. */
  close(): Promise<void>;
}
