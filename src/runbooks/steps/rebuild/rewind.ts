import { Secret } from '../../../domain/secret.ts';
import type { Ask, Change, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { TRIPWIRE } from '../../acts/leftovers.ts';
import { run, runAs } from '../../acts/server.ts';
import { type Configuration, configuration, HBA_PROBLEMS, mayRewind, REWIND_FUNCTIONS } from '../../facts/database.ts';
import { fileText, secretFile, type TextFile } from '../../facts/files.ts';
import { resolved } from '../../facts/network.ts';
import { timelineOf } from '../../facts/postgres.ts';
import { psql } from '../../facts/psql.ts';
import { replicationAddress } from '../../names.ts';
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
const LONG_MS = 14 * 24 * 3_600_000;

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
 * Keeps the server's own configuration (H4); a second time keeps nothing else. $1 data directory, $2 where to. What PostgreSQL itself
 * writes is no configuration, and standby.signal or a tripwire must not come back with it.
 */
const SAVE = `
set -eu
[ -d "$2/conf" ] && exit 0
mkdir -p -m 700 -- "$2/conf.part"
find "$1" -maxdepth 1 -type f ! -name '*.signal' ! -name ${TRIPWIRE} ! -name 'backup_*' ! -name 'postmaster.*' ! -name PG_VERSION \\
  ! -name current_logfiles ! -name tablespace_map ! -name 'zapas.*' -exec cp -a -t "$2/conf.part" -- {} +
[ ! -d "$1/conf.d" ] || cp -a -- "$1/conf.d" "$2/conf.part/"
mv -T -- "$2/conf.part" "$2/conf"`;

/**
 * As the service's account: the control file is made clean by a recovery in single-user mode, which pg_rewind needs, and pg_rewind says
 * whether it could; nothing is changed by that. The tripwire is away for that long only; WAL is not recycled meanwhile. $1 bin,
 * $2 data directory, then pg_rewind's options.
 */
const PREPARE = `
set -eu
bin=$1 d=$2; shift 2
wire=$(cat -- "$d/${TRIPWIRE}" 2>/dev/null || echo '# Zapas: being rebuilt')
trap 'echo "$wire" > "$d/${TRIPWIRE}"' EXIT
case $("$bin/pg_controldata" -D "$d" | sed -n 's/^Database cluster state: *//p') in
  'shut down') ;;
  *) rm -f -- "$d/${TRIPWIRE}"
     "$bin/postgres" --single -F -D "$d" -c archive_mode=on -c archive_command=false -c logging_collector=off template1 </dev/null ;;
esac
"$bin/pg_rewind" --dry-run "$@"`;

/**
 * From here until the end the directory must not be started (its mark says so); the WAL it wrote alone is kept first. $1 data
 * directory, $2 where to, $3 mark, $4 run, $5 the segment where the two parted.
 */
const MARK = `
set -eu
mkdir -p -m 700 -- "$2/wal"
for f in "$1"/pg_wal/????????????????????????; do
  n=\${f##*/}
  if [ "\${n%????????????????}" = "\${5%????????????????}" ] && [ ! "$n" \\< "$5" ]; then cp -a -- "$f" "$2/wal/"; fi
done
echo "$4" > "$3"; sync -- "$3"`;

/** Its own configuration comes back, the tripwire too, then the mark goes. $1 data directory, $2 kept, $3 mark, $4 tripwire's text. */
const RESTORE = `
set -eu
find "$2/conf" -mindepth 1 -maxdepth 1 -exec cp -a -t "$1" -- {} +
echo "$4" > "$1/${TRIPWIRE}"
chown --reference="$1" -- "$1/${TRIPWIRE}"
sync -f -- "$1"
: > "$2/rewound"; sync -f -- "$2"
rm -f -- "$3"`;

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
  const { cluster, standby, run: id } = input;
  const { saved, rewinding } = placesOf(input, seen.place.real);
  const { binDir, dataDir } = cluster;
  const source = buildConninfo({
    ...connectionSettings(connectionTo(input, cluster.replicationUser)),
    dbname: DATABASE,
  });
  const options = ['-D', dataDir, `--source-server=${source}`];
  const shell = (script: string, ...values: readonly string[]): Change =>
    run(standby.id, ['/bin/sh', '-c', script.trim(), 'sh', ...values], 600_000);
  const job = (name: string, argv: readonly [string, ...string[]]): Change => ({
    kind: 'job',
    host: standby.id,
    name,
    progress: 'percent',
    command: { argv, env: { LC_ALL: 'C' }, as: cluster.serviceAccount, cwd: binDir, timeoutMs: LONG_MS },
  });
  const wire = `# Zapas run ${id}: being rebuilt. This file keeps the server from starting.`;
  return [
    shell(SAVE, dataDir, saved),
    job('prepare', ['/bin/sh', '-c', PREPARE.trim(), 'sh', binDir, dataDir, ...options]),
    shell(MARK, dataDir, saved, rewinding, id, partingSegment(seen)),
    job('rewind', [`${binDir}/pg_rewind`, '--progress', ...options]),
    shell(RESTORE, dataDir, saved, rewinding, wire),
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
    const path = `${input.cluster.dataDir}/postgresql.auto.conf`;
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
      path: `${cluster.dataDir}/${name}`,
      content,
      ifHash,
      mode: '0600',
      owner: cluster.serviceAccount,
    });
    return [
      write('postgresql.auto.conf', new Secret(settings), autoConf?.hash ?? 'absent'),
      ...(seen.place.standbySignal ? [] : [write(SIGNAL, '', 'absent')]),
      runAs(standby, cluster, ['rm', '-f', '--', `${cluster.dataDir}/${TRIPWIRE}`]),
    ];
  },
});
