/**
 * Everything that can go wrong between us and a WinRM service, before it is told to people.
 *
 * `unreachable` no connection · `lost` a connection ended in the middle · `not-winrm` something else answers there ·
 * `plaintext` the port speaks no TLS · `certificate-*` who the host claims to be · `unsealed` the host answered in the
 * clear · `method-refused` the host does not offer this way to log in · `login-refused` wrong name or password ·
 * `clock-skew` refused while the clocks differ · `access-denied` logged in, but not allowed · `quota` shells or operations
 * are used up · `shell-gone` the shell or command is no longer there · `timed-out` the host's operation time-out ·
 * `silent` no answer in time · `aborted` by us · `malformed` an answer that is no WS-Management · `weak` less security
 * than this client accepts · `fault` any other refusal.
 */
export type Problem =
  | 'unreachable'
  | 'lost'
  | 'not-winrm'
  | 'plaintext'
  | 'certificate-untrusted'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  | 'certificate-name'
  | 'certificate-pin'
  | 'unsealed'
  | 'method-refused'
  | 'login-refused'
  | 'clock-skew'
  | 'access-denied'
  | 'quota'
  | 'shell-gone'
  | 'timed-out'
  | 'silent'
  | 'aborted'
  | 'malformed'
  | 'weak'
  | 'fault';

export interface ProblemDetails {
  /**
   * Did the request leave, so that the host may have acted on it? False: surely not. Absent: it was refused, or there was
   * none.
   */
  readonly sent?: boolean;
  /** The host's fault code, such as 2150858793. */
  readonly faultCode?: number;
  readonly clockAheadMs?: number;
  readonly cause?: unknown;
}

/** The one error class inside this adapter; {@link opsError} translates it. */
export class WinrmError extends Error {
  readonly problem: Problem;
  readonly details: ProblemDetails;

  constructor(problem: Problem, message: string, details: ProblemDetails = {}) {
    super(`${problem}: ${message}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'WinrmError';
    this.problem = problem;
    this.details = details;
  }

  /** May the host have acted on the request that failed? */
  get mayHaveActed(): boolean {
    return this.details.sent === true;
  }
}

/** Is it a {@link WinrmError} of one of these problems? */
export function isProblem(thrown: unknown, ...problems: readonly Problem[]): thrown is WinrmError {
  return thrown instanceof WinrmError && problems.includes(thrown.problem);
}
