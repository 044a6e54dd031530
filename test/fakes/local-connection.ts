import { spawn } from 'node:child_process';
import { OpsError } from '../../src/domain/errors.ts';
import type { Connection } from '../../src/adapters/gateway/contracts.ts';

/** This machine as a host: the real dialect and the real scripts, without a network between. */
export const localConnection: Connection = {
  exec: (command, signal) =>
    new Promise((resolve, reject) => {
      // Of its own group, so that it outlives the worker as a command over SSH does.
      const child = spawn('/bin/sh', ['-c', command.text], { detached: true });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      const abort = (): void => reject(new OpsError('exec.aborted'));
      signal.addEventListener('abort', abort, { once: true });
      child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
      child.stdin.on('error', () => undefined);
      child.on('error', reject);
      child.on('close', (code) => {
        signal.removeEventListener('abort', abort);
        resolve({ code: code ?? 137, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) });
      });
      child.stdin.end(command.stdin ?? '');
    }),
  close: () => Promise.resolve(),
};
