import type { CommandLine } from '../../domain/command.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Session } from './session.ts';
import { gatewayOf } from './session.ts';

/** No change takes longer: the host ends it. */
const LONGEST_CHANGE_MS = 3_700_000;
const NOTHING: CommandLine = { argv: ['true'], env: { LC_ALL: 'C' }, timeoutMs: 90_000 };

/**
 * Returns when nothing that an earlier claim started runs on these hosts any more, nor can start: a change that does nothing
 * waits there for the lock every change holds, for as long as a change may take, and leaves our newer token behind. What is seen
 * after it is final. Detached jobs are not covered; they are known by their ids.
 */
export async function barrier(session: Session, hosts: Iterable<string>): Promise<void> {
  for (const host of new Set(hosts)) await takeTurn(session, host);
  session.asker.forget();
}

async function takeTurn(session: Session, host: string): Promise<void> {
  const until = Date.now() + LONGEST_CHANGE_MS;
  for (;;) {
    try {
      await gatewayOf(session, host).exec(NOTHING, session.fence, session.questions);
      return;
    } catch (error) {
      if (!(error instanceof OpsError && error.code === 'host.busy') || Date.now() > until) throw error;
      session.deps.log.info({ run: session.run.id, host }, 'an earlier change still runs there');
    }
  }
}

/** The hosts on which the step was to change something, by the plan. */
export function plannedHosts(session: Session, step: string): readonly string[] {
  const planned = session.run.plan?.steps.find(({ id }) => id === step);
  return planned?.changes.map(({ host }) => host) ?? [];
}
