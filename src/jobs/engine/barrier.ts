import type { CommandLine } from '../../domain/command.ts';
import type { Session } from './session.ts';
import { gatewayOf } from './session.ts';

const NOTHING: CommandLine = { argv: ['true'], env: { LC_ALL: 'C' }, timeoutMs: 90_000 };

/**
 * Returns when nothing that an earlier claim started runs on these hosts any more, nor can start: a change that does nothing
 * waits there for the lock every change holds, and leaves our newer token behind. What is seen after it is final. Detached jobs
 * are not covered; they are known by their ids.
 */
export async function barrier(session: Session, hosts: Iterable<string>): Promise<void> {
  for (const host of new Set(hosts)) await gatewayOf(session, host).exec(NOTHING, session.fence, session.questions);
  session.asker.forget();
}

/** The hosts on which the step was to change something, by the plan. */
export function plannedHosts(session: Session, step: string): readonly string[] {
  const planned = session.run.plan?.steps.find(({ id }) => id === step);
  return planned?.changes.map(({ host }) => host) ?? [];
}
