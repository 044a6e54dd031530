import { describe, expect, it } from 'vitest';
import type { CommandLine, ExecResult } from '../../../src/domain/command.ts';
import { text } from '../../../src/domain/command.ts';
import { OpsError } from '../../../src/domain/errors.ts';
import { createRedactor } from '../../../src/domain/redact.ts';
import { revealWord, Secret } from '../../../src/domain/secret.ts';
import type { Fact } from '../../../src/domain/step.ts';
import { attempt } from '../../../src/domain/step.ts';
import { createAsker } from '../../../src/jobs/engine/ask.ts';
import { onBoth } from '../../../src/runbooks/facts/shell.ts';
import { refusingGateway } from '../../fakes/gateway.ts';

const echo: Fact<{ readonly word: string; readonly password?: Secret }, string> = {
  id: 'toy.echo',
  read: onBoth(({ word, password }) => ({
    argv: ['echo', word],
    timeoutMs: 1_000,
    ...(password && { stdin: password }),
  })),
  parse: (result) => text(result.stdout),
};

function setUp(answer: (command: CommandLine) => Promise<ExecResult>) {
  const commands: CommandLine[] = [];
  const redactor = createRedactor();
  const asker = createAsker({
    cluster: 'demo',
    gateway: () => ({
      ...refusingGateway,
      ask: (command) => {
        commands.push(command);
        return answer(command);
      },
    }),
    secrets: { get: () => Promise.resolve(new Secret('from-the-inventory')) },
    clusters: {
      roles: () => Promise.resolve(undefined),
      setRoles: () => Promise.resolve(),
      lastSighting: () => Promise.resolve(undefined),
      lastRehearsal: () => Promise.resolve(undefined),
      saw: () => Promise.resolve(),
    },
    now: () => new Date(0),
    signal: new AbortController().signal,
  });
  return { commands, redactor, asker, ask: asker.forStep('toy.step', [redactor]) };
}

const saying = (command: CommandLine): Promise<ExecResult> =>
  Promise.resolve({
    code: 0,
    stdout: Buffer.from(`${command.argv[1]} ${command.stdin === undefined ? '' : revealWord(command.stdin)}`.trim()),
    stderr: new Uint8Array(),
  });

describe('asking', () => {
  it('puts a question to the host once, also when it is asked in parallel and by another step', async () => {
    const { ask, asker, commands } = setUp(saying);
    const other = asker.forStep('toy.other', []);
    const answers = await Promise.all([
      ask.fact('one', echo, { word: 'a' }),
      ask.fact('one', echo, { word: 'a' }),
      other.fact('one', echo, { word: 'a' }),
    ]);
    expect(answers).toEqual(['a', 'a', 'a']);
    expect(commands).toHaveLength(1);
  });

  it('tells questions apart by host and arguments, a secret among them by its value', async () => {
    const { ask, commands } = setUp(saying);
    const questions: readonly [string, Parameters<typeof echo.parse>[1]][] = [
      ['one', { word: 'a' }],
      ['two', { word: 'a' }],
      ['one', { word: 'b' }],
      ['one', { word: 'a', password: new Secret('first') }],
      ['one', { word: 'a', password: new Secret('second') }],
    ];
    const answers = await Promise.all(questions.map(([host, args]) => ask.fact(host, echo, args)));
    expect(answers).toEqual(['a', 'a', 'b', 'a first', 'a second']);
    expect(commands).toHaveLength(5);
  });

  it('asks anew after a change', async () => {
    const { ask, asker, commands } = setUp(saying);
    await ask.fact('one', echo, { word: 'a' });
    asker.forget();
    await ask.fact('one', echo, { word: 'a' });
    expect(commands).toHaveLength(2);
  });

  it('says which host and step an error is about, and waits for a silent host once', async () => {
    const { ask, commands } = setUp(() => Promise.reject(new OpsError('host.unreachable', { detail: 'timed out' })));
    const first = await attempt(ask.fact('one', echo, { word: 'a' }));
    const second = await attempt(ask.fact('one', echo, { word: 'a' }));
    const error = { code: 'host.unreachable', params: { host: 'one', step: 'toy.step', detail: 'timed out' } };
    expect([first, second]).toEqual([
      { ok: false, error },
      { ok: false, error },
    ]);
    expect(commands).toHaveLength(1);
  });

  it('lets a question fail that nobody waits for any more', async () => {
    const stray: unknown[] = [];
    const note = (reason: unknown): unknown => stray.push(reason);
    process.on('unhandledRejection', note);
    const { ask } = setUp(() => Promise.reject(new OpsError('host.unreachable', { detail: 'silent' })));
    void ask.fact('one', echo, { word: 'a' });
    // Such rejections are told when the promises at hand have been dealt with.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(stray).toEqual([]);
    await expect(ask.fact('one', echo, { word: 'a' })).rejects.toMatchObject({ code: 'host.unreachable' });
  });

  it('registers every secret it hands out', async () => {
    const { ask, redactor } = setUp(saying);
    const random = ask.random(24);
    expect(random.reveal()).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(ask.random(24).reveal()).not.toBe(random.reveal());
    const known = await ask.secret('env:X');
    expect(redactor.text(`a ${random.reveal()} b ${known.reveal()} c`)).toBe('a *** b *** c');
  });
});
