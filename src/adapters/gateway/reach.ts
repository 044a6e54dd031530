import { connect } from 'node:net';
import { OpsError } from '../../domain/errors.ts';
import { onAbort } from './abort.ts';

/** Long enough for a second attempt after a lost packet; a failover waits for it when a host is silent. */
export const REACH_MS = 1_500;

/** Does a TCP connection from this machine open in time? Throws only `exec.aborted`. */
export function reach(address: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new OpsError('exec.aborted'));
    const socket = connect({ host: address, port });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      ignore();
      socket.destroy();
      settle();
    };
    const abort = (): void => end(() => reject(new OpsError('exec.aborted')));
    // Also the name's lookup takes part of the time, so not the socket's own timeout.
    const timer = setTimeout(() => end(() => resolve(false)), REACH_MS);
    const ignore = onAbort(signal, abort);
    socket.once('connect', () => end(() => resolve(true)));
    socket.once('error', () => end(() => resolve(false)));
  });
}
