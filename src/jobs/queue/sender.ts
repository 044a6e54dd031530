import type { WakeUps } from '../../domain/ports.ts';

/** A wake-up beyond these is dropped; the reconciler finds the run within a second. */
const PENDING_LIMIT = 1_000;

type Wanted = Parameters<WakeUps['advance']>[0];

/**
 * Sends wake-ups one after the other, behind the caller's back. Whoever asks never waits and never sees an error: a queue that
 * is away costs a bounded number of remembered ids, and one that comes back gets them.
 */
export function createSender(send: (wanted: Wanted) => Promise<unknown>): WakeUps & { idle(): Promise<void> } {
  const pending = new Map<string, Wanted>();
  let sending: Promise<void> | undefined;

  const drain = async (): Promise<void> => {
    for (const [id, wanted] of pending) {
      pending.delete(id);
      await send(wanted).catch(() => undefined);
    }
    sending = undefined;
  };
  return {
    advance(wanted) {
      if (pending.size < PENDING_LIMIT) pending.set(wanted.id, wanted);
      sending ??= drain();
    },
    async idle() {
      await sending;
    },
  };
}
