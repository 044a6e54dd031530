import type { ClientConfig } from 'pg';
import { Client } from 'pg';
import type { Held, Roles } from '../../domain/roles.ts';
import { storeFailure } from './failure.ts';

/** Of the lock: `zapa`, and the first role. */
const LOCK = [0x7a_61_70_61, 1] as const;
const NAME = 'zapas role';
/** The session with the role asks something that often, so that both ends notice when the other went silent. */
const ASK_EVERY_MS = 2_000;
/** No answer for so long: the connection is dead. With the pause before, far less than the server's own patience. */
const ANSWER_MS = 3_000;
/**
 * The server ends a session that asks nothing for so long, and takes its lock back: the process may be frozen while its machine still
 * answers. A machine that went silent is noticed within the same time.
 */
const SILENT_MS = 12_000;
const SETTINGS = `-c idle_session_timeout=${SILENT_MS} -c tcp_keepalives_idle=6 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3`;

/**
 * Roles as locks of database sessions. The server takes the lock back when the session ends: at once when its process dies, within
 * {@link SILENT_MS} when the process freezes or its machine is cut off. No clock of ours has a part in that. Whoever waits keeps a
 * session of the same name, so that whoever has the role knows of them.
 */
export function createRoles(connection: () => ClientConfig): Roles {
  /** The session in which this process waits. */
  let waiting: Client | undefined;
  const begin = async (): Promise<Client> => {
    const client = await open(connection());
    return client.once('end', () => {
      if (waiting === client) waiting = undefined;
    });
  };
  return {
    async take() {
      const session = waiting;
      waiting = undefined;
      const client = session ?? (await begin());
      try {
        if (await isTaken(client)) return hold(client);
        waiting = client;
        return undefined;
      } catch (error) {
        await leave(client);
        throw storeFailure(error);
      }
    },
    async leave() {
      const session = waiting;
      waiting = undefined;
      if (session) await leave(session);
    },
  };
}

async function open(config: ClientConfig): Promise<Client> {
  const client = new Client({
    ...config,
    options: [config.options, SETTINGS].filter((one) => one !== undefined).join(' '),
    application_name: NAME,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await leave(client);
    throw storeFailure(error);
  }
}

async function isTaken(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [...LOCK]);
  return rows[0]?.taken === true;
}

async function leave(client: Client): Promise<void> {
  await client.end().catch(() => undefined);
}

function hold(client: Client): Held {
  let wanted = false;
  const lost = new Promise<void>((resolve) => {
    client.once('end', resolve);
  });
  const ask = async (): Promise<void> => {
    try {
      wanted = await hasRivals(client);
    } catch {
      await leave(client);
    }
  };
  void ask();
  const asking = setInterval(() => void ask(), ASK_EVERY_MS);
  void lost.then(() => clearInterval(asking));
  return {
    lost,
    get wanted() {
      return wanted;
    },
    release: () => leave(client),
  };
}

/** Does another session wait for the role? */
async function hasRivals(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ rivals: boolean }>(
    `select exists (select from pg_stat_activity
       where application_name = $1 and datname = current_database() and pid <> pg_backend_pid()) as rivals`,
    [NAME],
  );
  return rows[0]?.rivals === true;
}
