import { PlatformError } from './platform.ts';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** Does it again, ever more rarely, until it is done. False: it never was. Never rejects. */
export async function insist(stopping: AbortSignal, patienceMs: number, act: () => Promise<unknown>): Promise<boolean> {
  const until = Date.now() + patienceMs;
  for (let wait = FIRST_RETRY_MS; ; wait = Math.min(LONGEST_RETRY_MS, wait * 2)) {
    try {
      await act();
      return true;
    } catch (error) {
      const kind = error instanceof PlatformError ? error.kind : 'unavailable';
      if (kind === 'gone' || stopping.aborted || Date.now() > until) return false;
      await pause(error instanceof PlatformError && error.retryAfterMs > 0 ? error.retryAfterMs : wait, stopping);
    }
  }
}

/** An abort ends the wait. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
