import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, vi } from 'vitest';
import { livePostmaster } from '../../../src/adapters/store/embedded/postmaster.ts';
import type { Store, StoreOptions } from '../../../src/adapters/store/open-store.ts';
import { openStore } from '../../../src/adapters/store/open-store.ts';

/** A store of its own for one test file. */
export interface Scratch {
  readonly store: Store;
  /** Opens the same store once more, as another process would. */
  readonly options: StoreOptions;
  /** Raw SQL, past every rule of ours. */
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  remove(): Promise<void>;
}

/** The stores every contract runs on: the embedded server, and the one `DATABASE_URL` names. */
export const STORES: readonly (readonly [name: string, open: () => Promise<Scratch>])[] = [
  ['the embedded server', embeddedStore],
  ...(process.env['DATABASE_URL']
    ? [['DATABASE_URL', () => serverStore(process.env['DATABASE_URL'] ?? '')] as const]
    : []),
];

/** A directory the unprivileged account of the embedded server may enter. */
export async function scratchDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'zapas-store-'));
  await chmod(directory, 0o711);
  return directory;
}

/** Removes such a directory; the embedded server in it may still be stopping, and writes until it has. */
export async function removeScratch(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** The process number of the embedded server of that directory. */
export async function postmasterPid(dataDir: string): Promise<number> {
  const lines = await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8');
  return Number(lines.split('\n')[0]);
}

/** What `pg_ctl stop -m immediate` does: no checkpoint, every connection cut. An open store starts the server again. */
export async function crashServer({ options }: Pick<Scratch, 'options'>): Promise<void> {
  // It may be just coming back from an earlier crash.
  const data = join(options.dataDir, 'postgres', 'data');
  const server = async (): Promise<number | undefined> => (await livePostmaster(data))?.pid;
  const pid = await vi.waitFor(
    async () => {
      const found = await server();
      if (found === undefined) throw new Error('no server');
      process.kill(found, 'SIGQUIT');
      return found;
    },
    { timeout: 25_000 },
  );
  await vi.waitFor(async () => expect(await server()).not.toBe(pid), { timeout: 25_000 });
}

/** On an embedded server of its own. */
export async function embeddedStore(): Promise<Scratch> {
  const dataDir = await scratchDirectory();
  return await scratch({ dataDir }, () => removeScratch(dataDir));
}

async function serverStore(databaseUrl: string): Promise<Scratch> {
  const name = `zapas_test_${randomBytes(6).toString('hex')}`;
  const asAdmin = async (statement: string): Promise<void> => {
    const client = new Client(databaseUrl);
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await asAdmin(`create database ${name}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return await scratch({ databaseUrl: url.href, dataDir: '' }, () => asAdmin(`drop database ${name} with (force)`));
}

async function scratch(options: StoreOptions, discard: () => Promise<void>): Promise<Scratch> {
  const store = await openStore(options);
  return {
    store,
    options,
    async sql<Row extends object>(text: string, values: unknown[] = []) {
      return (await store.queuePool.query<Row>(text, values)).rows;
    },
    async remove() {
      await store.close();
      await discard();
    },
  };
}
