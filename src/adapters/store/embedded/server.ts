import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { chown, mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { OpsError } from '../../../domain/errors.ts';
import type { Account } from './account.ts';
import { assertTraversable, serverAccount } from './account.ts';
import type { Binaries } from './binaries.ts';
import { findBinaries } from './binaries.ts';
import { initialise } from './init.ts';
import type { Endpoint } from './postmaster.ts';
import { answering, ask, livePostmaster } from './postmaster.ts';

const LOOK_EVERY_MS = 50;
/** How long no server process lives before starting is given up; one that lives (and recovers from a crash) is waited for. */
const GIVE_UP_MS = 8_000;
const RECOVER_MS = 300_000;
const STOP_MS = 60_000;
/** Others that just closed their connections may be listed a moment longer. */
const LEAVE_MS = 1_000;
const LOG_LIMIT_BYTES = 1_048_576;
const DATABASE = 'zapas';

/** A PostgreSQL server of our own. */
export interface EmbeddedServer {
  /** Where it answers. Starts it if it does not. Throws `store.start-failed`. */
  endpoint(): Promise<Endpoint>;
  /** Is there a process of it? */
  lives(): Promise<boolean>;
  /** Stops it, unless another process uses it. Idempotent. */
  stop(): Promise<void>;
}

/**
 * The server whose data is in `<dataDir>/postgres`: adopted when it runs, started otherwise, made when there is none. It is a
 * process of its own: when ours dies it stays, and the next one adopts it. Only the local machine reaches it, with a random
 * password that only the owner of the data can read.
 *
 * Throws `store.binaries-missing`, `store.not-traversable` and `store.start-failed`.
 */
export async function openServer(dataDir: string): Promise<EmbeddedServer> {
  const root = process.getuid?.() === 0;
  const home = join(dataDir, 'postgres');
  const data = join(home, 'data');
  await mkdir(dataDir, { recursive: true, mode: root ? 0o711 : 0o700 });
  await mkdir(home, { recursive: true, mode: 0o700 });
  const account = await serverAccount(data);
  if (account) await chown(home, account.uid, account.gid);
  const binaries = await findBinaries(join(home, 'lib'));
  for (const path of [dirname(binaries.postgres), home]) await assertTraversable(path, account);
  await initialise(binaries, home, account);
  const endpoint = async (): Promise<Endpoint> => {
    const found = await start(binaries, home, account);
    await makeDatabase(found);
    return { ...found, database: DATABASE };
  };
  return {
    endpoint,
    lives: async () => (await livePostmaster(data)) !== undefined,
    stop: () => stop(data),
  };
}

async function start(binaries: Binaries, home: string, account: Account | undefined): Promise<Endpoint> {
  const data = join(home, 'data');
  const begun = performance.now();
  let giveUpAt = begun + GIVE_UP_MS;
  let launched: { readonly exited: () => boolean } | undefined;
  for (;;) {
    const endpoint = await answering(data);
    if (endpoint) return endpoint;
    const lives = await livePostmaster(data);
    if (lives) giveUpAt = performance.now() + GIVE_UP_MS;
    if (performance.now() > Math.min(giveUpAt, begun + RECOVER_MS)) throw await startFailed(home);
    // Its own lock lets one server in; whoever comes second exits and finds the first one here.
    if (!lives && (!launched || launched.exited())) launched = await launch(binaries, home, account);
    await pause(LOOK_EVERY_MS);
  }
}

async function launch(
  binaries: Binaries,
  home: string,
  account: Account | undefined,
): Promise<{ readonly exited: () => boolean }> {
  const port = await freePort(home);
  const logPath = join(home, 'server.log');
  const grown = ((await stat(logPath).catch(() => undefined))?.size ?? 0) > LOG_LIMIT_BYTES;
  const log = await open(logPath, grown ? 'w' : 'a', 0o600);
  try {
    const child = spawn(binaries.postgres, ['-D', join(home, 'data'), '-p', String(port)], {
      cwd: '/',
      env: { ...binaries.env },
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...account,
    });
    let over = false;
    child.once('exit', () => {
      over = true;
    });
    child.once('error', (error) => {
      over = true;
      appendFileSync(logPath, `${String(error)}\n`);
    });
    child.unref();
    return { exited: () => over };
  } finally {
    await log.close();
  }
}

/** The port of the last start if it is free, so that others find the server again; a random one otherwise. */
async function freePort(home: string): Promise<number> {
  const path = join(home, 'port');
  const last = Number(await readFile(path, 'utf8').catch(() => '0'));
  if (last > 0 && (await tryPort(last))) return last;
  const port = await tryPort(0);
  if (!port) throw new OpsError('store.start-failed', { log: join(home, 'server.log'), detail: 'no free port' });
  await writeFile(path, String(port));
  return port;
}

async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

async function makeDatabase(endpoint: Endpoint): Promise<void> {
  const known = await ask(endpoint, `select 1 from pg_database where datname = '${DATABASE}'`);
  if (known) return;
  try {
    await ask(endpoint, `create database ${DATABASE}`);
  } catch (error) {
    // Another process that starts at this moment may have made it.
    if (!(await ask(endpoint, `select 1 from pg_database where datname = '${DATABASE}'`))) throw error;
  }
}

async function startFailed(home: string): Promise<OpsError> {
  const log = join(home, 'server.log');
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n');
  return new OpsError('store.start-failed', { log, detail: lines.slice(-3).join(' ') });
}

async function stop(data: string): Promise<void> {
  const postmaster = await livePostmaster(data);
  if (!postmaster || (await usedByOthers(data))) return;
  process.kill(postmaster.pid, 'SIGINT');
  const until = performance.now() + STOP_MS;
  // Its number may stay for a while after it: not every first process of a container collects the dead.
  while ((await livePostmaster(data)) && performance.now() < until) await pause(LOOK_EVERY_MS);
}

async function usedByOthers(data: string): Promise<boolean> {
  const until = performance.now() + LEAVE_MS;
  for (;;) {
    const endpoint = await answering(data);
    if (!endpoint) return false;
    const others = await ask(
      endpoint,
      `select 1 from pg_stat_activity
       where backend_type = 'client backend' and application_name <> 'zapas launcher' limit 1`,
    ).catch(() => undefined);
    if (!others) return false;
    if (performance.now() > until) return true;
    await pause(LOOK_EVERY_MS);
  }
}
