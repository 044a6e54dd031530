import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { OpsError } from '../../domain/errors.ts';
import type { Channel } from '../gateway/channel.ts';
import { runOverChannel } from '../gateway/channel.ts';
import type { Connection } from '../gateway/contracts.ts';

/** This machine, as the account the process runs as. Commands outlive the process, as over SSH. */
export function createLocalConnection(): Connection {
  return {
    exec: (command, signal) => runOverChannel(command, signal, openChannel),
    close: () => Promise.resolve(),
  };
}

function openChannel(text: string): Promise<Channel> {
  return new Promise((resolve, reject) => {
    // A session of its own: the terminal's signals are for us, not for the host's commands.
    const child = spawn('/bin/sh', ['-c', text], { detached: true, stdio: 'pipe' });
    child.once('error', (error) => reject(new OpsError('host.unreachable', { detail: error.message }, error)));
    child.once('spawn', () => {
      const exit = new Promise<number>((ended) =>
        child.once('exit', (code, signal) => ended(code ?? 128 + (signal ? constants.signals[signal] : 0))),
      );
      const closed = new Promise<void>((ended) => child.once('close', () => ended()));
      const { stdin, stdout, stderr } = child;
      const destroy = (): void => {
        for (const stream of [stdin, stdout, stderr]) stream.destroy();
      };
      resolve({ stdin, stdout, stderr, exit, closed, destroy });
    });
  });
}
