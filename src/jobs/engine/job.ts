import { OpsError } from '../../domain/errors.ts';
import type { HostGateway, JobStatus, Progress } from '../../domain/ports.ts';
import type { RedactingStream } from '../../domain/redact.ts';
import type { JobChange, Step } from '../../domain/step.ts';
import { isTransient } from './failure.ts';
import { leaveIfAborted, pause, RunFailure } from './leave.ts';
import type { ProgressMeter } from './progress.ts';
import { createMeter } from './progress.ts';
import type { Session } from './session.ts';
import { gatewayOf, reached, stored } from './session.ts';

/** How often a job that vanished is started again within its run, at most. */
const MAX_STARTS = 3;
const LONGEST_SILENCE_POLL_MS = 10_000;
const PROGRESS_EVERY_MS = 1_000;
/** Characters of redacted output kept for the error of a job that fails. */
const TAIL_LENGTH = 1_500;
/** Bytes read again before a stored offset, so that no secret is cut in two there. */
const OVERLAP = 8_192;

/** The id of a job on its host: unique within the run, stable over every worker that comes to look. */
function jobId(run: string, step: string, name: string, start: number): string {
  const id = `${run}.${step}.${name}`.toLowerCase().replaceAll(/[^a-z0-9.-]/g, '-');
  return start === 1 ? id : `${id}-${start}`;
}

/** Every id under which the job may have been started. */
export function jobIds(run: string, step: string, name: string): readonly string[] {
  return Array.from({ length: MAX_STARTS }, (_, index) => jobId(run, step, name, index + 1));
}

interface Following {
  readonly session: Session;
  readonly step: Step;
  readonly change: JobChange;
  readonly gateway: HostGateway;
  readonly id: string;
  readonly meter: ProgressMeter;
  readonly decoder: InstanceType<typeof TextDecoder>;
  readonly clear: RedactingStream;
  tail: string;
  /** We begin to read in the middle: with a piece of a line, and maybe of a secret. */
  midLine: boolean;
  offset: number;
  shownAt: number;
}

/**
 * Starts the job, or attaches to it when it was started before, and returns when it has ended well. A lost link is waited out
 * for as long as the claim lasts: the job goes on without us. Throws what the job says its failure is, else `job.failed`, with the redacted
 * end of its output; `job.vanished` when it ended without saying how.
 */
export async function followJob(session: Session, step: Step, change: JobChange): Promise<void> {
  const gateway = gatewayOf(session, change.host);
  const { id, status, start } = await findStart(session, step, change, gateway);
  session.jobs.set(id, change.host);
  const offset = start === 1 && status.state !== 'absent' ? await storedOffset(session, step) : 0;
  const following: Following = {
    session,
    step,
    change,
    gateway,
    id,
    meter: createMeter(change.progress),
    decoder: new TextDecoder(),
    clear: session.redactor.stream(),
    tail: '',
    midLine: offset > 0,
    offset,
    shownAt: 0,
  };
  if (status.state === 'absent') await startJob(following);
  const code = await untilExit(following);
  if (code === 0) return;
  const detail = (following.tail + following.clear.end()).slice(-TAIL_LENGTH).trim();
  throw new OpsError(change.rejected ?? 'job.failed', { job: change.name, exit: code, detail });
}

/** The newest start of the job: the first id under which nothing has vanished. */
async function findStart(
  session: Session,
  step: Step,
  change: JobChange,
  gateway: HostGateway,
): Promise<{ readonly id: string; readonly status: JobStatus; readonly start: number }> {
  for (const [index, id] of jobIds(session.run.id, step.id, change.name).entries()) {
    const status = await gateway.pollJob(id, 0, session.questions);
    if (!isGone(status)) return { id, status, start: index + 1 };
  }
  throw new RunFailure(
    { code: 'job.vanished', params: { host: change.host, step: step.id, job: change.name } },
    { unknown: true },
  );
}

function isGone({ state }: JobStatus): boolean {
  return state === 'vanished' || state === 'rebooted';
}

async function storedOffset({ deps, run }: Session, step: Step): Promise<number> {
  const progress = await stored(() => deps.runs.progress(run.id));
  return progress?.step === step.id ? Math.max(0, progress.jobOffset - OVERLAP) : 0;
}

/** A start whose answer was lost may be repeated: the host starts an id at most once, the second start only attaches. */
async function startJob({ session, change, gateway, id }: Following): Promise<void> {
  for (;;) {
    session.lease.check();
    try {
      return await gateway.startJob(id, change.command, session.fence, session.acts);
    } catch (error) {
      leaveIfAborted(session.questions);
      if (!(error instanceof OpsError) || error.code !== 'exec.outcome-unknown') throw error;
      await pause(session.deps.timing.jobPollMs, session.questions);
    }
  }
}

async function untilExit(following: Following): Promise<number> {
  const { session, change } = following;
  for (;;) {
    const status = await poll(following);
    await takeOutput(following, status);
    await reached(session, 'job-followed', following.step.id);
    // An exit is final, but a long output comes in several pieces.
    const more = status.state === 'exited' && status.code !== 0 && status.output.length > 0;
    if (status.state === 'exited' && !more) return status.code ?? -1;
    if (isGone(status) || status.state === 'absent')
      throw new OpsError('job.vanished', { host: change.host, job: change.name, state: status.state });
  }
}

/** One look at the job, however long the host is silent. */
async function poll(following: Following): Promise<JobStatus> {
  const { session, gateway, id } = following;
  for (let wait = 500; ; wait = Math.min(wait * 2, LONGEST_SILENCE_POLL_MS)) {
    try {
      return await gateway.pollJob(id, following.offset, session.questions, session.deps.timing.jobPollMs);
    } catch (error) {
      leaveIfAborted(session.questions);
      if (!isTransient(error) && !(error instanceof OpsError && error.code === 'exec.timeout')) throw orUnknown(error);
      session.deps.log.warn({ run: session.run.id, job: id, code: error.code }, 'job out of sight; it goes on');
      await showProgress(following, true);
      await pause(wait, session.questions);
    }
  }
}

/** The job runs on, but we can no longer see it (the host's key changed, say): nobody knows how it ends. */
function orUnknown(error: unknown): unknown {
  return error instanceof OpsError ? new RunFailure(error, { unknown: true }) : error;
}

async function takeOutput(following: Following, status: JobStatus): Promise<void> {
  const { decoder, clear, meter } = following;
  following.offset = status.offset;
  const output = decoder.decode(status.output, { stream: true });
  following.tail = (following.tail + clear.push(wholeLines(following, output))).slice(-TAIL_LENGTH);
  meter.read(output, Date.now());
  await showProgress(following, false);
}

function wholeLines(following: Following, output: string): string {
  if (!following.midLine) return output;
  const end = output.search(/[\r\n]/);
  following.midLine = end === -1;
  return end === -1 ? '' : output.slice(end + 1);
}

/** Progress is a picture, not a record: it is written about once a second, and a failure to write it is none of the job. */
async function showProgress(following: Following, outOfSight: boolean): Promise<void> {
  const { session, step, change, offset, meter } = following;
  const measure = meter.read('', Date.now());
  if (!measure && !outOfSight) return;
  if (!outOfSight && Date.now() - following.shownAt < PROGRESS_EVERY_MS) return;
  following.shownAt = Date.now();
  const progress: Progress = {
    step: step.id,
    ...(measure ?? { done: 0, total: 0, unit: 'percent' }),
    jobOffset: offset,
    ...(outOfSight && { waitsFor: change.host }),
  };
  await session.deps.runs.setProgress(session.run.id, session.fence.token, progress).catch(() => undefined);
}
