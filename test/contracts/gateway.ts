import { createHash, randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandLine } from '../../src/domain/command.ts';
import { text } from '../../src/domain/command.ts';
import type { Fence, HostGateway, JobStatus } from '../../src/domain/ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { WriteChange } from '../../src/domain/step.ts';
import { until } from './processes.ts';

/** A gateway to a host on which the tests are administrator, and another to the same host, as a second worker has it. */
export interface GatewayBench {
  readonly gateway: HostGateway;
  /** Its commands wait a second for the lock, not a minute. */
  readonly other: HostGateway;
  /** An account of the host that is not root; undefined where the tests may not become another. */
  readonly account?: string;
  /** Cuts the link of `gateway`. */
  readonly cut?: () => void;
  close(): Promise<void>;
}

const sh = (script: string, ...values: string[]): CommandLine => ({
  argv: ['/bin/sh', '-c', script, 'sh', ...values],
  timeoutMs: 20_000,
});

const newId = (): string => `contract.${randomInt(1e9)}.job`;

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

/** What every gateway to a Linux host keeps. */
export function gatewayContract(name: string, make: () => Promise<GatewayBench>): void {
  describe(`a host gateway: ${name}`, () => {
    const { signal } = new AbortController();
    let bench: GatewayBench;
    let gateway: HostGateway;
    let dir: string;
    let resources = 0;
    const said = async (script: string, ...values: string[]): Promise<string> =>
      text((await gateway.ask(sh(script, ...values), signal)).stdout);
    /** A resource that no other test uses. */
    const fences = (): ((token: number | string) => Fence) => {
      const resource = `contract-${randomInt(1e9)}-${(resources += 1)}`;
      return (token) => ({ resource, token: `${token}` });
    };
    /** Processes with this word among their arguments; the word comes by standard input so that the search does not find itself. */
    const processes = async (word: string): Promise<string> => {
      const search = { ...sh('grep -lzxFf - /proc/[0-9]*/cmdline 2>/dev/null; :'), stdin: word };
      return text((await gateway.ask(search, signal)).stdout);
    };

    /** The directory of a job, found by the mark its processes carry. */
    const stateOf = (id: string): Promise<string> =>
      said(
        'cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n" | grep "^ZAPAS_JOB=.*/$1\\$" | head -n 1 | cut -d= -f2-',
        id,
      );

    const write = (
      change: Partial<WriteChange> & { readonly path: string },
      fence = fences()(1),
    ): Promise<Uint8Array | undefined> =>
      gateway.write({ kind: 'write', host: 'h', content: '', ifHash: 'absent', ...change }, fence, signal);
    const only = async (path: string): Promise<string> => said('ls -A "$(dirname "$1")" | grep -F zapas; :', path);
    const follow = async (id: string, offset = 0): Promise<{ readonly output: string; readonly last: JobStatus }> => {
      const pieces: Uint8Array[] = [];
      for (let at = offset; ; ) {
        const status = await gateway.pollJob(id, at, signal);
        pieces.push(status.output);
        at = status.offset;
        if (status.state !== 'running') return { output: text(Buffer.concat(pieces)), last: status };
        await pause(30);
      }
    };

    beforeAll(async () => {
      bench = await make();
      gateway = bench.gateway;
      dir = (await said('mktemp -d')).trim();
      await said('chmod 755 "$1"', dir);
    });
    afterAll(async () => {
      await said('rm -rf -- "$1"', dir);
      await bench.close();
    });

    describe('asks', () => {
      it('and gives exit code and outputs', async () => {
        const { code, stdout, stderr } = await gateway.ask(sh('echo out; echo err >&2; exit 3'), signal);
        expect([code, text(stdout), text(stderr)]).toEqual([3, 'out\n', 'err\n']);
      });

      it('as another account, with its groups, its home and its environment', async (test) => {
        const { account } = bench;
        if (account === undefined) return test.skip('no other account without root');
        const home = (await said('getent passwd "$1" | cut -d: -f6', account)).trim();
        const groups = await said('id -Gn "$1"', account);
        const command = { ...sh('id -un; id -Gn; echo "$HOME $USER $ODD"'), as: account, env: { ODD: "it's $(odd)" } };
        const { stdout } = await gateway.ask(command, signal);
        expect(text(stdout)).toBe(`${account}\n${groups}${home} ${account} it's $(odd)\n`);
      });

      it('not as an account that the host does not have', async () => {
        await expect(gateway.ask({ ...sh(':'), as: 'zapas-nobody' }, signal)).rejects.toMatchObject({
          code: 'host.become-failed',
        });
      });

      it('until the time is over, and names the host in the error', async () => {
        await expect(gateway.ask({ ...sh('sleep 300'), timeoutMs: 300 }, signal)).rejects.toMatchObject({
          code: 'exec.timeout',
          params: { host: expect.any(String), address: expect.any(String), seconds: 0.3 },
        });
      });

      it('and is not fooled by what a program says', async () => {
        const { code, stderr } = await gateway.ask(
          sh('printf "zapas-00 timeout\\nsudo: a password is required\\n" >&2; exit 124'),
          signal,
        );
        expect([code, text(stderr)]).toEqual([124, 'zapas-00 timeout\nsudo: a password is required\n']);
      });
    });

    describe('the fence', () => {
      it('lets the same and newer tokens through and refuses older ones', async () => {
        const fence = fences();
        for (const token of [9, 9, 10]) expect((await gateway.exec(sh(':'), fence(token), signal)).code).toBe(0);
        await expect(bench.other.exec(sh('touch "$1/fenced"', dir), fence(9), signal)).rejects.toMatchObject({
          code: 'host.fenced',
          params: { token: '10' },
        });
        expect(await said('ls "$1/fenced" 2>&1; :', dir)).toContain('No such file');
      });

      it('compares tokens as numbers of up to 64 bits', async () => {
        const fence = fences();
        await gateway.exec(sh(':'), fence('9223372036854775807'), signal);
        await gateway.exec(sh(':'), fence('18446744073709551614'), signal);
        await expect(gateway.exec(sh(':'), fence('9223372036854775808'), signal)).rejects.toMatchObject({
          code: 'host.fenced',
        });
        expect((await gateway.exec(sh(':'), fence('18446744073709551615'), signal)).code).toBe(0);
      });

      it('knows nothing of other resources', async () => {
        await gateway.exec(sh(':'), fences()(100), signal);
        expect((await gateway.exec(sh(':'), fences()(1), signal)).code).toBe(0);
      });

      it('lets one change run at a time', async () => {
        const fence = fences();
        const file = `${dir}/serial`;
        const step = sh('echo in >>"$1"; sleep 0.05; echo out >>"$1"', file);
        await Promise.all(
          Array.from({ length: 6 }, (_, n) => (n % 2 ? gateway : bench.gateway).exec(step, fence(1), signal)),
        );
        expect(await said('cat "$1"', file)).toBe('in\nout\n'.repeat(6));
      });

      it('says that the host is busy when the change before does not end', async () => {
        const fence = fences();
        const slow = gateway.exec(sh('touch "$1/slow"; sleep 2.5', dir), fence(1), signal);
        await until('it has the lock', async () => (await said('ls "$1"', dir)).includes('slow'));
        await expect(bench.other.exec(sh(':'), fence(2), signal)).rejects.toMatchObject({ code: 'host.busy' });
        expect((await slow).code).toBe(0);
      });

      it('is not held by what a change leaves running', async () => {
        const fence = fences();
        await gateway.exec(sh('sleep 20 >/dev/null 2>&1 & :'), fence(1), signal);
        expect((await bench.other.exec(sh(':'), fence(2), signal)).code).toBe(0);
      });

      it('is held until an aborted change has ended', async () => {
        const fence = fences();
        const caller = new AbortController();
        const stubborn = sh('trap "" TERM; sleep 300 & while :; do echo beat >>"$1/stubborn"; sleep 0.1; done', dir);
        const running = gateway.exec(stubborn, fence(1), caller.signal);
        running.catch(() => undefined);
        await until('it runs', async () => (await said('ls "$1"', dir)).includes('stubborn'));
        caller.abort();
        const barrier = gateway.exec(
          sh('wc -l <"$1/stubborn"; sleep 0.6; wc -l <"$1/stubborn"', dir),
          fence(2),
          signal,
        );
        const [atOnce, later] = text((await barrier).stdout)
          .trim()
          .split('\n');
        expect(later).toBe(atOnce);
        await expect(running).rejects.toMatchObject({ code: 'exec.aborted' });
      });

      it('an abort while a change waits for the lock starts nothing', async () => {
        const fence = fences();
        const slow = gateway.exec(sh('touch "$1/first"; sleep 2', dir), fence(1), signal);
        await until('the first has the lock', async () => (await said('ls "$1"', dir)).includes('first'));
        const caller = new AbortController();
        const waiting = gateway.exec(sh('touch "$1/second"', dir), fence(1), caller.signal);
        waiting.catch(() => undefined);
        await pause(300);
        caller.abort();
        await expect(waiting).rejects.toMatchObject({ code: 'exec.aborted' });
        await slow;
        expect(await said('ls "$1"', dir)).not.toContain('second');
      });
    });

    describe('files', () => {
      it('reads a file byte by byte, undefined where there is none', async () => {
        await said('printf "a\\0\\377\\n" >"$1"', `${dir}/bytes`);
        expect(await gateway.read(`${dir}/bytes`, signal)).toEqual(Buffer.from([97, 0, 255, 10]));
        expect(await gateway.read(`${dir}/none`, signal)).toBeUndefined();
        await expect(gateway.read(dir, signal)).rejects.toMatchObject({ code: 'fact.unreadable' });
      });

      it('makes a new file with the asked mode and owner', async () => {
        const owner = bench.account;
        const path = `${dir}/new 'file'\nżółw`;
        expect(await write({ path, content: 'żółw\n', mode: '0640', ...(owner && { owner }) })).toBeUndefined();
        expect(await said('stat -c "%a %U" "$1"; cat "$1"', path)).toBe(
          `640 ${owner ?? (await said('id -un')).trim()}\nżółw\n`,
        );
      });

      it("a new file with a secret is its owner's alone when nothing else is said", async () => {
        await write({ path: `${dir}/secret`, content: new Secret('s3cret') });
        await write({ path: `${dir}/open`, content: 'open' });
        expect(await said('cd "$1"; stat -c %a secret open', dir)).toBe('600\n644\n');
      });

      it('replaces a file, keeps its owner and mode, gives the old bytes and leaves nothing beside it', async () => {
        const path = `${dir}/kept`;
        await write({ path, content: 'old\n', mode: '0604', ...(bench.account && { owner: bench.account }) });
        const before = await said('stat -c "%a %U %G" "$1"', path);
        expect(text((await write({ path, content: 'new\n', ifHash: sha256('old\n') })) ?? Buffer.alloc(0))).toBe(
          'old\n',
        );
        expect(await said('cat "$1"; stat -c "%a %U %G" "$1"', path)).toBe(`new\n${before}`);
        expect(await only(path)).toBe('');
      });

      it('nobody ever sees half a file', async () => {
        const path = `${dir}/atomic`;
        const [small, big] = ['a'.repeat(10), 'b'.repeat(3_000_000)];
        await write({ path, content: small });
        const seen = gateway.ask(sh('for i in $(seq 400); do wc -c <"$1"; done | sort -u', path), signal);
        await write({ path, content: big, ifHash: sha256(small) });
        const sizes = text((await seen).stdout)
          .trim()
          .split('\n');
        expect(['10', '3000000']).toEqual(expect.arrayContaining(sizes));
      });

      it('refuses when the file is not what the plan saw', async () => {
        const path = `${dir}/drift`;
        await write({ path, content: 'someone' });
        for (const ifHash of ['absent', sha256('plan')])
          await expect(write({ path, content: 'mine', ifHash })).rejects.toMatchObject({
            code: 'file.changed',
            params: { path, found: sha256('someone') },
          });
        await expect(write({ path: `${dir}/gone`, ifHash: sha256('x') })).rejects.toMatchObject({
          code: 'file.changed',
        });
        expect(await said('cat "$1"', path)).toBe('someone');
        expect(await only(path)).toBe('');
      });

      it('of two writers who saw the same file one wins', async () => {
        const path = `${dir}/race`;
        const fence = fences()(1);
        await write({ path, content: 'start' }, fence);
        const tries = await Promise.allSettled(
          ['one', 'two', 'three'].map((content) => write({ path, content, ifHash: sha256('start') }, fence)),
        );
        expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      });

      it('obeys the fence', async () => {
        const fence = fences();
        await gateway.exec(sh(':'), fence(5), signal);
        await expect(write({ path: `${dir}/late` }, fence(4))).rejects.toMatchObject({ code: 'host.fenced' });
      });

      it('writes through a symbolic link to the real file', async () => {
        await said('mkdir "$1/real"; printf old >"$1/real/file"; ln -s real/file "$1/link"', dir);
        await write({ path: `${dir}/link`, content: 'new', ifHash: sha256('old') });
        expect(await said('cd "$1"; readlink link; cat real/file; ls -A real', dir)).toBe('real/file\nnewfile\n');
      });

      it('keeps a file that its validation accepts, and validates it in place', async () => {
        const path = `${dir}/valid`;
        const validate = { command: sh('grep -q "^good" "$1"', path), rejected: 'pg-hba.rejected' } as const;
        await write({ path, content: 'good 1', validate });
        await write({ path, content: 'good 2', ifHash: sha256('good 1'), validate });
        expect(await said('cat "$1"', path)).toBe('good 2');
      });

      it.each([
        ['by its exit code', 'grep -q "^good" "$1"'],
        ['by what it says', 'grep -q "^good" "$1" || echo "line 1 is bad"'],
      ])('puts the very old file back when validation refuses %s', async (_, script) => {
        const path = `${dir}/refused-${randomInt(1e9)}`;
        const validate = { command: sh(script, path), rejected: 'pg-hba.rejected' } as const;
        await write({ path, content: 'good', mode: '0604', validate });
        const before = await said('stat -c "%a %i %Y" "$1"', path);
        await expect(write({ path, content: 'bad', ifHash: sha256('good'), validate })).rejects.toMatchObject({
          code: 'pg-hba.rejected',
          params: { path, detail: expect.stringMatching(/exit 1|line 1 is bad/) },
        });
        expect(await said('cat "$1"; stat -c "%a %i %Y" "$1"', path)).toBe(`good${before}`);
        await expect(
          write({ path: `${path}.new`, content: 'bad', validate: { ...validate, command: sh(script, `${path}.new`) } }),
        ).rejects.toMatchObject({ code: 'pg-hba.rejected' });
        expect(await gateway.read(`${path}.new`, signal)).toBeUndefined();
        expect(await only(path)).toBe('');
      });

      it('puts the old file back when it is aborted during validation', async () => {
        const path = `${dir}/aborted`;
        await write({ path, content: 'old' });
        const caller = new AbortController();
        const validate = { command: sh('touch "$1.seen"; sleep 300', path), rejected: 'pg-hba.rejected' } as const;
        const change = { kind: 'write', host: 'h', path, content: 'new', ifHash: sha256('old'), validate } as const;
        const writing = gateway.write(change, fences()(1), caller.signal);
        writing.catch(() => undefined);
        await until('it validates', async () => (await gateway.read(`${path}.seen`, signal)) !== undefined);
        caller.abort();
        await expect(writing).rejects.toMatchObject({ code: 'exec.aborted' });
        expect(await said('cat "$1"', path)).toBe('old');
        expect(await only(path)).toBe('');
      });

      it('says that the disk is full, and leaves the file as it was', async (test) => {
        const disk = `${dir}/disk`;
        const mounted = await gateway.ask(sh('mkdir "$1" && mount -t tmpfs -o size=64k zapas "$1"', disk), signal);
        if (mounted.code !== 0) return test.skip('cannot mount a small disk here');
        try {
          await write({ path: `${disk}/f`, content: 'old' });
          const big = { path: `${disk}/f`, content: 'x'.repeat(200_000), ifHash: sha256('old') };
          await expect(write(big)).rejects.toMatchObject({ code: 'disk.full', params: { path: `${disk}/f` } });
          expect(await said('cd "$1"; cat f; ls -A', disk)).toBe('oldf\n');
        } finally {
          await said('umount "$1"', disk);
        }
      });

      it('a directory that is not there is no reason to make one', async () => {
        await expect(write({ path: `${dir}/no/file` })).rejects.toMatchObject({ code: 'file.write-failed' });
      });
    });

    describe('jobs', () => {
      it('runs to its end and gives output and exit code', async () => {
        const id = newId();
        const command = {
          ...sh('cat; for i in 1 2 3; do echo "$i"; echo "e$i" >&2; sleep 0.1; done; exit 7'),
          stdin: new Secret('in\n'),
        };
        await gateway.startJob(id, command, fences()(1), signal);
        const { output, last } = await follow(id);
        expect([output, last.state, last.code]).toEqual(['in\n1\ne1\n2\ne2\n3\ne3\n', 'exited', 7]);
        await gateway.removeJob(id, signal);
        await gateway.removeJob(id, signal);
        expect(await gateway.pollJob(id, 0, signal)).toMatchObject({ state: 'absent', offset: 0 });
      });

      it('runs as another account, and takes every argument as it is', async (test) => {
        const id = newId();
        const odd = "a'b $HOME %h $$ ${x}\n\\n *";
        const { account } = bench;
        if (account === undefined) return test.skip('no other account without root');
        await gateway.startJob(id, { ...sh('id -un; printf %s "$1"', odd), as: account }, fences()(1), signal);
        expect((await follow(id)).output).toBe(`${account}\n${odd}`);
        await gateway.removeJob(id, signal);
      });

      it('started by eight at once it runs once', async () => {
        const id = newId();
        const [fence, file] = [fences()(1), `${dir}/once`];
        const command = sh('echo run >>"$1"; sleep 0.2; exit 3', file);
        await Promise.all(
          Array.from({ length: 8 }, (_, n) => (n % 2 ? gateway : bench.gateway).startJob(id, command, fence, signal)),
        );
        expect((await follow(id)).last.code).toBe(3);
        await gateway.startJob(id, command, fence, signal);
        expect((await follow(id)).last).toMatchObject({ state: 'exited', code: 3 });
        expect(await said('cat "$1"', file)).toBe('run\n');
        await gateway.removeJob(id, signal);
      });

      it('obeys the fence', async () => {
        const [id, fence] = [newId(), fences()];
        await gateway.exec(sh(':'), fence(5), signal);
        await expect(gateway.startJob(id, sh(':'), fence(4), signal)).rejects.toMatchObject({ code: 'host.fenced' });
        expect((await gateway.pollJob(id, 0, signal)).state).toBe('absent');
      });

      it('an answer waits for the end of the job, but no longer than it may', async () => {
        const [ends, stays, fence] = [newId(), newId(), fences()];
        await gateway.startJob(ends, sh('sleep 1; echo over; exit 3'), fence(1), signal);
        const { state, code, output } = await gateway.pollJob(ends, 0, signal, 14_000);
        expect([state, code, text(output)]).toEqual(['exited', 3, 'over\n']);
        await gateway.startJob(stays, sh('sleep 60'), fence(1), signal);
        expect((await gateway.pollJob(stays, 0, signal, 300)).state).toBe('running');
        await gateway.cancelJob(stays, fence(2), signal);
      });

      it('does not keep the lock while it runs', async () => {
        const [id, fence] = [newId(), fences()];
        await gateway.startJob(id, sh('sleep 20'), fence(1), signal);
        expect((await bench.other.exec(sh(':'), fence(2), signal)).code).toBe(0);
        await gateway.cancelJob(id, fence(2), signal);
      });

      it('its output is read by offset without gap or repeat while the link is cut again and again', async () => {
        const id = newId();
        const lines =
          'i=0; while [ $i -lt 1500 ]; do echo "line $i"; i=$((i + 1)); [ $((i % 50)) -ne 0 ] || sleep 0.1; done; exit 7';
        await gateway.startJob(id, sh(lines), fences()(1), signal);
        const pieces: Uint8Array[] = [];
        let cuts = 0;
        for (let at = 0; ; ) {
          const polling = gateway.pollJob(id, at, signal);
          if (bench.cut && cuts < 12) {
            cuts += 1;
            bench.cut();
          }
          const status = await polling.catch((error: { readonly code?: string }) => {
            if (error.code === 'exec.outcome-unknown' || error.code === 'host.unreachable') return undefined;
            throw error;
          });
          if (!status) continue;
          pieces.push(status.output);
          at = status.offset;
          if (status.state !== 'exited') continue;
          expect(status.code).toBe(7);
          break;
        }
        expect(text(Buffer.concat(pieces))).toBe(Array.from({ length: 1500 }, (_, n) => `line ${n}\n`).join(''));
        await gateway.removeJob(id, signal);
      });

      it('is over only when its output is complete', async () => {
        const id = newId();
        await gateway.startJob(id, sh('head -c 2500000 /dev/zero; exit 5'), fences()(1), signal);
        const { output, last } = await follow(id);
        expect([output.length, last.code, last.offset]).toEqual([2_500_000, 5, 2_500_000]);
        await gateway.removeJob(id, signal);
      });

      it('is ended with everything it started, also what does not want to end or has left its session', async () => {
        const [id, word] = [newId(), `300.${randomInt(1e9)}`];
        const tree =
          'trap "" TERM; sleep "$1" & setsid sleep "$1" & setsid env -u ZAPAS_JOB true; setsid sleep "$1" & while :; do sleep 0.2; done';
        await gateway.startJob(id, sh(tree, word), fences()(1), signal);
        await until('it runs', async () => (await processes(word)).trim().split('\n').length >= 4);
        await gateway.cancelJob(id, fences()(1), signal);
        expect(await processes(word)).toBe('');
        expect((await gateway.pollJob(id, 0, signal)).state).toBe('vanished');
        await gateway.cancelJob(id, fences()(1), signal);
        await gateway.cancelJob('never.started', fences()(1), signal);
        await gateway.removeJob(id, signal);
      });

      it('that was ended is not started again under its id', async () => {
        const [id, file] = [newId(), `${dir}/begun`];
        await gateway.startJob(id, sh('sleep 300'), fences()(1), signal);
        await gateway.cancelJob(id, fences()(1), signal);
        await gateway.startJob(id, sh('touch "$1"', file), fences()(1), signal);
        expect((await gateway.pollJob(id, 0, signal)).state).toBe('vanished');
        expect(await gateway.read(file, signal)).toBeUndefined();
        await gateway.removeJob(id, signal);
      });

      it('whose processes were killed has vanished; while one of them lives it runs', async () => {
        const [id, word] = [newId(), `300.${randomInt(1e9)}`];
        await gateway.startJob(id, sh('sleep "$1"', word), fences()(1), signal);
        await until('it runs', async () => (await processes(word)) !== '');
        await said('kill -KILL "$(cut -d" " -f1 "$1")"', `${(await stateOf(id)).trim()}/pid`);
        expect((await gateway.pollJob(id, 0, signal)).state).toBe('running');
        await expect(gateway.removeJob(id, signal)).rejects.toMatchObject({ code: 'exec.failed' });
        const rest = sh(
          'for f in $(grep -lzxFf - /proc/[0-9]*/cmdline); do p=${f#/proc/}; kill -KILL "${p%/cmdline}"; done; :',
        );
        await gateway.ask({ ...rest, stdin: word }, signal);
        await until('it has vanished', async () => (await gateway.pollJob(id, 0, signal)).state === 'vanished');
        await gateway.removeJob(id, signal);
      });

      it('of before a restart of the host is told from one that vanished', async () => {
        const id = newId();
        await gateway.startJob(id, sh('sleep 300'), fences()(1), signal);
        const path = (await stateOf(id)).trim();
        await gateway.cancelJob(id, fences()(1), signal);
        await said('echo "another-boot 0" >"$1/boot"', path);
        expect((await gateway.pollJob(id, 0, signal)).state).toBe('rebooted');
        await gateway.removeJob(id, signal);
      });

      it("whose supervisor's number now belongs to another process is not taken for it", async () => {
        const id = newId();
        await gateway.startJob(id, sh('sleep 300'), fences()(1), signal);
        const path = (await stateOf(id)).trim();
        await gateway.cancelJob(id, fences()(1), signal);
        await said('echo "1 1 1" >"$1/pid"', path);
        expect((await gateway.pollJob(id, 0, signal)).state).toBe('vanished');
        await gateway.cancelJob(id, fences()(1), signal);
        await gateway.removeJob(id, signal);
      });

      it('ends by itself when its time is over', async () => {
        const id = newId();
        await gateway.startJob(id, { ...sh('sleep 300'), timeoutMs: 300 }, fences()(1), signal);
        expect((await follow(id)).last).toMatchObject({ state: 'exited', code: 124 });
        await gateway.removeJob(id, signal);
      });
    });
  });
}
