import { Secret } from '../../../domain/secret.ts';
import type { Ask, Change, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { removeFiles, TRIPWIRE } from '../../acts/leftovers.ts';
import { ownFile } from '../../acts/ownership.ts';
import { enableService, startServer, statements } from '../../acts/server.ts';
import { startServiceAndWait } from '../../acts/service-start.ts';
import { secretFile } from '../../facts/files.ts';
import { type PostgresServer, postgresServer, serverArgs } from '../../facts/postgres.ts';
import { psql, serverOf } from '../../facts/psql.ts';
import { type ServiceUnit, serviceUnit } from '../../facts/service.ts';
import { slotName } from '../../names.ts';
import { joinPath } from '../../paths.ts';
import { isPrimary } from '../failover/promote.ts';
import { SIGNAL, standbySettings } from '../setup/activate.ts';
import { follows, PROVE_REPLAY, WAIT_SECONDS } from '../setup/streaming.ts';
import { markPath, rolesSwapped } from './pair.ts';

/**
 * The future standby's slot on the new primary; without it a standby that is away for a night could not come back. It is made the
 * same way whether it is there or not, as approved. H13, H15.
 */
export const switchoverSlot = defineStep<PostgresServer>({
  id: 'switchover.slot',
  manual: [],
  effect: 'reversible',
  gather: (ask, { cluster, standby }) => ask.fact(standby.id, postgresServer, serverArgs(cluster)),
  check: (server, { primary }) => {
    const there = server.live?.slots.some(
      ({ name, walStatus }) => name === slotName(primary.id) && walStatus !== 'lost',
    );
    return isPrimary(server) && there ? 'done' : 'needed';
  },
  apply(server, { cluster, primary, standby }): readonly Change[] {
    const name = slotName(primary.id);
    const found = `from pg_replication_slots where slot_name = '${name}'`;
    return [
      statements(standby.id, cluster, server, [
        `select pg_drop_replication_slot(slot_name) ${found} and wal_status = 'lost'`,
        `select pg_create_physical_replication_slot('${name}', true) where not exists (select ${found})`,
      ]),
    ];
  },
});

interface OldPrimary {
  readonly server: PostgresServer;
  readonly unit: ServiceUnit;
  readonly autoConf: { readonly content: Secret; readonly hash: string } | undefined;
  readonly signal: { readonly hash: string } | undefined;
}

/**
 * The old primary becomes the standby of the new one: primary_conninfo with the password file's path, its slot, standby.signal; then
 * the tripwire goes, the service starts with the host again, and it is started. It stopped before the two parted, so it only has to
 * read on. M14, M16; H2, H12, H24.
 */
export const switchoverFollow = defineStep<OldPrimary>({
  id: 'switchover.follow',
  manual: ['M16'],
  effect: 'reversible',
  gather,
  check({ server, unit }): Check {
    const runs = server.live?.inRecovery === true || server.state === 'hot-standby-off';
    const kept = server.files.includes(TRIPWIRE) || (unit.exists && !isGenerated(unit) && !unit.enabled);
    return runs && !kept ? 'done' : 'needed';
  },
  // The same changes in whatever state an earlier attempt left it, so the approved plan still holds.
  apply: (found, input) => [...becomeStandby(found, input), ...letStart(found.unit, input)],
});

async function gather(ask: Ask, { cluster, primary }: StepInput): Promise<OldPrimary> {
  const file = (name: string): ReturnType<typeof ask.fact<{ path: string }, OldPrimary['autoConf']>> =>
    ask.fact(primary.id, secretFile, { path: joinPath(cluster.dataDir, name) });
  const [server, unit, autoConf, signal] = await Promise.all([
    ask.fact(primary.id, postgresServer, serverArgs(cluster)),
    ask.fact(primary.id, serviceUnit, { service: cluster.service }),
    file('postgresql.auto.conf'),
    file(SIGNAL),
  ]);
  return { server, unit, autoConf, signal };
}

function becomeStandby({ autoConf, signal }: OldPrimary, input: StepInput): readonly Change[] {
  const { cluster, primary } = input;
  const write = (name: string, content: Secret | string, ifHash: string): Change => ({
    kind: 'write',
    host: primary.id,
    path: joinPath(cluster.dataDir, name),
    content,
    ifHash,
    ...ownFile(primary, cluster.serviceAccount),
  });
  // Somebody else's settings may hold a password in clear (H24), so all of it counts as secret.
  const settings = standbySettings(autoConf?.content.reveal() ?? '', rolesSwapped(input));
  return [
    write('postgresql.auto.conf', new Secret(settings), autoConf?.hash ?? 'absent'),
    write(SIGNAL, '', signal?.hash ?? 'absent'),
  ];
}

function letStart(unit: ServiceUnit, input: StepInput): readonly Change[] {
  const { cluster, primary } = input;
  const byService = startServiceAndWait(primary, cluster, unit);
  return [...unlock(unit, input), unit.exists ? byService : startServer(primary, cluster, unit)];
}

/** Takes back what kept it from starting: tripwire and disabled service. */
export function unlock(unit: ServiceUnit, { cluster, primary, ...rest }: StepInput): readonly Change[] {
  const own = [joinPath(cluster.dataDir, TRIPWIRE)];
  const ours = [markPath({ cluster, primary, ...rest })];
  return [
    ...removeFiles(primary, cluster, { own, ours }),
    ...(unit.exists && !isGenerated(unit) ? [enableService(primary, cluster)] : []),
  ];
}

/** Its distribution's generator says whether it starts with the host. */
export function isGenerated({ path }: ServiceUnit): boolean {
  return path.includes('/generator');
}

/** Both sides say that the new standby follows, up to something written just before. M18, H2. */
export const switchoverStreaming = defineStep<{ readonly primary: PostgresServer; readonly standby: PostgresServer }>({
  id: 'switchover.streaming',
  manual: ['M18'],
  effect: 'reversible',
  async gather(ask, { cluster, primary, standby }) {
    const next = await ask.fact(standby.id, postgresServer, serverArgs(cluster));
    return { primary: next, standby: await ask.fact(primary.id, postgresServer, serverArgs(cluster)) };
  },
  check: (pair, input) => (proven(pair, input) ? 'done' : 'needed'),
  apply({ primary }, { cluster, standby, primary: old }): readonly Change[] {
    const variables = { name: slotName(old.id) };
    const timeoutMs = (WAIT_SECONDS + 20) * 1_000;
    const command = psql(serverOf(cluster, primary), PROVE_REPLAY, { variables, timeoutMs });
    return [{ kind: 'exec', host: standby.id, command }];
  },
});

function proven(
  pair: { readonly primary: PostgresServer; readonly standby: PostgresServer },
  input: StepInput,
): boolean {
  return (
    isPrimary(pair.primary) && follows({ ...pair, standby: { ok: true, value: pair.standby } }, rolesSwapped(input))
  );
}
