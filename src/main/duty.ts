import { setTimeout as pause } from 'node:timers/promises';
import type { Held, Roles } from '../domain/roles.ts';
import type { Log } from '../jobs/engine/deps.ts';

interface Service {
  stop(): Promise<void>;
}

/** Somebody who serves as long as the role is theirs, and waits for it otherwise. */
export interface Duty<Serving extends Service> extends Service {
  /** What was begun; undefined while another process has the role. */
  readonly serving: Serving | undefined;
}

/** How soon a role that has become free is taken. */
const LOOK_MS = 500;

/**
 * Begins at once when nobody has the role, else as soon as whoever has it is gone. Who has lost it to another process stops and waits
 * again. While the store is away for everybody nobody can take it, so who serves alone goes on; where another process waits it may be
 * away for this one only, so this one stops before that one may begin. Throws what the first beginning throws.
 */
export async function keepDuty<Serving extends Service>(
  roles: Roles,
  begin: () => Promise<Serving>,
  log: Log,
): Promise<Duty<Serving>> {
  const stop = new AbortController();
  let held = await roles.take();
  let serving: Serving | undefined;
  const start = async (taken: Held): Promise<void> => {
    try {
      serving = await begin();
      held = taken;
    } catch (error) {
      await taken.release();
      throw error;
    }
  };
  if (held) await start(held);
  else log.warn({}, 'another process talks to people; this one begins when that one is gone');

  const end = async (why: string): Promise<void> => {
    log.warn({}, why);
    const ending = serving;
    serving = undefined;
    await ending?.stop();
  };
  const look = async (wanted: boolean): Promise<void> => {
    const taken = await roles.take().catch(async (error: unknown) => {
      if (serving && wanted) await end('the store cannot be reached and another process waits; this one waits, too');
      throw error;
    });
    if (taken && serving) held = taken;
    else if (taken) {
      log.info({}, 'this process talks to people from now on');
      await start(taken);
    } else if (serving) await end('another process talks to people now; this one waits');
  };
  const watch = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      if (held) await Promise.race([held.lost, aborted(stop.signal)]);
      if (stop.signal.aborted) return;
      const wanted = held?.wanted ?? false;
      held = undefined;
      await look(wanted).catch((error: unknown) =>
        log.warn({ error: String(error) }, 'the role could not be looked at'),
      );
      if (!held) await pause(LOOK_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const watching = watch();
  return {
    get serving() {
      return serving;
    },
    async stop() {
      stop.abort();
      await watching;
      await serving?.stop();
      await held?.release();
      await roles.leave();
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
