import { Secret } from '../../../domain/secret.ts';
import type { Ask, Change, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { removeFiles, TRIPWIRE } from '../../acts/leftovers.ts';
import { ownFile } from '../../acts/ownership.ts';
import { markRewinding, prepareRewind, restoreConfiguration, rewind, saveConfiguration } from '../../acts/rewind.ts';
import { type Configuration, configuration, HBA_PROBLEMS, mayRewind, REWIND_FUNCTIONS } from '../../facts/database.ts';
import { fileText, secretFile, type TextFile } from '../../facts/files.ts';
import { resolved } from '../../facts/network.ts';
import { timelineOf } from '../../facts/postgres.ts';
import { psql } from '../../facts/psql.ts';
import { replicationAddress } from '../../names.ts';
import { joinPath } from '../../paths.ts';
import { buildConninfo, connectionSettings } from '../../postgres/conninfo.ts';
import { ensureReplicationEntry } from '../../postgres/hba-edit.ts';
import { walFileName } from '../../postgres/lsn.ts';
import { quoteIdentifier } from '../../postgres/sql.ts';
import { askPrimary, type Primary } from '../pair.ts';
import { SIGNAL, standbySettings } from '../setup/activate.ts';
import { connectionTo } from '../setup/connection.ts';
import { askRebuilding, decide, placesOf, type Rebuilding } from './way.ts';

/** pg_rewind reads the primary through an ordinary connection to this database, which every server has. */
const DATABASE = 'postgres';

interface AccessFacts {
  readonly seen: Rebuilding;
  readonly primary: Primary;
  readonly configuration: Configuration;
  readonly hba: TextFile | undefined;
  readonly address: string;
  /** The replication role may call what pg_rewind calls. */
  readonly granted: boolean;
}

/**
 * The replication role may read the primary's files for pg_rewind, from the standby's address, with its certificate. That gives it
 * nothing a base backup does not give it already. M11. Source: PostgreSQL's manual, pg_rewind, "Notes".
 */
export const rebuildRewindAccess = defineStep<AccessFacts>({
  id: 'rebuild.rewind-access',
  manual: [],
  effect: 'reversible',
  async gather(ask, input) {
    const host = input.primary.id;
    const [seen, primary] = await Promise.all([askRebuilding(ask, input), askPrimary(ask, input)]);
    const { server } = primary;
    const found = await ask.fact(host, configuration, { server });
    const [hba, address, granted] = await Promise.all([
      ask.fact(host, fileText, { path: found.settings.hba_file.value }),
      ask.fact(host, resolved, { name: replicationAddress(input, input.standby.id) }),
      ask.fact(host, mayRewind, { server, role: input.cluster.replicationUser }),
    ]);
    return { seen, primary, configuration: found, hba, address, granted };
  },
  check(facts, input): Check {
    if (decide(facts.seen, input).way !== 'rewind' || facts.seen.rewound) return 'done';
    const file = facts.configuration.settings.hba_file.value;
    if (!facts.hba)
      return { blocked: { code: 'pg-hba.rejected', params: { host: input.primary.id, file, detail: 'absent' } } };
    return accessChanges(facts, input).length === 0 ? 'done' : 'needed';
  },
  apply: accessChanges,
});

function accessChanges(facts: AccessFacts, { cluster, primary: { id: host } }: StepInput): readonly Change[] {
  const { primary, configuration, hba, address, granted } = facts;
  if (!hba) return [];
  const role = quoteIdentifier(cluster.replicationUser);
  const grant = `grant execute on function ${REWIND_FUNCTIONS.join(', ')} to ${role};`;
  const rule = { users: [cluster.replicationUser], method: cluster.authMethod, clientcert: 'verify-ca' } as const;
  const { content } = ensureReplicationEntry(hba.content, { ...rule, address, database: DATABASE });
  const validate = { command: psql(primary.server, `${HBA_PROBLEMS};`), rejected: 'pg-hba.rejected' } as const;
  const path = configuration.settings.hba_file.value;
  const loaded = content === hba.content && configuration.loadedAt > hba.mtimeSeconds;
  return [
    ...(granted ? [] : [{ kind: 'exec', host, command: psql(primary.server, grant) } as const]),
    ...(content === hba.content ? [] : [{ kind: 'write', host, path, content, ifHash: hba.hash, validate } as const]),
    ...(loaded ? [] : [{ kind: 'exec', host, command: psql(primary.server, 'select pg_reload_conf();') } as const]),
  ];
}

/**
 * pg_rewind takes back what the server wrote alone, as a detached job. Its configuration is kept and put back, what it wrote alone is
 * kept as WAL; a directory in which pg_rewind has not ended is marked, and is never started. H3, H4, H46.
 */
export const rebuildRewind = defineStep<Rebuilding>({
  id: 'rebuild.rewind',
  manual: [],
  effect: 'disruptive',
  gather: askRebuilding,
  check: (seen, input) => (decide(seen, input).way !== 'rewind' || seen.rewound ? 'done' : 'needed'),
  apply: rewindChanges,
  verify: (seen) => seen.rewound,
});

function rewindChanges(seen: Rebuilding, input: StepInput): readonly Change[] {
  const { cluster, standby, run } = input;
  const { dataDir } = cluster;
  const places = { dataDir, ...placesOf(input, seen.place.real) };
  const login = connectionTo(input, cluster.replicationUser);
  const source = buildConninfo({ ...connectionSettings(login), dbname: DATABASE });
  const options = ['-D', dataDir, `--source-server=${source}`];
  const wire = `# Zapas run ${run}: being rebuilt. This file keeps the server from starting.`;
  return [
    saveConfiguration(standby, dataDir, places.saved),
    prepareRewind(standby, cluster, options),
    markRewinding(standby, places, run, partingSegment(seen)),
    rewind(standby, cluster, options),
    restoreConfiguration(standby, places, wire),
  ];
}

/** The first segment that the server may have written alone; where it is not known any more, none is. */
function partingSegment({ fork, old }: Rebuilding): string {
  if (fork === undefined || !old.ok) return '';
  const { server } = old.value;
  return walFileName(timelineOf(server), fork, server.control?.segmentBytes);
}

interface ConfigureFacts {
  readonly seen: Rebuilding;
  readonly autoConf: { readonly content: Secret; readonly hash: string } | undefined;
}

/**
 * A server that was rewound, or never left the common way, is told whom to follow; the tripwire goes last. H9, H12, H24.
 */
export const rebuildConfigure = defineStep<ConfigureFacts>({
  id: 'rebuild.configure',
  manual: [],
  effect: 'reversible',
  async gather(ask: Ask, input) {
    const path = joinPath(input.cluster.dataDir, 'postgresql.auto.conf');
    const [seen, autoConf] = await Promise.all([
      askRebuilding(ask, input),
      ask.fact(input.standby.id, secretFile, { path }),
    ]);
    return { seen, autoConf };
  },
  check({ seen, autoConf }, input): Check {
    const { way } = decide(seen, input);
    const files = seen.old.ok ? seen.old.value.server.files : [];
    const ready = seen.place.standbySignal && !files.includes(TRIPWIRE);
    if (way === 'clone' || (way === 'none' && ready)) return 'done';
    return ready && autoConf && standbySettings(autoConf.content.reveal(), input) === autoConf.content.reveal()
      ? 'done'
      : 'needed';
  },
  apply({ seen, autoConf }, input): readonly Change[] {
    const { cluster, standby } = input;
    const settings = standbySettings(autoConf?.content.reveal() ?? '', input);
    const write = (name: string, content: Secret | string, ifHash: string): Change => ({
      kind: 'write',
      host: standby.id,
      path: joinPath(cluster.dataDir, name),
      content,
      ifHash,
      ...ownFile(standby, cluster.serviceAccount),
    });
    return [
      write('postgresql.auto.conf', new Secret(settings), autoConf?.hash ?? 'absent'),
      ...(seen.place.standbySignal ? [] : [write(SIGNAL, '', 'absent')]),
      ...removeFiles(standby, cluster, { own: [joinPath(cluster.dataDir, TRIPWIRE)], ours: [] }),
    ];
  },
});
