import type { RedirectOf } from '../../../../domain/redirect.ts';
import { Secret } from '../../../../domain/secret.ts';
import type { Ask, Change, StepInput } from '../../../../domain/step.ts';
import { secretFile } from '../../../facts/files.ts';
import { type PortState, portFrom, resolved } from '../../../facts/network.ts';
import { type Mute, type PooledDatabase, pooledDatabases } from '../../../facts/traffic.ts';
import { databaseHost, pointDatabase } from '../../../traffic/pgbouncer-config.ts';
import { pgbouncerSaid } from '../../../traffic/pgbouncer-console.ts';
import { type Ends, endsSeenFrom, foreign, proofOf, type Recipe, unusable, type Waiting } from './recipe.ts';

type Pgbouncer = RedirectOf<'pgbouncer'>;
type Config = NonNullable<ReturnType<typeof secretFile.parse>>;

interface Pooler {
  readonly host: string;
  readonly ends: Ends;
  readonly file: Config | undefined;
  readonly databases: readonly Pooled[];
  /** Does a connection from there to the new primary open? */
  readonly port: PortState;
}

interface Pooled {
  readonly name: string;
  /** Where the file leads, as an address; empty when it has no such entry. */
  readonly written: string;
  readonly running: PooledDatabase | Mute;
  /** The running one's host as an address. */
  readonly leads: string;
}

/** Seconds for transactions to end before the primary stops; what takes longer is cut off by the stop, as without a pooler. */
const PATIENCE = 5;

/**
 * The databases of PgBouncer get the new primary's address in its file, which it then reads again; it closes what still leads to the
 * old one. In a switchover clients wait at it (`PAUSE`, `RESUME`) from before the stop until the new primary takes writes.
 */
export const pgbouncer: Recipe<'pgbouncer'> = {
  needs: ({ hosts, config, socketDir, port }) =>
    hosts.map((host) => ({
      host,
      programs: ['psql'],
      files: [config],
      sockets: [`${socketDir}/.s.PGSQL.${port}`],
    })),
  async look(ask, redirect, input) {
    const poolers = await Promise.all(redirect.hosts.map((host) => askPooler(ask, host, redirect, input)));
    const obstacle = poolers.map((one) => obstacleIn(one, redirect)).find((one) => one !== undefined);
    return {
      astray: poolers.flatMap(astray),
      changes: poolers.flatMap((one) => changes(one, redirect)),
      moves: poolers.flatMap(({ host, databases, ends }) =>
        databases.map(({ name, written }) => ({ host, what: name, from: written, to: ends.to })),
      ),
      waiting: waiting(poolers, redirect),
      ...(obstacle && { obstacle }),
      ...proofOf(redirect.hosts, redirect, {
        host: LOCALHOST,
        port: redirect.port,
        database: redirect.databases[0] ?? '',
      }),
    };
  },
};

const LOCALHOST = '127.0.0.1';

async function askPooler(ask: Ask, host: string, redirect: Pgbouncer, input: StepInput): Promise<Pooler> {
  const { config, databases, socketDir, port, account } = redirect;
  const [ends, file, running] = await Promise.all([
    endsSeenFrom(ask, host, input),
    ask.fact(host, secretFile, { path: config }),
    ask.fact(host, pooledDatabases, { socketDir, port, account }),
  ]);
  const addressOf = async (name: string | undefined): Promise<string> =>
    name === undefined ? '' : await ask.fact(host, resolved, { name }).catch(() => name);
  const one = async (name: string): Promise<Pooled> => {
    const known = isMute(running) ? running : (running[name] ?? { complaint: '' });
    const [written, leads] = await Promise.all([
      addressOf(file && databaseHost(file.content.reveal(), name)),
      addressOf('host' in known ? known.host : undefined),
    ]);
    return { name, written, running: known, leads };
  };
  const [found, open] = await Promise.all([
    Promise.all(databases.map(one)),
    ask.fact(host, portFrom, { address: ends.to, port: input.cluster.port }),
  ]);
  return { host, ends, file, databases: found, port: open };
}

function isMute(running: Readonly<Record<string, PooledDatabase>> | Mute): running is Mute {
  return typeof running['complaint'] === 'string';
}

function obstacleIn({ host, ends, databases }: Pooler, { config }: Pgbouncer) {
  for (const { name, written, running } of databases) {
    if (written === '') return unusable(host, config, name);
    if ('complaint' in running) return unusable(host, name, running.complaint || 'SHOW DATABASES');
    const others = foreign(host, `${config}: ${name}`, written, ends);
    if (others) return others;
  }
  return undefined;
}

function astray({ host, ends, databases, port }: Pooler): readonly string[] {
  const there = ({ written, running, leads }: Pooled): boolean =>
    written === ends.to && leads === ends.to && !isPaused(running) && (port === 'open' || port === 'unknown');
  return databases
    .filter((one) => !there(one))
    .map(
      ({ name, written, leads, running }) =>
        `${host}: ${name} ${[...new Set([written, leads])].join(', ')} (${isPaused(running) ? 'paused' : port})`,
    );
}

function isPaused(running: Pooled['running']): boolean {
  return 'paused' in running && running.paused;
}

/** The same in whatever state an earlier attempt left them. */
function changes({ host, file, ends, databases }: Pooler, redirect: Pgbouncer): readonly Change[] {
  if (!file) return [];
  const content = databases.reduce((text, { name }) => pointDatabase(text, name, ends.to), file.content.reveal());
  return [
    { kind: 'write', host, path: redirect.config, content: new Secret(content), ifHash: file.hash },
    { kind: 'exec', host, command: pgbouncerSaid(redirect, ['RELOAD']) },
    // Whoever waits for the old primary gets a connection to the new one, not a timeout.
    ...say(host, redirect, 'RECONNECT'),
    ...resume(host, redirect),
  ];
}

/** 1: it says no, because nothing waits there. */
function resume(host: string, redirect: Pgbouncer): readonly Change[] {
  return say(host, redirect, 'RESUME').map((change) => ({ ...change, okExit: [0, 1] }));
}

function say(host: string, redirect: Pgbouncer, word: string) {
  return redirect.databases.map((name) => ({
    kind: 'exec' as const,
    host,
    command: pgbouncerSaid(redirect, [`${word} "${name}"`]),
  }));
}

function waiting(poolers: readonly Pooler[], redirect: Pgbouncer): Waiting {
  const paused = poolers.flatMap(({ databases }) => databases.map(({ running }) => isPaused(running)));
  const hold = redirect.hosts.flatMap((host) =>
    redirect.databases.map((name): Change => {
      // 124: not everything has ended in time. 1: they wait already.
      const command = pgbouncerSaid(redirect, [`PAUSE "${name}"`], PATIENCE);
      return { kind: 'exec', host, command, okExit: [0, 1, 124] };
    }),
  );
  const now = paused.every(Boolean) ? 'all' : paused.some(Boolean) ? 'some' : 'none';
  return { now, hold, release: redirect.hosts.flatMap((host) => resume(host, redirect)) };
}
