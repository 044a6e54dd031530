import { type ErrorCode, type ErrorParams, OpsError } from '../../domain/errors.ts';
import { RunFailure } from './client/client.ts';
import { type Problem, WinrmError } from './problem.ts';
import { UnsendableText } from './wsman/xml.ts';

/** What people are told of a command that did not start. */
const CODE_OF: Readonly<Record<Problem, ErrorCode>> = {
  unreachable: 'host.unreachable',
  lost: 'host.unreachable',
  silent: 'host.unreachable',
  aborted: 'exec.aborted',
  'not-winrm': 'host.not-winrm',
  plaintext: 'host.not-winrm',
  'certificate-untrusted': 'host.certificate-refused',
  'certificate-expired': 'host.certificate-refused',
  'certificate-not-yet-valid': 'host.certificate-refused',
  'certificate-name': 'host.certificate-refused',
  'certificate-pin': 'host.certificate-refused',
  unsealed: 'host.certificate-refused',
  weak: 'host.certificate-refused',
  'method-refused': 'host.auth-failed',
  'login-refused': 'host.auth-failed',
  'clock-skew': 'host.auth-failed',
  'access-denied': 'host.access-denied',
  quota: 'host.quota',
  'shell-gone': 'host.unreachable',
  'timed-out': 'host.unreachable',
  malformed: 'host.not-winrm',
  fault: 'host.refused',
};

/**
 * The error as people see it. A command that may have run and did not come to its end is `exec.outcome-unknown` whatever
 * the reason, unless we ended it ourselves. `params` name the host; `reason` is the {@link Problem}.
 */
export function opsError(error: unknown, params: ErrorParams): OpsError {
  if (error instanceof OpsError) return error;
  const outcome = error instanceof RunFailure ? error.outcome : undefined;
  const cause = error instanceof RunFailure ? error.cause : error;
  const told = { ...params, ...paramsOf(cause) };
  if (outcome?.how === 'aborted') return new OpsError('exec.aborted', params, error);
  if (outcome?.how === 'timeout')
    return new OpsError(outcome.started ? 'exec.timeout' : 'host.unreachable', told, error);
  if (cause instanceof UnsendableText) return new OpsError('input.invalid', told, error);
  if (outcome?.started === true) return new OpsError('exec.outcome-unknown', told, error);
  return new OpsError(cause instanceof WinrmError ? CODE_OF[cause.problem] : 'internal.bug', told, error);
}

function paramsOf(cause: unknown): ErrorParams {
  if (!(cause instanceof WinrmError)) return { detail: cause instanceof Error ? cause.message : String(cause) };
  const { problem, details, message } = cause;
  return {
    // The catalogues choose by it, and ICU's select knows no dashes.
    reason: problem.replaceAll('-', '_'),
    detail: message,
    ...(details.faultCode === undefined ? {} : { fault: details.faultCode }),
    ...(details.clockAheadMs === undefined ? {} : { seconds: Math.round(details.clockAheadMs / 1000) }),
  };
}
