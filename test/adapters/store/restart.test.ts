import type { AddressInfo, Socket } from 'node:net';
import { connect as connectTo, createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStore } from '../../../src/adapters/store/open-store.ts';
import { OpsError } from '../../../src/domain/errors.ts';
import type { RunEvent } from '../../../src/domain/run.ts';
import { begin, fact, request } from '../../contracts/run-store.ts';
import type { Scratch } from './scratch.ts';
import { crashServer, embeddedStore } from './scratch.ts';

const RECOVERY = { timeout: 25_000, interval: 50 };

let scratch: Scratch;
beforeAll(async () => {
  scratch = await embeddedStore();
});
beforeEach(async () => {
  await vi.waitFor(() => scratch.store.runs.list({ limit: 1 }), RECOVERY);
});
afterAll(async () => {
  await scratch.remove();
});

const crash = (): Promise<void> => crashServer(scratch);

const unavailable = (error: unknown): boolean => error instanceof OpsError && error.code === 'store.unavailable';

/** Writes the event, whatever befalls the store meanwhile; after a failure only the rows tell what was written. */
async function insist(run: string, event: RunEvent & { step: string }): Promise<void> {
  const { runs, audit } = scratch.store;
  await vi.waitFor(async () => {
    const written = (await audit.read(run)).some(({ event: known }) => 'step' in known && known.step === event.step);
    if (!written) await runs.apply(run, event);
  }, RECOVERY);
}

describe('a store whose server crashes', () => {
  it('under load loses nothing and doubles nothing', { timeout: 120_000 }, async () => {
    const runs = await Promise.all(Array.from({ length: 4 }, () => begin(scratch.store, 'check', false)));
    const steps = Array.from({ length: 150 }, (_, n) => `step-${n}`);
    let written = 0;
    const work = async (run: string): Promise<void> => {
      for (const step of steps) {
        await insist(run, fact({ type: 'step-started', step, irreversible: false }) as RunEvent & { step: string });
        written += 1;
      }
    };
    const crashes = async (): Promise<void> => {
      for (const share of [100, 300]) {
        await vi.waitFor(() => expect(written).toBeGreaterThan(share), { timeout: 60_000 });
        await crash();
      }
    };
    await Promise.all([...runs.map(({ id }) => work(id)), crashes()]);
    for (const { id } of runs) {
      const told = (await scratch.store.audit.read(id)).flatMap(({ event }) => ('step' in event ? [event.step] : []));
      expect(told).toEqual(steps);
      expect(await scratch.store.runs.load(id)).toMatchObject({ version: steps.length + 2 });
    }
    expect(await scratch.store.audit.verify()).toMatchObject({ ok: true });
  });

  it('keeps the lock of a cluster and the order of its queue', async () => {
    const first = await begin(scratch.store);
    const second = (await scratch.store.runs.request(request({ cluster: first.cluster }))).run;
    await crash();
    await vi.waitFor(async () => expect(await scratch.store.runs.admit()).not.toContain(second.id), RECOVERY);
    expect(await scratch.store.runs.load(second.id)).toMatchObject({ state: 'queued' });
    await scratch.store.runs.apply(first.id, fact({ type: 'finished', state: 'failed' }));
    expect(await scratch.store.runs.admit()).toContain(second.id);
  });

  it('says meanwhile that it is unavailable, which is safe to try again', async () => {
    const { id } = await begin(scratch.store);
    await crash();
    const thrown: unknown[] = [];
    await vi.waitFor(async () => {
      await scratch.store.runs.load(id).catch((error: unknown) => thrown.push(error));
      expect(thrown.length).toBeGreaterThan(0);
    }, RECOVERY);
    expect(thrown.every(unavailable)).toBe(true);
    await vi.waitFor(() => scratch.store.runs.load(id), RECOVERY);
  });

  it('is watched again afterwards, and what changed in between is told', async () => {
    const heard: string[] = [];
    const stop = await scratch.store.runs.watch((id) => heard.push(id));
    await crash();
    const { run } = await vi.waitFor(() => scratch.store.runs.request(request()), RECOVERY);
    await vi.waitFor(() => expect(heard).toContain(run.id), RECOVERY);
    const later = await begin(scratch.store);
    await vi.waitFor(() => expect(heard).toContain(later.id), RECOVERY);
    await stop();
  });
});

/** A wire to the server that is cut when a COMMIT passes: before it gets there, or before its answer comes back. */
async function wire(): Promise<{ url: string; cut(when: 'before' | 'after'): void; close(): void }> {
  const { host = '', port = 0, user = '', password, database = '' } = scratch.store.queuePool.options;
  const sockets = new Set<Socket>();
  let armed: 'before' | 'after' | undefined;
  const server = createServer((client) => {
    const upstream = connectTo(port, host);
    let dropping = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => [client, upstream].forEach((end) => end.destroy()));
    }
    client.on('data', (chunk) => {
      if (armed && chunk.includes('commit')) {
        if (armed === 'before') return client.destroy();
        dropping = true;
        armed = undefined;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => (dropping ? client.destroy() : client.write(chunk)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port: local } = server.address() as AddressInfo;
  return {
    url: `postgres://${user}:${String(password)}@127.0.0.1:${local}/${database}`,
    cut: (when) => {
      armed = when;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const startedOnce = fact({ type: 'step-started', step: 'x', irreversible: false });
const count = async (run: string): Promise<number> =>
  (await scratch.store.audit.read(run)).filter(({ event }) => event.type === 'step-started').length;

describe('a COMMIT', () => {
  it('whose answer is lost is found in the rows, and reported as done', async () => {
    const { id } = await begin(scratch.store);
    const line = await wire();
    const store = await openStore({ databaseUrl: line.url, dataDir: '' });
    line.cut('after');
    const run = await store.runs.apply(id, startedOnce);
    expect(await count(id)).toBe(1);
    expect(await scratch.store.runs.load(id)).toEqual(run);
    await store.close();
    line.close();
  });

  it('that never arrived is reported as unavailable, and nothing was written', { timeout: 60_000 }, async () => {
    const { id } = await begin(scratch.store);
    const line = await wire();
    const store = await openStore({ databaseUrl: line.url, dataDir: '' });
    line.cut('before');
    await expect(store.runs.apply(id, startedOnce)).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(await count(id)).toBe(0);
    await store.close();
    line.close();
  });
});
