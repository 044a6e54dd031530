import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EmbeddedServer } from '../../../src/adapters/store/embedded/server.ts';
import { openServer } from '../../../src/adapters/store/embedded/server.ts';
import { openStore } from '../../../src/adapters/store/open-store.ts';
import { request } from '../../contracts/run-store.ts';
import { postmasterPid, scratchDirectory } from './scratch.ts';

const root = process.getuid?.() === 0;
const leftovers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const discard of leftovers.splice(0).toReversed()) await discard();
});

async function directory(): Promise<string> {
  const path = await scratchDirectory();
  leftovers.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function server(dataDir: string): Promise<EmbeddedServer> {
  const opened = await openServer(dataDir);
  leftovers.push(() => opened.stop());
  return opened;
}

/** Settles when no process of that number works any more. */
async function gone(pid: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State: X');
      expect(status).toMatch(/^State:\s+[XZ]/m);
    },
    { timeout: 20_000 },
  );
}

describe('the embedded server', () => {
  it('is one, whatever number of first starters there are', async () => {
    const dataDir = await directory();
    const servers = await Promise.all([server(dataDir), server(dataDir), server(dataDir), server(dataDir)]);
    const endpoints = await Promise.all(servers.map((one) => one.endpoint()));
    expect(new Set(endpoints.map(({ port }) => port)).size).toBe(1);
    expect(new Set(endpoints.map(({ password }) => password)).size).toBe(1);
  });

  it('is used by several processes and stopped by the last one', async () => {
    const dataDir = await directory();
    const [first, second] = await Promise.all([openStore({ dataDir }), openStore({ dataDir })]);
    const pid = await postmasterPid(dataDir);
    await first.close();
    const { run } = await second.runs.request(request());
    expect(await postmasterPid(dataDir)).toBe(pid);
    await second.close();
    await gone(pid);
    const third = await openStore({ dataDir });
    leftovers.push(() => third.close());
    expect(await third.runs.load(run.id)).toEqual(run);
  });

  it('that is killed is started again while the store is in use, and has lost nothing', async () => {
    const dataDir = await directory();
    const store = await openStore({ dataDir });
    leftovers.push(() => store.close());
    const { run } = await store.runs.request(request());
    const pid = await postmasterPid(dataDir);
    process.kill(pid, 'SIGKILL');
    await gone(pid);
    await vi.waitFor(async () => expect(await store.runs.load(run.id)).toEqual(run), {
      timeout: 20_000,
      interval: 100,
    });
    expect(await postmasterPid(dataDir)).not.toBe(pid);
    expect(await store.audit.verify()).toMatchObject({ ok: true });
  });

  it('that was killed is started again by the next process', async () => {
    const dataDir = await directory();
    const first = await server(dataDir);
    await first.endpoint();
    const pid = await postmasterPid(dataDir);
    process.kill(pid, 'SIGKILL');
    await gone(pid);
    const second = await server(dataDir);
    expect((await second.endpoint()).port).toBeGreaterThan(0);
    expect(await postmasterPid(dataDir)).not.toBe(pid);
  });

  it('is open to nobody without the password, which only its owner can read', async () => {
    const dataDir = await directory();
    const endpoint = await (await server(dataDir)).endpoint();
    const stranger = new Client({ ...endpoint, password: 'guess' });
    await expect(stranger.connect()).rejects.toThrow('password authentication failed');
    const { mode, uid } = await stat(join(dataDir, 'postgres', 'data', 'zapas.password'));
    expect(mode & 0o777).toBe(0o600);
    expect(uid).toBe(root ? 65_534 : process.getuid?.());
    const client = new Client(endpoint);
    await client.connect();
    const { rows } = await client.query(
      `select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets`,
    );
    await client.end();
    expect(rows).toEqual([{ addresses: '127.0.0.1', sockets: '' }]);
  });

  it.runIf(root)('that may not enter a directory on the way to its data says which', async () => {
    const closed = join(await directory(), 'closed');
    await mkdir(closed, { mode: 0o700 });
    await expect(openServer(join(closed, 'data'))).rejects.toMatchObject({
      code: 'store.not-traversable',
      params: { path: closed, uid: 65_534 },
    });
  });

  it('that cannot start says why', async () => {
    const dataDir = await directory();
    const first = await server(dataDir);
    await first.endpoint();
    await first.stop();
    await rm(join(dataDir, 'postgres', 'data', 'global', 'pg_control'));
    await expect(first.endpoint()).rejects.toMatchObject({
      code: 'store.start-failed',
      params: { detail: expect.stringContaining('pg_control') },
    });
  });
});
