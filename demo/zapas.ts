import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { stdout } from 'node:process';

/** The command line's source. */
export const CLI = join(import.meta.dirname, '..', 'src', 'main', 'cli.ts');

/** One `zapas` command typed by somebody, as a process of its own; its output is shown as it comes. */
export interface Typed {
  readonly code: number;
  readonly output: string;
}

/** The environment every command of the demo runs in: where the inventory and the data directory are. */
export interface Office {
  readonly inventory: string;
  readonly data: string;
}

/** Types a command and shows it with its real output. */
export async function type(office: Office, ...args: readonly string[]): Promise<Typed> {
  stdout.write(`\n\u001b[1m$ zapas ${args.join(' ')}\u001b[0m\n`);
  return run(office, args, (chunk) => stdout.write(chunk));
}

/** Asks with `--json` and shows nothing. */
export async function ask<Answer>(office: Office, ...args: readonly string[]): Promise<Answer> {
  const { code, output } = await run(office, [...args, '--json'], () => undefined);
  if (code !== 0) throw new Error(`zapas ${args.join(' ')} ended with ${code}: ${output}`);
  const answer: Answer = JSON.parse(output);
  return answer;
}

/** Starts `zapas start`: bot and worker of the office. Returns how to stop it. */
export function startOffice(office: Office): { stop(): Promise<void> } {
  const child = spawn(process.execPath, ['--import', 'tsx', CLI, 'start'], {
    env: environment(office),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function run(office: Office, args: readonly string[], show: (chunk: string) => void): Promise<Typed> {
  const child = spawn(process.execPath, ['--import', 'tsx', CLI, ...args], {
    env: environment(office),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      show(chunk);
    });
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? 1, output })));
}

/** The environment of every command of the demo. */
export function environment(office: Office): NodeJS.ProcessEnv {
  return { ...process.env, ZAPAS_INVENTORY: office.inventory, ZAPAS_DATA: office.data };
}
