import { setMaxListeners } from 'node:events';

/**
 * Calls back when the signal comes; returns how to stop listening. Many commands listen to one signal at a time, which is no leak:
 * Node's warning about it is turned off for this signal.
 */
export function onAbort(signal: AbortSignal, abort: () => void): () => void {
  setMaxListeners(0, signal);
  signal.addEventListener('abort', abort, { once: true });
  return () => signal.removeEventListener('abort', abort);
}
