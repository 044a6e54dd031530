import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRoles } from '../../src/adapters/store/roles.ts';
import type { Held, Roles } from '../../src/domain/roles.ts';
import type { Log } from '../../src/jobs/engine/deps.ts';
import { keepDuty } from '../../src/main/duty.ts';
import type { Scratch } from '../adapters/store/scratch.ts';
import { crashServer, embeddedStore } from '../adapters/store/scratch.ts';
import { openLink } from './link.ts';

const PATIENCE = { timeout: 25_000, interval: 50 };
const PROGRAM = join(import.meta.dirname, 'duty-process.ts');
const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Those roles, with a note of every one that was held. */
function noting(inner: Roles): { readonly roles: Roles; readonly held: readonly Held[] } {
  const held: Held[] = [];
  const take = async (): Promise<Held | undefined> => {
    const taken = await inner.take();
    if (taken) held.push(taken);
    return taken;
  };
  return { roles: { take, leave: () => inner.leave() }, held };
}

interface Player {
  readonly process: ChildProcess;
  readonly said: string[];
}

describe('of several bot processes', () => {
  let scratch: Scratch;
  const players: Player[] = [];
  beforeAll(async () => {
    scratch = await embeddedStore();
  }, 60_000);
  afterEach(async () => {
    for (const { process: child } of players.splice(0)) {
      if (child.exitCode === null) child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
  });
  afterAll(async () => await scratch.remove());

  const player = (): Player => {
    const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, scratch.options.dataDir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const said: string[] = [];
    child.stdout.on('data', (text: Buffer) => said.push(...text.toString().trim().split('\n')));
    const one = { process: child, said };
    players.push(one);
    return one;
  };
  const says = async ({ said }: Player, word: string | RegExp): Promise<void> => {
    await vi.waitFor(() => expect(said).toContainEqual(expect.stringMatching(word)), PATIENCE);
  };

  it('one serves, and the other when the first was killed', async () => {
    const first = player();
    await says(first, /^serves$/);
    const second = player();
    await says(second, 'another process talks to people');
    expect(second.said).not.toContain('serves');
    first.process.kill('SIGKILL');
    await says(second, /^serves$/);
  });

  it('one serves, and the other when the first ended in order', async () => {
    const first = player();
    await says(first, /^serves$/);
    const second = player();
    await says(second, 'another process talks to people');
    first.process.stdin?.end();
    await says(second, /^serves$/);
    expect(first.said).toContain('stopped');
  });

  it('one serves, and the other when the first is frozen; thawed, that one sees it and stops', async () => {
    const first = player();
    await says(first, /^serves$/);
    const second = player();
    await says(second, 'another process talks to people');
    first.process.kill('SIGSTOP');
    await says(second, /^serves$/);
    expect(first.said).not.toContain('stopped');
    first.process.kill('SIGCONT');
    await says(first, /^stopped$/);
    expect([first, second].map(({ said }) => said.filter((word) => word === 'serves').length)).toEqual([1, 1]);
    expect(second.said).not.toContain('stopped');
  });

  it('one serves, and the other when the first is cut off from the database, which has stopped by then', async () => {
    // A pool hides its password from whoever copies its options.
    const { options } = scratch.store.queuePool;
    const link = await openLink(options.port ?? 0);
    const course: string[] = [];
    const serve = (who: string) => (): Promise<{ stop(): Promise<void> }> => {
      course.push(`${who} begins`);
      return Promise.resolve({ stop: () => Promise.resolve(void course.push(`${who} stops`)) });
    };
    const { roles, held } = noting(
      createRoles(() => ({ ...options, password: options.password, host: '127.0.0.1', port: link.port })),
    );
    const first = await keepDuty(roles, serve('first'), quiet);
    const second = await keepDuty(scratch.store.roles, serve('second'), quiet);
    await vi.waitFor(() => expect(held[0]?.wanted).toBe(true), PATIENCE);
    link.cut();
    await vi.waitFor(() => expect(second.serving).toBeDefined(), PATIENCE);
    expect(course).toEqual(['first begins', 'first stops', 'second begins']);
    link.mend();
    await second.stop();
    await vi.waitFor(() => expect(first.serving).toBeDefined(), PATIENCE);
    await first.stop();
    await link.close();
  });

  it('the one that serves goes on when the database comes back after a crash', async () => {
    const [begun, stopped] = [vi.fn<() => void>(), vi.fn<() => void>()];
    const begin = (): Promise<{ stop(): Promise<void> }> => {
      begun();
      return Promise.resolve({ stop: () => Promise.resolve(stopped()) });
    };
    const { roles, held } = noting(scratch.store.roles);
    const duty = await keepDuty(roles, begin, quiet);
    await crashServer(scratch);
    await held[0]?.lost;
    await vi.waitFor(() => expect(held).toHaveLength(2), PATIENCE);
    expect([begun.mock.calls.length, stopped.mock.calls.length]).toEqual([1, 0]);
    await duty.stop();
    expect(stopped).toHaveBeenCalledOnce();
  });

  it('the one that lost its place to another one stops, and serves again when that one is gone', async () => {
    const stopped = vi.fn<() => void>();
    const begin = (): Promise<{ stop(): Promise<void> }> => Promise.resolve({ stop: () => Promise.resolve(stopped()) });
    const held: Held[] = [];
    let slow = false;
    const roles = {
      async take() {
        if (slow) return undefined;
        const taken = await scratch.store.roles.take();
        if (taken) held.push(taken);
        return taken;
      },
      leave: () => scratch.store.roles.leave(),
    };
    const duty = await keepDuty(roles, begin, quiet);
    // Its session ends, and somebody else is quicker.
    slow = true;
    await held[0]?.release();
    const other = await vi.waitFor(async () => (await scratch.store.roles.take()) ?? Promise.reject(new Error('held')));
    slow = false;
    await vi.waitFor(() => expect(duty.serving).toBeUndefined(), PATIENCE);
    expect(stopped).toHaveBeenCalledOnce();
    await other.release();
    await vi.waitFor(() => expect(duty.serving).toBeDefined(), PATIENCE);
    await duty.stop();
  });

  it('a beginning that fails gives the role back', async () => {
    await expect(keepDuty(scratch.store.roles, () => Promise.reject(new Error('no')), quiet)).rejects.toThrow('no');
    await vi.waitFor(async () => {
      const taken = await scratch.store.roles.take();
      expect(taken).toBeDefined();
      await taken?.release();
    }, PATIENCE);
  });
});
