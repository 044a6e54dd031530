import type { CommandLine } from '../../domain/command.ts';
import { OpsError } from '../../domain/errors.ts';

/**
 * One argument as every C runtime of Windows reads it: in quotation marks where it has blanks, with a backslash before each quotation
 * mark, and with the backslashes before one doubled. No shell stands between: `%`, `^`, `&`, `!` and `|` mean themselves.
 */
export function quoteArgument(word: string): string {
  if (word.includes('\0')) throw new OpsError('input.invalid', { field: 'command', detail: 'NUL' });
  if (/^[^\s"]+$/.test(word)) return word;
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&')}"`;
}

/** The program, and its arguments as one line. Batch files are refused: cmd would read their arguments by rules of its own. */
export function programOf({ argv }: CommandLine): readonly [program: string, line: string] {
  const [program, ...words] = argv;
  if (/\.(bat|cmd)$/i.test(program) || program.includes('"'))
    throw new OpsError('input.invalid', { field: 'command', detail: program.slice(0, 80) });
  return [program, words.map(quoteArgument).join(' ')];
}

/** The values that every script which starts a program takes: time, directory, environment, program and its line. */
export function taskValues(command: CommandLine): readonly string[] {
  const env = Object.entries(command.env ?? {}).flatMap(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new OpsError('input.invalid', { field: 'env', detail: name });
    return [name, value];
  });
  return [`${command.timeoutMs}`, command.cwd ?? '', `${env.length}`, ...env, ...programOf(command)];
}

/** The command as people read it, in cmd's way of writing; a secret standard input is shown as `***`. */
export function describeWindows(command: CommandLine): string {
  const directory = command.cwd === undefined ? [] : [`cd /d ${quoteArgument(command.cwd)} &&`];
  const env = Object.entries(command.env ?? {}).map(([name, value]) => `set "${name}=${value}" &&`);
  const stdin =
    command.stdin === undefined
      ? []
      : [`<<< ${typeof command.stdin === 'string' ? quoteArgument(command.stdin) : '***'}`];
  return [...directory, ...env, ...command.argv.map(quoteArgument), ...stdin].join(' ');
}
