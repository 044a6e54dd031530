import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { none } from '../../src/adapters/become/become.ts';
import type { Connection } from '../../src/adapters/gateway/contracts.ts';
import { asRendered } from '../../src/adapters/gateway/contracts.ts';
import { prepare, quote } from '../../src/adapters/shells/posix.ts';
import type { CommandLine, ExecResult } from '../../src/domain/command.ts';
import { text } from '../../src/domain/command.ts';
import { endAll, processesWith, until } from './processes.ts';

/** A connection to this machine, and what can be done to its link. */
export interface ConnectionBench {
  readonly connection: Connection;
  readonly cut?: () => void;
  readonly freeze?: () => void;
  close(): Promise<void>;
}

const sh = (script: string, ...values: string[]): CommandLine => ({
  argv: ['/bin/sh', '-c', script, 'sh', ...values],
  timeoutMs: 20_000,
});

/** A command that is found among the processes, with its children, by a number that no other has. */
function sleeper(): { readonly word: string; readonly command: CommandLine } {
  const word = `300.${randomInt(1e9)}`;
  return { word, command: sh('sleep "$1" & sleep "$1"; :', word) };
}

/** What every connection to a POSIX host keeps; one on this very machine has no link that could be cut. */
export function connectionContract(name: string, make: () => Promise<ConnectionBench>, linked = true): void {
  describe(`a connection: ${name}`, () => {
    let bench: ConnectionBench;
    let dir: string;
    const patient = new AbortController().signal;
    const run = async (command: CommandLine, signal = patient): Promise<ExecResult> => {
      const { rendered, answer } = prepare(command, none(userInfo().username));
      return answer(await bench.connection.exec(rendered, signal));
    };

    beforeAll(async () => {
      bench = await make();
      dir = await mkdtemp(join(tmpdir(), 'zapas-connection-'));
    });
    afterAll(async () => {
      await bench.close();
      await rm(dir, { recursive: true, force: true });
    });

    it('carries Unicode both ways', async () => {
      const words = 'zażółć gęślą jaźń — 漢字 🐘 \u202egnp.exe';
      const { stdout, stderr } = await run({ ...sh('printf %s "$1"; cat >&2', words), stdin: words });
      expect([text(stdout), text(stderr)]).toEqual([words, words]);
    });

    it('gives empty outputs as empty', async () => {
      expect(await run(sh(':'))).toMatchObject({ code: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) });
    });

    it.each([0, 1, 126, 127, 255])('an exit code is a value: %i', async (code) => {
      expect((await run(sh(`exit ${code}`))).code).toBe(code);
    });

    it('a program that is not there exits with 127, and says so', async () => {
      const { code, stderr } = await run({ argv: ['zapas-no-such-program'], timeoutMs: 5_000 });
      expect(code).toBe(127);
      expect(text(stderr)).toContain('zapas-no-such-program');
    });

    it('a program killed by a signal has no exit code of its own', async () => {
      expect((await run(sh('kill -KILL $$'))).code).toBe(137);
    });

    it('carries a megabyte on each output at once', async () => {
      const { stdout, stderr } = await run(sh('head -c 1048576 /dev/zero; head -c 1048577 /dev/zero >&2'));
      expect([stdout.length, stderr.length]).toEqual([1_048_576, 1_048_577]);
    });

    it.each([0, 1, 1_048_576])('uploads and downloads %i bytes exactly', async (size) => {
      const bytes = randomBytes(size);
      const path = join(dir, `up-${size}`);
      const up = asRendered({ text: `cat >${quote(path)}`, stdin: bytes, timeoutMs: 20_000 });
      expect((await bench.connection.exec(up, patient)).code).toBe(0);
      expect((await readFile(path)).equals(bytes)).toBe(true);
      const down = await run(sh('cat "$1"', path));
      expect(Buffer.from(down.stdout).equals(bytes)).toBe(true);
    });

    it('gives standard input whole, with NUL and every other character, and then its end', async () => {
      const stdin = `${Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('')}\n`.repeat(100);
      expect(text((await run({ ...sh('cat'), stdin })).stdout)).toBe(stdin);
    });

    it('does not mind a program that ignores what it was sent', async () => {
      expect((await run({ ...sh('exit 3'), stdin: 'x'.repeat(1_000_000) })).code).toBe(3);
    });

    it('runs in the given directory, with the given environment', async () => {
      const command = { ...sh('pwd; printf %s "$ODD"'), cwd: dir, env: { ODD: 'a b\n$(c)' } };
      expect(text((await run(command)).stdout)).toBe(`${dir}\na b\n$(c)`);
    });

    it('does not wait for what a command leaves behind with its outputs open', async () => {
      const word = `left-${randomBytes(6).toString('hex')}`;
      const { code } = await run(sh('setsid /bin/sh -c "sleep 30; :" "$1" & exit 4', word));
      expect(code).toBe(4);
      await endAll(word);
    });

    it('ends a command on the host when its time is over, with all its children', async () => {
      const { word, command } = sleeper();
      await expect(run({ ...command, timeoutMs: 400 })).rejects.toMatchObject({ code: 'exec.timeout' });
      expect(await processesWith(word)).toEqual([]);
    });

    it('also one that does not want to', async () => {
      const word = `stubborn-${randomBytes(6).toString('hex')}`;
      const stubborn = sh('trap "" TERM; while :; do sleep 0.2; done', word);
      await expect(run({ ...stubborn, timeoutMs: 300 })).rejects.toMatchObject({ code: 'exec.timeout' });
      expect(await processesWith(word)).toEqual([]);
    });

    it('ends a command on the host when the caller aborts, and says so when it has ended', async () => {
      const { word, command } = sleeper();
      const caller = new AbortController();
      const running = run(command, caller.signal);
      running.catch(() => undefined);
      await until('it runs', async () => (await processesWith(word)).length > 0);
      caller.abort();
      await expect(running).rejects.toMatchObject({ code: 'exec.aborted' });
      expect(await processesWith(word)).toEqual([]);
    });

    it('starts nothing for a caller who has already given up', async () => {
      const { word, command } = sleeper();
      await expect(run(command, AbortSignal.abort())).rejects.toMatchObject({ code: 'exec.aborted' });
      expect(await processesWith(word)).toEqual([]);
    });

    it('refuses output without end, and ends its source', async () => {
      const word = `endless-${randomBytes(6).toString('hex')}`;
      await expect(run(sh('cat /dev/zero; :', word))).rejects.toMatchObject({ code: 'exec.failed' });
      await until('it has ended', async () => (await processesWith(word)).length === 0);
    });

    it('runs twenty commands side by side', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, async (_, n) => text((await run(sh('sleep 0.05; printf %s "$1"', `${n}`))).stdout)),
      );
      expect(answers).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`));
    });

    if (!linked) return;

    it('a link cut in mid-command is an unknown outcome, and the next command goes through', async () => {
      const { word, command } = sleeper();
      const running = run(command);
      running.catch(() => undefined);
      await until('it runs', async () => (await processesWith(word)).length > 0);
      bench.cut?.();
      await expect(running).rejects.toMatchObject({ code: 'exec.outcome-unknown' });
      expect(text((await run(sh('echo back'))).stdout)).toBe('back\n');
      await endAll(word);
    });

    it('a script cut off in the middle of its upload is not run', async () => {
      const path = join(dir, 'half');
      const stdin = `touch ${path}\n${'# padding\n'.repeat(4_000_000)}`;
      const running = run({ argv: ['/bin/sh'], stdin, timeoutMs: 20_000 });
      running.catch(() => undefined);
      await until(
        'it begins to arrive',
        async () => (await run(sh('ls -s /dev/shm; ls /dev/shm/zapas.* 2>/dev/null'))).code === 0,
      );
      bench.cut?.();
      await expect(running).rejects.toMatchObject({ code: 'exec.outcome-unknown' });
      await until('nothing of it is left', async () => (await run(sh('ls /dev/shm/zapas.* 2>/dev/null'))).code !== 0);
      await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('a peer that freezes without a word is noticed within ten seconds', async () => {
      const { word, command } = sleeper();
      const running = run(command);
      running.catch(() => undefined);
      await until('it runs', async () => (await processesWith(word)).length > 0);
      const frozenAt = Date.now();
      bench.freeze?.();
      await expect(running).rejects.toMatchObject({ code: 'exec.outcome-unknown' });
      expect(Date.now() - frozenAt).toBeLessThan(10_000);
      bench.cut?.();
      await endAll(word);
      expect(text((await run(sh('echo back'))).stdout)).toBe('back\n');
    });
  });
}
