import { OpsError } from '../../domain/errors.ts';
import type { HostGateway } from '../../domain/ports.ts';
import type { Step } from '../../domain/step.ts';
import { createAsker } from './ask.ts';
import { assess, delaysFor, persist } from './assess.ts';
import { barrier, plannedHosts } from './barrier.ts';
import { jobIds } from './job.ts';
import { RunFailure } from './leave.ts';
import type { Session } from './session.ts';
import { gatewayOf, reached, record, stored } from './session.ts';
import { undo } from './undo.ts';

/** Longest wait for a silent host before whoever stopped the run is told that it cannot be proven to have ended. */
const STOP_PATIENCE_MS = 30_000;

/**
 * The session in which the work of a stopped run is ended: cancelling is a change like any other, and must outlive the stop that
 * asked for it.
 */
export async function endingOf(session: Session): Promise<Session> {
  const { deps, lease, run, cluster } = session;
  const signal = lease.lost;
  const { secrets, clusters, now } = deps;
  const gateway = (host: string): HostGateway => gatewayOf({ deps }, host);
  return {
    ...session,
    run: (await stored(() => deps.runs.load(run.id))) ?? run,
    acts: signal,
    questions: signal,
    asker: createAsker({ cluster: cluster.id, gateway, secrets, clusters, now, signal }),
  };
}

/**
 * Ends a run that somebody stopped: its running job is cancelled on the host, its running command has ended, and both are proven
 * before the run is `cancelled`. Throws {@link RunFailure} (unknown) when a host stays silent.
 */
export async function stopRun(session: Session): Promise<void> {
  const step = session.runbook.steps.find(({ id }) =>
    session.run.steps.some((progress) => progress.id === id && progress.state === 'running'),
  );
  if (step && step.effect !== 'read') await endWorkOf(session, step);
  await undo(session);
  const by = session.run.stopAsked?.person ?? '';
  await record(session, { type: 'finished', state: 'cancelled', error: { code: 'run.stopped', params: { by } } });
  await reached(session, 'finished');
}

async function endWorkOf(session: Session, step: Step): Promise<void> {
  try {
    await persist(session, step.id, delaysFor(Math.min(session.deps.timing.silenceMs, STOP_PATIENCE_MS)), async () => {
      const jobs = session.jobs.size > 0 ? session.jobs : await jobsOf(session, step);
      for (const [id, host] of jobs) await gatewayOf(session, host).cancelJob(id, session.fence, session.acts);
      await barrier(session, plannedHosts(session, step.id));
    });
  } catch (error) {
    throw error instanceof OpsError ? new RunFailure(error, { unknown: true }) : error;
  }
}

/** The jobs an earlier worker may have started for the step: those the step would start now. */
async function jobsOf(session: Session, step: Step): Promise<ReadonlyMap<string, string>> {
  const { assessment } = await assess(session, step);
  return new Map(
    assessment.changes.flatMap((change) =>
      change.kind === 'job' ? jobIds(session.run.id, step.id, change.name).map((id) => [id, change.host]) : [],
    ),
  );
}
