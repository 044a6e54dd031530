import type { Ask, StepInput } from '../../../domain/step.ts';
import { TRIPWIRE } from '../../acts/leftovers.ts';
import { fileText } from '../../facts/files.ts';
import { type PostgresServer, postgresServer, serverArgs } from '../../facts/postgres.ts';
import { type ServiceUnit, serviceUnit } from '../../facts/service.ts';
import { joinPath } from '../../paths.ts';

/** Both servers of a pair whose primary answers, as a switchover looks at them. */
export interface BothServers {
  readonly primary: PostgresServer;
  readonly unit: ServiceUnit;
  /** The primary was stopped by this very run: its tripwire says so. */
  readonly stoppedByUs: boolean;
  readonly standby: PostgresServer;
}

/** Asks both side by side; throws what keeps either from being asked. */
export async function askBoth(ask: Ask, input: StepInput): Promise<BothServers> {
  const { cluster, primary, standby, run } = input;
  const [one, unit, wire, two] = await Promise.all([
    ask.fact(primary.id, postgresServer, serverArgs(cluster)),
    ask.fact(primary.id, serviceUnit, { service: cluster.service }),
    ask.fact(primary.id, fileText, { path: joinPath(cluster.dataDir, TRIPWIRE) }),
    ask.fact(standby.id, postgresServer, serverArgs(cluster)),
  ]);
  return { primary: one, unit, stoppedByUs: wire?.content.includes(`Zapas run ${run}:`) ?? false, standby: two };
}

/** The same pair with the roles it has afterwards. */
export function rolesSwapped(input: StepInput): StepInput {
  return { ...input, primary: input.standby, standby: input.primary };
}

/** Where the stopped primary's host keeps the moment at which its stop began. */
export function markPath({ primary, run }: StepInput): string {
  return joinPath(primary.stateDir, `switchover-${run}`);
}
