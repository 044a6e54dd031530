import type { ErrorRef } from '../../../domain/errors.ts';
import { Secret } from '../../../domain/secret.ts';
import type { Ask, Change, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { leftovers, moveAside } from '../../acts/leftovers.ts';
import { promoteServer, startServer, stopServer } from '../../acts/server.ts';
import { secretFile } from '../../facts/files.ts';
import { type PostgresServer, postgresServer, serverArgs, timelineOf } from '../../facts/postgres.ts';
import { type ServiceUnit, serviceUnit } from '../../facts/service.ts';
import { joinPath } from '../../paths.ts';
import { removeSetting } from '../../postgres/conf.ts';
import { tornTimeline, unsafeFiles } from '../evidence/obstacles.ts';

/** How long the standby may take to replay what it has received before it becomes the primary (H7). */
const REPLAY_MS = 900_000;

interface Standby {
  readonly server: PostgresServer;
  /** Asked for the manual's literal way alone. */
  readonly manual?: ManualFacts;
}

interface ManualFacts {
  readonly unit: ServiceUnit;
  readonly autoConf: { readonly content: Secret; readonly hash: string } | undefined;
}

/**
 * The standby becomes the primary. `promote` (default): it replays everything it has received and begins a timeline of its own,
 * so that the old primary can never be mistaken for it (H1, H2, H3, H7). `manual`: the manual's literal steps in its order, behind
 * the guards H1, H5, H6, on the same timeline; files are moved aside, never deleted. Both end as M19–M23 say.
 */
export const failoverPromote = defineStep<Standby>({
  id: 'failover.promote',
  manual: ['M19', 'M20', 'M21', 'M22', 'M23'],
  effect: 'irreversible',
  settlesWithinMs: REPLAY_MS,
  gather,
  check,
  apply: (standby, input) =>
    standby.manual ? literally(standby.manual, input) : [promoteServer(input.standby, input.cluster)],
  verify(standby, { cluster }) {
    if (!isPrimary(standby.server)) return false;
    if (cluster.failoverMethod === 'manual') return isStripped(standby.server);
    return standby.server.histories.at(-1) === timelineOf(standby.server);
  },
});

async function gather(ask: Ask, { cluster, standby }: StepInput): Promise<Standby> {
  const server = ask.fact(standby.id, postgresServer, serverArgs(cluster));
  if (cluster.failoverMethod === 'promote') return { server: await server };
  const [seen, unit, autoConf] = await Promise.all([
    server,
    ask.fact(standby.id, serviceUnit, { service: cluster.service }),
    ask.fact(standby.id, secretFile, { path: joinPath(cluster.dataDir, 'postgresql.auto.conf') }),
  ]);
  return { server: seen, manual: { unit, autoConf } };
}

function check({ server, manual }: Standby, { standby }: StepInput): Check {
  if (isPrimary(server)) return 'done';
  const ready = server.live?.inRecovery === true || (manual && server.control?.state === 'shut down in recovery');
  if (!ready) return { blocked: { code: 'standby.not-running', params: { host: standby.id, state: server.state } } };
  const unsafe: ErrorRef | undefined = unsafeFiles(server, standby.id) ?? (manual && tornTimeline(server, standby.id));
  return unsafe ? { blocked: unsafe } : 'needed';
}

/** It takes connections and is not in recovery: H9, a standby without its primary is in recovery for ever. */
export function isPrimary({ live }: PostgresServer): boolean {
  return live?.inRecovery === false;
}

/** The end state of M20–M22, file by file. */
export function isStripped({ live, files }: PostgresServer): boolean {
  const set = live?.sources.some(({ file }) => file.endsWith('/postgresql.auto.conf'));
  return set === false && leftovers(files).length === 0;
}

/** The same changes in whatever state an earlier attempt left the server, so the approved plan still holds. */
function literally({ unit, autoConf }: ManualFacts, input: StepInput): readonly Change[] {
  const { cluster, standby } = input;
  const path = joinPath(cluster.dataDir, 'postgresql.auto.conf');
  // It may hold a password in clear (H24), so all of it counts as secret.
  const strip = ({ content, hash }: NonNullable<ManualFacts['autoConf']>): Change => ({
    kind: 'write',
    host: standby.id,
    path,
    content: new Secret(removeSetting(removeSetting(content.reveal(), 'primary_conninfo'), 'primary_slot_name')),
    ifHash: hash,
  });
  return [
    stopServer(standby, cluster, unit),
    ...(autoConf ? [strip(autoConf)] : []),
    ...moveAside(input),
    startServer(standby, cluster, unit),
  ];
}
