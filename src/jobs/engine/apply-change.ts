import type { ExecResult } from '../../domain/command.ts';
import { text } from '../../domain/command.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Change, ExecChange, Step } from '../../domain/step.ts';
import { placed } from './ask.ts';
import { followJob } from './job.ts';
import { leaveIfAborted } from './leave.ts';
import type { Session } from './session.ts';
import { gatewayOf } from './session.ts';

/** Longest piece of a program's output that stands in an error, in characters. */
const DETAIL_LENGTH = 1_500;

/**
 * Carries one change out. Throws host errors, `exec.failed` for an exit code that means failure, `job.failed`, or a `Leave` when
 * the claim has ended. Everything it throws went through no redactor yet.
 */
export async function applyChange(session: Session, step: Step, change: Change): Promise<void> {
  session.lease.check();
  leaveIfAborted(session.questions);
  try {
    await placed({ host: change.host, step: step.id }, () => carryOut(session, step, change));
  } catch (error) {
    leaveIfAborted(session.acts);
    throw error;
  }
}

async function carryOut(session: Session, step: Step, change: Change): Promise<void> {
  const gateway = gatewayOf(session, change.host);
  switch (change.kind) {
    case 'exec':
      return accept(session, change, await gateway.exec(change.command, session.fence, session.acts));
    case 'write':
      await gateway.write(change, session.fence, session.acts);
      return;
    case 'job':
      return followJob(session, step, change);
  }
}

function accept({ redactor }: Session, { okExit = [0] }: ExecChange, result: ExecResult): void {
  if (okExit.includes(result.code)) return;
  const output = text(result.stderr).trim() || text(result.stdout).trim();
  // Redacted before it is cut: half a secret at the cut would no longer be known for one.
  throw new OpsError('exec.failed', { exit: result.code, detail: redactor.text(output).slice(-DETAIL_LENGTH) });
}
