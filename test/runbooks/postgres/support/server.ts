import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type ClientConfig } from 'pg';
import { findBinaries } from '../../../../src/adapters/store/embedded/binaries.ts';

/** A real PostgreSQL server of our own, on a random port and in a directory of its own. */
export interface TestServer {
  readonly directory: string;
  /** Gives a file to the account the server runs as, for its eyes only. */
  adopt(path: string): void;
  connect(config?: ClientConfig): Promise<Client>;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root, so root lends it an ordinary account. */
const ORDINARY_UID = 65_534;

export async function startServer(): Promise<TestServer> {
  const asRoot = process.getuid?.() === 0;
  const account = asRoot ? { uid: ORDINARY_UID, gid: ORDINARY_UID } : {};
  const directory = mkdtempSync(join(tmpdir(), 'zapas-pg-'));
  if (asRoot) chownSync(directory, ORDINARY_UID, ORDINARY_UID);
  const data = join(directory, 'data');
  const programs = await findBinaries(join(directory, 'lib'));
  const env = { ...programs.env, TZ: 'UTC', PATH: process.env['PATH'] ?? '' };
  const options = { ...account, cwd: directory, env };
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '--auth-host=scram-sha-256', '-E', 'UTF8', '--no-sync'];
  execFileSync(programs.initdb, initdb, { ...options, stdio: 'pipe' });
  const port = await freePort();
  const settings = ['-h', '127.0.0.1', '-p', String(port), '-k', directory, '-F', '-c', 'wal_level=logical'];
  const server = spawn(programs.postgres, ['-D', data, ...settings], { ...options, stdio: 'ignore' });
  const connect = async (config: ClientConfig = {}): Promise<Client> => {
    const client = new Client({ host: directory, port, user: 'postgres', database: 'postgres', ...config });
    await client.connect();
    return client;
  };
  await untilReady(server, connect);
  const adopt = (path: string): void => {
    chmodSync(path, 0o600);
    if (asRoot) chownSync(path, ORDINARY_UID, ORDINARY_UID);
  };
  return { directory, adopt, connect, stop: () => stop(server, directory) };
}

async function untilReady(server: ChildProcess, connect: () => Promise<Client>): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`);
    const client = await connect().catch(() => undefined);
    if (client !== undefined) return await client.end();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function stop(server: ChildProcess, directory: string): Promise<void> {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  if (server.exitCode === null) {
    server.kill('SIGINT');
    await ended;
  }
  rmSync(directory, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
