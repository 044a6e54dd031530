import type { ExecResult } from '../../domain/command.ts';
import { text } from '../../domain/command.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Fence, JobStatus } from '../../domain/ports.ts';
import type { WriteChange } from '../../domain/step.ts';
import { unwritable } from '../shells/posix-answer.ts';
import { FILE_EXITS } from './posix/files.ts';
import { JOB_EXITS } from './posix/jobs.ts';

/** An aborted question has no outcome to be unknown; an aborted command that was never begun neither. */
export function nothingHappened(error: unknown, fence: Fence | undefined): boolean {
  if (!(error instanceof OpsError)) return false;
  return error.code === 'host.become-failed' || (error.code === 'exec.outcome-unknown' && fence === undefined);
}

/** The id, which becomes a name on the host. */
export function jobId(id: string): string {
  if (!/^[a-z0-9][a-z0-9.-]{0,199}$/.test(id)) throw new OpsError('input.invalid', { field: 'job', detail: id });
  return id;
}

/** Why a write did not happen, from how its script ended. */
export function writeProblem({ path, validate }: WriteChange, result: ExecResult): OpsError | undefined {
  const detail = text(result.stderr).trim();
  if (result.code === 0) return undefined;
  if (result.code === FILE_EXITS.changed) return new OpsError('file.changed', { path, found: text(result.stdout) });
  if (result.code === FILE_EXITS.rejected && validate)
    return new OpsError(validate.rejected, { path, detail: detail.slice(0, 1_500) });
  return unwritable(path, detail);
}

/** The same for the scripts about jobs. */
export function jobProblem(id: string, { code, stdout, stderr }: ExecResult): OpsError | undefined {
  switch (code) {
    case 0:
      return undefined;
    case JOB_EXITS.toolMissing:
      return new OpsError('host.tool-missing', { detail: text(stdout).trim() });
    case JOB_EXITS.unwritable:
      return unwritable(id, text(stderr).trim());
    case JOB_EXITS.stillRuns:
      return new OpsError('exec.failed', { exit: code, detail: `job ${id} still runs: ${text(stdout).trim()}` });
    default:
      return new OpsError('exec.failed', { exit: code, detail: `job ${id}: ${text(stderr).trim().slice(0, 400)}` });
  }
}

const STATES = ['running', 'exited', 'absent', 'vanished', 'rebooted'] as const;

/** What a poll answered. */
export function jobStatus(answer: Uint8Array, offset: number): JobStatus {
  const cut = answer.indexOf(10);
  const [word = '', code] = text(answer.subarray(0, cut)).split(' ');
  const output = answer.subarray(cut + 1);
  const state = STATES.find((name) => name === word);
  if (!state) throw new OpsError('fact.unreadable', { fact: 'job', detail: word });
  return { state, output, offset: offset + output.length, ...(state === 'exited' && { code: Number(code) }) };
}
