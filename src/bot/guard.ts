import type { Card } from '../domain/card.ts';
import type { BotMetrics } from './metrics.ts';
import type { Account, Answer, Attachment, Finished, Handlers, IncomingPress, Place, PlatformId } from './platform.ts';
import type { Turnstile } from './turnstile.ts';

export interface GuardDeps {
  readonly platform: { readonly id: PlatformId; readonly can: { readonly ackMs: number } };
  /** What is said when there is no answer yet. */
  readonly slow: (who: Account) => Card;
  /** What is said when an answer could not even be begun. */
  readonly failed: (who: Account, error: unknown) => Card;
  /** Tells what came of it after all. */
  readonly later: (who: Account, place: Place, cards: readonly Card[]) => void;
  /** Hands over files, however long that takes. Never throws. */
  readonly hand: (who: Account, place: Place, files: readonly Attachment[]) => void;
  /** A command started a run that is to be shown there. */
  readonly follow: (run: string, place: Place) => Promise<void>;
  /** What people do goes on a few at a time. */
  readonly turn: Turnstile;
  readonly metrics: BotMetrics;
}

/** What remains of the platform's time is for its own answer to travel. */
const SHARE = 0.8;
/** A delivery is remembered for so long: platforms send again within minutes. */
const REMEMBER_MS = 900_000;
const REMEMBERED = 20_000;

interface Incoming {
  readonly who: Account;
  readonly place: Place;
  readonly delivery: string;
}

/**
 * The handlers as a platform gets them: whatever hangs behind them, there is a true answer in time; the same delivery twice is one
 * act with one answer; nothing throws.
 */
export function guarded(handlers: Handlers, deps: GuardDeps): Handlers {
  const remembered = new Map<string, { readonly at: number; readonly answer: Answer }>();
  const once = (kind: string, { who, place, delivery }: Incoming, follows: boolean, act: () => Answer): Answer => {
    const key = `${kind} ${delivery}`;
    const known = remembered.get(key);
    if (known) return known.answer;
    forgetOld(remembered);
    const answer = inTime(deps, { who, place }, follows, act);
    remembered.set(key, { at: Date.now(), answer });
    return answer;
  };
  return {
    command: (incoming) => once('command', incoming, true, () => handlers.command(incoming)),
    press: (incoming) => once('press', incoming, false, () => handlers.press(incoming)),
    // A form that a command opened is that command, asked in two steps.
    submit: (incoming) => once('submit', incoming, isCommand(incoming), () => handlers.submit(incoming)),
    complete(who, typed) {
      try {
        return handlers.complete(who, typed);
      } catch {
        return [];
      }
    },
  };
}

function isCommand({ verb }: Pick<IncomingPress, 'verb'>): boolean {
  return verb === 'command';
}

function forgetOld(remembered: Map<string, { readonly at: number }>): void {
  for (const [key, { at }] of remembered) {
    if (remembered.size < REMEMBERED && Date.now() - at < REMEMBER_MS) return;
    remembered.delete(key);
  }
}

/** The answer, found at most once, within the platform's time. */
function inTime(
  deps: GuardDeps,
  at: { readonly who: Account; readonly place: Place },
  follows: boolean,
  act: () => Answer,
): Answer {
  const { platform, metrics } = deps;
  const from = performance.now();
  const acked = (): void => metrics.onAck(platform.id, performance.now() - from);
  const answer = attempt(deps, at.who, act);
  if (answer.now === 'form') {
    acked();
    return answer;
  }
  let finished: Promise<Finished> | undefined;
  const begin = async (): Promise<Finished> => {
    const left = platform.can.ackMs * SHARE - (performance.now() - from);
    const found = await within(
      left,
      deps.turn(() => complete(deps, at, follows, answer)),
      (late) => {
        metrics.onSlow(platform.id);
        void late.then(({ cards }) => deps.later(at.who, at.place, cards));
        return { ok: false, cards: [deps.slow(at.who)] };
      },
    );
    acked();
    return found;
  };
  return { now: 'work', finish: () => (finished ??= begin()) };
}

function attempt({ failed }: GuardDeps, who: Account, act: () => Answer): Answer {
  try {
    return act();
  } catch (error) {
    const cards = [failed(who, error)];
    return { now: 'work', finish: () => Promise.resolve({ ok: false, cards }) };
  }
}

/** Carries it out; a run that follows from it belongs to the place from then on. Never rejects. */
async function complete(
  { failed, follow, hand }: GuardDeps,
  { who, place }: { readonly who: Account; readonly place: Place },
  follows: boolean,
  answer: Answer & { readonly now: 'work' },
): Promise<Finished> {
  try {
    const finished = await answer.finish();
    if (follows && finished.follow !== undefined) await follow(finished.follow, place);
    if (finished.files) hand(who, place, finished.files);
    return finished;
  } catch (error) {
    return { ok: false, cards: [failed(who, error)] };
  }
}

/** What the promise gives, or what is given instead when it takes longer. */
async function within<Result>(
  milliseconds: number,
  promise: Promise<Result>,
  instead: (late: Promise<Result>) => Result,
): Promise<Result> {
  if (!Number.isFinite(milliseconds)) return await promise;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, milliseconds), undefined);
  });
  const first = await Promise.race([promise.then((result) => ({ result })), late]);
  clearTimeout(timer);
  return first ? first.result : instead(promise);
}
