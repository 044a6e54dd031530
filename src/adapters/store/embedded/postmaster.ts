import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';

/** Where a server listens and who may log in. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** The one account of the embedded server. */
export const USER = 'zapas';
const PASSWORD_FILE = 'zapas.password';

/** The file with the server's password, inside its data directory. */
export function passwordPath(data: string): string {
  return join(data, PASSWORD_FILE);
}

/**
 * The process of the server of this data directory, if it lives. A stale `postmaster.pid` (after a power cut or a kill) may name a
 * number that another process has by now; where the system can tell, that is not taken for the server.
 */
export async function livePostmaster(data: string): Promise<{ pid: number; port: number } | undefined> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!(pid > 0) || !isAlive(pid)) return undefined;
  if (process.platform === 'linux') {
    const works = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    if (works !== (await realpath(data).catch(() => undefined))) return undefined;
  }
  return { pid, port };
}

/** Does a process of that number exist? */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Where the server of this data directory answers now; undefined when it does not (yet). */
export async function answering(data: string): Promise<Endpoint | undefined> {
  const postmaster = await livePostmaster(data);
  if (!postmaster || !postmaster.port) return undefined;
  const password = await readFile(passwordPath(data), 'utf8');
  const endpoint = { host: '127.0.0.1', port: postmaster.port, user: USER, password, database: 'postgres' };
  try {
    const served = await ask<{ data: string }>(endpoint, `select current_setting('data_directory') as data`);
    // A copied data directory has the same password, and a stale file that names the original's port.
    return (await realpath(served?.data ?? '')) === (await realpath(data)) ? endpoint : undefined;
  } catch {
    return undefined;
  }
}

/** One statement on a connection of its own; the first row. */
export async function ask<Row extends object>(endpoint: Endpoint, statement: string): Promise<Row | undefined> {
  const client = new Client({
    ...endpoint,
    application_name: 'zapas launcher',
    connectionTimeoutMillis: 2_000,
    query_timeout: 10_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(statement)).rows[0];
  } finally {
    await client.end().catch(() => undefined);
  }
}
