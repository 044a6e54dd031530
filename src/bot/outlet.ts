import type { Due, Lane } from './lane.ts';
import { createLane } from './lane.ts';
import type { Capabilities, PlatformId } from './platform.ts';
import { PlatformError } from './platform.ts';

/** One platform's way out: messages by their keys, written at the pace it allows. */
export interface Outlet {
  want(key: string, due: Due): void;
  drop(key: string): void;
  forget(key: string): void;
  expect(outcomes: number): void;
  /** Is nothing due and nothing under way? */
  idle(): boolean;
  /** Begins no more writes. */
  close(): void;
}

export interface OutletDeps {
  readonly platform: { readonly id: PlatformId; readonly can: Capabilities };
  /** Writes the message as it should be now. Throws {@link PlatformError}. */
  readonly write: (key: string) => Promise<void>;
  /** What the write came to; `gone` and failures included. Tells what is due of it next. */
  readonly wrote: (key: string, error?: unknown) => void;
  readonly warn: (fields: object, message: string) => void;
}

/** A write that takes longer has failed, as far as anybody can tell. */
const WRITE_MS = 30_000;
/** Timers are no longer than that. */
const LONGEST_SLEEP_MS = 60_000;

export function createOutlet({ platform, write, wrote, warn }: OutletDeps): Outlet {
  const lane: Lane = createLane(platform.can);
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let awake = false;

  const pump = (): void => {
    clearTimeout(timer);
    for (;;) {
      if (closed) return;
      const next = lane.take(Date.now());
      if (!next) return;
      if ('at' in next) {
        timer = setTimeout(pump, Math.min(LONGEST_SLEEP_MS, Math.max(1, next.at - Date.now())));
        return;
      }
      void carry(next.key);
    }
  };
  /** Many wants at one moment are looked at once. */
  const wake = (): void => {
    if (awake) return;
    awake = true;
    queueMicrotask(() => {
      awake = false;
      pump();
    });
  };
  const carry = async (key: string): Promise<void> => {
    let failure: unknown;
    try {
      await within(WRITE_MS, write(key));
      lane.done(key, Date.now());
    } catch (error) {
      failure = error;
      settle(key, error);
    }
    wrote(key, failure);
    wake();
  };
  const settle = (key: string, error: unknown): void => {
    const kind = error instanceof PlatformError ? error.kind : 'unavailable';
    if (kind === 'gone') return lane.done(key, Date.now());
    // A ration that is used up is an everyday thing, and counted where calls are made.
    if (error instanceof PlatformError && kind === 'rate-limited')
      return lane.failed(key, Date.now(), error.retryAfterMs);
    warn(
      { platform: platform.id, message: key, error: String(error) },
      'a message could not be shown; it is tried again',
    );
    lane.failed(key, Date.now());
  };
  return {
    want(key, due) {
      lane.want(key, due, Date.now());
      wake();
    },
    drop: (key) => lane.drop(key),
    forget: (key) => lane.forget(key),
    expect: (outcomes) => lane.expect(outcomes),
    idle: () => lane.idle(),
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

async function within(milliseconds: number, act: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new PlatformError('unavailable')), milliseconds);
  });
  try {
    await Promise.race([act, late]);
  } finally {
    clearTimeout(timer);
  }
}
