import { randomBytes } from 'node:crypto';
import type { CommandLine, ExecResult } from '../../domain/command.ts';
import { OpsError } from '../../domain/errors.ts';
import { revealWord } from '../../domain/secret.ts';
import type { Argv, Become } from '../become/become.ts';
import type { Rendered } from '../gateway/contracts.ts';
import { asRendered } from '../gateway/contracts.ts';
import { readAnswer } from './posix-answer.ts';
import { ENDER, RUNNER } from './posix-runner.ts';

/** Milliseconds the host may need beyond a command's own time: to log in, to become, to end what does not want to end. */
const GRACE_MS = 20_000;
const ENDER_MS = 5_000;

/** What a changing command obeys on the host. */
export interface Guard {
  /** Directory of the lock and of the newest token. */
  readonly fence: string;
  readonly token: string;
  /** Seconds to wait for a change that is still running. */
  readonly patience: number;
}

/** A command ready for a connection, and the reader of what comes back. */
export interface Errand {
  readonly rendered: Rendered;
  /** The command's own exit and output; throws what kept it from running to its end. See {@link readAnswer}. */
  readonly answer: (result: ExecResult) => ExecResult;
}

/** One word for a POSIX shell; any text but NUL comes out as it went in. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new OpsError('input.invalid', { field: 'command', detail: 'NUL' });
  return /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command as people read it; a secret standard input is shown as `***`. */
export function describe(command: CommandLine): string {
  const account = command.as === undefined ? [] : [`[${command.as}]`];
  const directory = command.cwd === undefined ? [] : [`cd ${quote(command.cwd)} &&`];
  const env = Object.entries(command.env ?? {}).map(([name, value]) => `${name}=${quote(value)}`);
  const stdin =
    command.stdin === undefined ? [] : [`<<< ${typeof command.stdin === 'string' ? quote(command.stdin) : '***'}`];
  return [...account, ...directory, ...env, ...command.argv.map(quote), ...stdin].join(' ');
}

/** Makes the command ready for the login shell of the host, under the lock of `guard` when there is one. */
export function prepare(command: CommandLine, become: Become, guard?: Guard): Errand {
  const tag = `zapas-${randomBytes(16).toString('hex')}`;
  const stdin = command.stdin === undefined ? undefined : Buffer.from(revealWord(command.stdin));
  const { timeoutMs } = command;
  // Hundredths, rounded so that a command ended by its time limit is never taken for one that ended by itself.
  const limits = [seconds(timeoutMs), `${Math.max(0, Math.floor(timeoutMs / 10) - 2)}`];
  const fence = guard ? [guard.fence, guard.token, `${guard.patience}`] : ['', '', ''];
  const values = [tag, ...limits, `${stdin?.length ?? 0}`, command.as ?? '', ...fence];
  const rendered = asRendered({
    text: line(become.administrator(['/bin/sh', '-c', RUNNER, 'zapas', ...values, ...inner(command, become)])),
    timeoutMs: timeoutMs + (guard?.patience ?? 0) * 1000 + GRACE_MS,
    ...(stdin && { stdin }),
    ender: asRendered({
      text: line(become.administrator(['/bin/sh', '-c', ENDER, 'zapas-end'])),
      stdin: Buffer.from(`${tag}\n`),
      timeoutMs: ENDER_MS,
    }),
  });
  return { rendered, answer: (result) => readAnswer(result, tag, command) };
}

/** The argument vector that sets account, home, directory and environment and ends in the command. */
export function inner(command: CommandLine, become: Become): Argv {
  if (command.argv[0].includes('='))
    throw new OpsError('input.invalid', { field: 'command', detail: command.argv[0].slice(0, 80) });
  const directory = command.cwd === undefined ? [] : ['-C', command.cwd];
  const plain: Argv = ['env', ...directory, '--', ...environment(command), ...command.argv];
  if (command.as === undefined) return plain;
  return become.account(plain, command.as);
}

/**
 * The same, ended by the host when its time is over: for commands that a script of ours starts. `part` of that script, it stays in
 * its process group and is ended together with it; otherwise it leads a group of its own.
 */
export function timed(command: CommandLine, become: Become, place: 'part' | 'detached'): Argv {
  const group = place === 'part' ? ['--foreground'] : [];
  return ['timeout', ...group, '-k', '10', seconds(command.timeoutMs), ...inner(command, become)];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function line(argv: Argv): string {
  return `exec ${argv.map(quote).join(' ')}`;
}

function environment({ env = {} }: CommandLine): readonly string[] {
  return Object.entries(env).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new OpsError('input.invalid', { field: 'env', detail: name });
    return `${name}=${value}`;
  });
}
