import type { CommandLine, ShellFamily } from '../../domain/command.ts';
import { OpsError } from '../../domain/errors.ts';
import { decodeLog } from '../postgres/log/decode.ts';

/** Arguments of a fact that needs none. */
export type NoArgs = Readonly<Record<string, never>>;

/** A question that is the same program on every system. */
export function onBoth<Args>(ask: (args: Args) => CommandLine): Record<ShellFamily, (args: Args) => CommandLine> {
  return { posix: ask, windows: ask };
}

/** A question about what there is on Linux alone; references.ts lets no inventory name a Windows host for it. */
export function onLinux<Args>(ask: (args: Args) => CommandLine): Record<ShellFamily, (args: Args) => CommandLine> {
  return { posix: ask, windows: refuse };
}

function refuse(): never {
  throw new OpsError('host.tool-missing', { detail: 'this is for Linux hosts' });
}

interface ScriptOptions {
  readonly as?: string;
  readonly timeoutMs?: number;
}

/**
 * A short script for /bin/sh under LC_ALL=C (H45). Values come in as `$1`, `$2` …; they are never part of the script's text.
 * Gives up after 15 s unless said otherwise.
 */
export function script(text: string, values: readonly string[], options: ScriptOptions = {}): CommandLine {
  const { as, timeoutMs = 15_000 } = options;
  return {
    argv: ['/bin/sh', '-c', text.trim(), 'sh', ...values],
    env: { LC_ALL: 'C' },
    timeoutMs,
    ...(as !== undefined && { as }),
  };
}

/** The `key=value` lines of a script's output; of a key said twice the last value. */
export function keyValues(output: string): ReadonlyMap<string, string> {
  const pairs = output.split('\n').flatMap((line): [string, string][] => {
    const cut = line.indexOf('=');
    return cut === -1 ? [] : [[line.slice(0, cut), line.slice(cut + 1)]];
  });
  return new Map(pairs);
}

/** Every value of a key that may be said several times. */
export function valuesOf(output: string, key: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1));
}

/**
 * What a program of PostgreSQL printed, line by line: a server on Windows keeps the paths of its settings in the code page, whatever its
 * databases are written in (H44).
 */
export function printed(bytes: Uint8Array): string {
  return decodeLog(bytes)
    .map((line) => line.text)
    .join('\n');
}

/** A whole number, or `fact.unreadable`. */
export function wholeNumber(value: string | undefined, fact: string): number {
  if (value === undefined || !/^-?\d+$/.test(value)) throw unreadable(fact, `not a number: ${value ?? ''}`);
  return Number(value);
}

/** The answer cannot be understood; `detail` must not carry secrets. */
export function unreadable(fact: string, detail: string): OpsError {
  return new OpsError('fact.unreadable', { fact, detail: detail.trim().slice(0, 400) });
}
