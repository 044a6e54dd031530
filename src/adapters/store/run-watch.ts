import { setTimeout as pause } from 'node:timers/promises';
import type { ClientConfig } from 'pg';
import { Client } from 'pg';
import { storeFailure } from './failure.ts';
import { RUN_CHANNEL } from './run-rows.ts';

const RECONNECT_MS = 500;
/** A connection that went silent is noticed by this question. */
const ASK_EVERY_MS = 5_000;
/** Transactions this much older than the last sign of life may have been committed after it. */
const MARGIN_SECONDS = 60;

/** Changes that are announced: on which channel, and which there were after a moment (`$1`, with a margin of `$2` seconds). */
export interface Announced {
  readonly channel: string;
  readonly changedSince: string;
}

const RUNS: Announced = {
  channel: RUN_CHANNEL,
  changedSince: `select id from zapas.run where changed_at > $1::timestamptz - $2 * interval '1 second'
     union select run from zapas.progress where changed_at > $1::timestamptz - $2 * interval '1 second'`,
};

interface Listener {
  /** Settles when the connection is gone. */
  readonly gone: Promise<void>;
  end(): Promise<void>;
}

/** {@link watchChanges} of runs. */
export function watchRuns(
  connection: () => ClientConfig,
  onChange: (id: string) => void,
): Promise<() => Promise<void>> {
  return watchChanges(connection, RUNS, onChange);
}

/**
 * Calls back with the id of everything that is announced. When the connection is lost it is made again, for as long as it takes, and
 * everything that changed meanwhile is called back then (some of it once more). Throws `store.unavailable` when it cannot
 * even begin.
 */
export async function watchChanges(
  connection: () => ClientConfig,
  announced: Announced,
  onChange: (id: string) => void,
): Promise<() => Promise<void>> {
  const stop = new AbortController();
  // The database's clock when the connection was last known to be good.
  let seen: Date | undefined;
  const see = (at: Date): void => {
    seen = at;
  };
  let listener = await listen(connection(), announced, { onChange, see });
  const keepListening = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await listener.gone;
      await pause(RECONNECT_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return;
      listener = await listen(connection(), announced, { onChange, see, since: seen }).catch(() => listener);
    }
  };
  const kept = keepListening();
  return async () => {
    stop.abort();
    await listener.end();
    await kept;
    // The loop may have been connecting anew when it was stopped.
    await listener.end();
  };
}

interface Heard {
  readonly onChange: (id: string) => void;
  readonly see: (at: Date) => void;
  /** Since when nothing was heard. */
  readonly since?: Date | undefined;
}

async function listen(
  config: ClientConfig,
  { channel, changedSince }: Announced,
  { onChange, see, since }: Heard,
): Promise<Listener> {
  const client = new Client({ ...config, application_name: 'zapas watch' });
  client.on('error', () => undefined);
  const gone = new Promise<void>((resolve) => {
    client.once('end', resolve);
  });
  client.on('notification', ({ payload }) => {
    if (payload !== undefined) onChange(payload);
  });
  try {
    await client.connect();
    await client.query(`listen ${channel}`);
    see(await storeTime(client));
    if (since) for (const id of await missed(client, changedSince, since)) onChange(id);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw storeFailure(error);
  }
  const asking = setInterval(() => {
    storeTime(client).then(see, () => client.end().catch(() => undefined));
  }, ASK_EVERY_MS);
  void gone.then(() => clearInterval(asking));
  return { gone, end: () => client.end().catch(() => undefined) };
}

async function storeTime(client: Client): Promise<Date> {
  const { rows } = await client.query<{ now: Date }>('select clock_timestamp() as now');
  const [row] = rows;
  if (!row) throw new Error('no row');
  return row.now;
}

async function missed(client: Client, query: string, since: Date): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: string }>(query, [since, MARGIN_SECONDS]);
  return rows.map(({ id }) => id);
}
