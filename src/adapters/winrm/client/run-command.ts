import type { ExecResult } from '../../../domain/command.ts';
import { isProblem, WinrmError } from '../problem.ts';
import { commandIdIn, type Output, outputIn } from '../wsman/answers.ts';
import { receiveOutput, type ShellCommand, startCommand } from '../wsman/requests.ts';
import { Feed } from './feed.ts';
import type { AskOptions, Service } from './service.ts';

export interface CommandLimits {
  /** How long the host holds a Receive open when there is no output. */
  readonly pollMs: number;
  /** How long the host may take to start a command or to take a piece of standard input. */
  readonly operationMs: number;
  /** More output than this is a mistake, not an answer. */
  readonly maxOutputBytes: number;
}

/** Where a command runs and how it is asked for. */
export interface CommandPlace {
  readonly service: Service;
  readonly shellId: string;
  readonly limits: CommandLimits;
  readonly signal: AbortSignal;
}

/** What happened to a command that did not come to its end. */
export class CommandFailure extends Error {
  /** False: surely not, the command was refused or never asked for. True: it may have run, and may still be running. */
  readonly started: boolean;

  constructor(started: boolean, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'CommandFailure';
    this.started = started;
  }
}

/** A command that has ended; its place in the shell has still to be given back. */
export interface Ended extends ExecResult {
  readonly commandId: string;
}

/** Runs a command in a shell to its end. Throws {@link CommandFailure}; the shell is then to be deleted. */
export async function runCommand(place: CommandPlace, command: ShellCommand, stdin: Uint8Array): Promise<Ended> {
  const commandId = await start(place, command);
  const feed = new Feed(place, commandId, stdin);
  try {
    return await Promise.race([receiveAll(place, commandId), feed.lost]);
  } catch (error) {
    throw new CommandFailure(true, error);
  } finally {
    feed.stop();
  }
}

async function start({ service, shellId, limits, signal }: CommandPlace, command: ShellCommand): Promise<string> {
  const options = { operationTimeoutMs: limits.operationMs, signal, repeatable: false };
  try {
    return commandIdIn(await service.ask(startCommand(shellId, command), options));
  } catch (error) {
    // A host that gave up waiting for the start does not say that there was none.
    const started = isProblem(error, 'timed-out') || (error instanceof WinrmError && error.mayHaveActed);
    throw new CommandFailure(started, error);
  }
}

async function receiveAll(place: CommandPlace, commandId: string): Promise<Ended> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let size = 0;
  while (size <= place.limits.maxOutputBytes) {
    const output = await receive(place, commandId);
    stdout.push(...output.stdout);
    stderr.push(...output.stderr);
    size += [...output.stdout, ...output.stderr].reduce((sum, chunk) => sum + chunk.length, 0);
    if (output.exitCode !== undefined) {
      return { commandId, code: output.exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
    }
  }
  throw new WinrmError('malformed', `more than ${place.limits.maxOutputBytes} bytes of output`, { sent: true });
}

/** The operation time-out of a Receive only says that there was nothing to tell. */
async function receive({ service, shellId, limits, signal }: CommandPlace, commandId: string): Promise<Output> {
  const options: AskOptions = { operationTimeoutMs: limits.pollMs, signal, repeatable: false };
  try {
    return outputIn(await service.ask(receiveOutput(shellId, commandId), options));
  } catch (error) {
    if (isProblem(error, 'timed-out')) return { stdout: [], stderr: [] };
    throw error;
  }
}
