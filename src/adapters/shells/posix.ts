import type { CommandLine } from '../../domain/command.ts';
import { OpsError } from '../../domain/errors.ts';
import { revealWord } from '../../domain/secret.ts';
import type { Rendered } from '../gateway/contracts.ts';
import { asRendered } from '../gateway/contracts.ts';

/** Milliseconds the link gets beyond the host's own time limit; a guarded command may wait for its turn before that. */
const GRACE_MS = 10_000;
const TURN_MS = 60_000;

/** Wraps a command so that it runs with the rights it asks for. */
export interface Become {
  readonly id: 'none' | 'sudo';
  /** Runs `argv` as the host's administrator. */
  administrator(argv: readonly string[]): readonly string[];
  /** Inside of that, runs `argv` as another account. */
  account(argv: readonly string[], account: string): readonly string[];
}

/** One word for a POSIX shell; any text but NUL comes out as it went in. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new OpsError('input.invalid', { field: 'command', detail: 'NUL' });
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command as people read it; a secret standard input is shown as `***`. */
export function describe(command: CommandLine): string {
  const account = command.as === undefined ? [] : [`[${command.as}]`];
  const directory = command.cwd === undefined ? [] : [`cd ${quote(command.cwd)} &&`];
  const stdin =
    command.stdin === undefined ? [] : [`<<< ${typeof command.stdin === 'string' ? quote(command.stdin) : '***'}`];
  return [...account, ...directory, ...environment(command), ...command.argv.map(quote), ...stdin].join(' ');
}

/**
 * The command for the login shell of the host: administrator rights, then `outer` (a guard script and its parameters), then
 * account, time limit, environment and directory.
 */
export function render(command: CommandLine, become: Become, outer: readonly string[] = []): Rendered {
  return asRendered({
    text: become
      .administrator([...outer, ...inner(command, become)])
      .map(quote)
      .join(' '),
    timeoutMs: command.timeoutMs + GRACE_MS + (outer.length > 0 ? TURN_MS : 0),
    ...(command.stdin !== undefined && { stdin: Buffer.from(revealWord(command.stdin)) }),
  });
}

/** The argument vector that sets account, time limit, environment and directory and ends in the command. */
export function inner(command: CommandLine, become: Become): readonly string[] {
  const seconds = (command.timeoutMs / 1000).toFixed(3);
  const limited = ['timeout', '--kill-after=5', seconds, ...inDirectory(command)];
  return command.as === undefined ? limited : become.account(limited, command.as);
}

function inDirectory(command: CommandLine): readonly string[] {
  const env = environment(command);
  const plain = env.length === 0 ? command.argv : ['env', ...env, ...command.argv];
  if (command.cwd === undefined) return plain;
  return ['/bin/sh', '-c', 'cd -- "$1" && shift && exec "$@"', 'sh', command.cwd, ...plain];
}

function environment({ env = {} }: CommandLine): readonly string[] {
  return Object.entries(env).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new OpsError('input.invalid', { field: 'env', detail: name });
    return `${name}=${value}`;
  });
}
