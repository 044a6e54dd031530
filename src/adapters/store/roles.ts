import type { ClientConfig } from 'pg';
import { Client } from 'pg';
import type { Held, Roles } from '../../domain/roles.ts';
import { storeFailure } from './failure.ts';

/** Of the lock: `zapa`, and the first role. */
const LOCK = [0x7a_61_70_61, 1] as const;
/** A connection that went silent is noticed by this question. */
const ASK_EVERY_MS = 2_000;
/** The server ends a session whose machine is silent within about ten seconds, and its lock with it. */
const KEEPALIVES = '-c tcp_keepalives_idle=4 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3';

/**
 * Roles as locks of database sessions. The server takes the lock back when the session ends: at once when its process dies, within
 * seconds when its machine does. No clock of ours has a part in it.
 */
export function createRoles(connection: () => ClientConfig): Roles {
  return {
    async take() {
      const config = connection();
      const options = [config.options, KEEPALIVES].filter((one) => one !== undefined).join(' ');
      const client = new Client({ ...config, options, application_name: 'zapas role' });
      client.on('error', () => undefined);
      try {
        await client.connect();
        const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [
          ...LOCK,
        ]);
        if (rows[0]?.taken === true) return hold(client);
        await client.end();
        return undefined;
      } catch (error) {
        await client.end().catch(() => undefined);
        throw storeFailure(error);
      }
    },
  };
}

function hold(client: Client): Held {
  const lost = new Promise<void>((resolve) => {
    client.once('end', resolve);
  });
  const asking = setInterval(() => {
    client.query('select 1').catch(() => client.end().catch(() => undefined));
  }, ASK_EVERY_MS);
  void lost.then(() => clearInterval(asking));
  return { lost, release: () => client.end().catch(() => undefined) };
}
