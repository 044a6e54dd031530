import type { Card, Form } from '../../../domain/card.ts';
import type { Key } from '../../../i18n/catalogue.ts';
import type { Account, Answer, Finished, Place } from '../../platform.ts';
import { PlatformError } from '../../platform.ts';
import type { Accounts } from './accounts.ts';
import type { Bounded } from './bounded.ts';
import { within } from './bounded.ts';
import type { Rendered } from './render.ts';
import { renderCard } from './render.ts';

/** Longest wait for Slack's word about who somebody is; the acknowledgement waits for it. */
const PROOF_MS = 1_500;
/**
 * The acknowledgement waits so long for the work. What is done by then survives a crash; a crash before it shows as an error of
 * Slack's own, so nothing that was pressed is silently lost.
 */
const WORK_MS = 150;
/** After so long the person is told that it goes on. */
const SLOW_MS = 4_000;
/** So long an answer is tried to be delivered. */
const DELIVER_MS = 600_000;
const RETRY_MS = 2_000;

/** Something a person did, whichever way it came in. */
export interface Act {
  /** Slack's id of the event; the same twice is one act. */
  readonly delivery: string;
  readonly user: string;
  /** Where the event says that the person is from. */
  readonly team: string | undefined;
  readonly place: Place;
  readonly trigger: string;
  /** Acknowledges, with a card that the person sees where Slack shows one. True: it was shown. */
  accept(shown?: Rendered): Promise<boolean>;
  /** Acknowledges with the form, where it takes the place of one that is open. False: the trigger has to open it. */
  replace(form: Form, who: Account): Promise<boolean>;
  /** Says something to the person without the bot being in the channel; absent where Slack offers no way. */
  readonly respond?: (shown: Rendered) => Promise<unknown>;
}

type Work = Extract<Answer, { readonly now: 'work' }>;

export interface ActDeps {
  readonly accounts: Accounts;
  readonly seen: Bounded<true>;
  readonly notice: (to: Account, place: Place, card: Card) => Promise<void>;
  readonly open: (trigger: string, to: Account, place: Place, form: Form) => Promise<void>;
  /** Keeps the trigger with which the next form of that person may be opened. */
  readonly remember: (user: string, trigger: string) => void;
  /** A text of ours as a card, in the person's language as far as it is known. */
  readonly say: (who: Account, key: Key) => Card;
  readonly warn: (fields: object, message: string) => void;
  readonly stopping: AbortSignal;
}

/**
 * Carries one act through: proves who it was, lets the handler answer, acknowledges in time with the truth, and tells the outcome.
 * Never throws.
 */
export async function carryOut(deps: ActDeps, act: Act, handle: (who: Account) => Answer): Promise<void> {
  const { seen, warn } = deps;
  if (seen.get(act.delivery)) return void (await settle(deps, act.accept()));
  seen.set(act.delivery, true);
  deps.remember(act.user, act.trigger);
  let who: Account = { platform: 'slack', account: act.user, kind: 'gone' };
  try {
    who = await within(PROOF_MS, deps.accounts.of(act.user, act.team));
  } catch (error) {
    warn({ error: String(error) }, 'slack did not say who somebody is');
    return await refuse(deps, act, who, 'slack.unproven');
  }
  let answer: Answer;
  try {
    answer = handle(who);
  } catch (error) {
    warn({ error: String(error) }, 'a handler threw');
    return await refuse(deps, act, who, 'slack.failed');
  }
  if (answer.now === 'form') await offer(deps, act, who, answer.form);
  else await work(deps, act, who, answer);
}

/** Nothing was done, and that is what the person is told. */
export async function refuse(deps: ActDeps, act: Act, who: Account, key: Key): Promise<void> {
  const card = deps.say(who, key);
  const shown = await settle(deps, act.accept(renderCard(card, { alert: false })));
  if (!shown) await tell(deps, act, who, card);
}

async function offer(deps: ActDeps, act: Act, who: Account, form: Form): Promise<void> {
  if (await settle(deps, act.replace(form, who))) return;
  try {
    // The trigger lives for three seconds, so the form does not wait for the acknowledgement.
    await Promise.all([settle(deps, act.accept()), deps.open(act.trigger, who, act.place, form)]);
  } catch (error) {
    deps.warn({ error: String(error) }, 'a form could not be opened');
    await tell(deps, act, who, deps.say(who, 'slack.form-late'));
  }
}

async function work(deps: ActDeps, act: Act, who: Account, answer: Work): Promise<void> {
  const finished = start(answer).catch((error: unknown): Pick<Finished, 'cards'> => {
    deps.warn({ error: String(error) }, 'an act failed on its way');
    return { cards: [deps.say(who, 'slack.unknown-outcome')] };
  });
  const early = await within(WORK_MS, finished).catch(() => undefined);
  const [first] = early?.cards ?? [];
  const shown = await settle(deps, act.accept(first && renderCard(first, { alert: false })));
  const slow = setTimeout(() => void tell(deps, act, who, deps.say(who, 'slack.working')), SLOW_MS);
  try {
    const { cards } = await finished;
    clearTimeout(slow);
    for (const card of shown ? cards.slice(1) : cards) await tell(deps, act, who, card);
  } finally {
    clearTimeout(slow);
  }
}

/** What throws at once rejects, too. */
async function start(answer: Work): Promise<Pick<Finished, 'cards'>> {
  return await answer.finish();
}

/** Tells the person, and goes on trying while Slack is out of order or says that it is too much. */
async function tell(deps: ActDeps, act: Act, who: Account, card: Card): Promise<void> {
  const until = Date.now() + DELIVER_MS;
  for (;;) {
    try {
      return await deps.notice(who, act.place, card);
    } catch (error) {
      if (await respond(act, card)) return;
      const kind = error instanceof PlatformError ? error.kind : 'unavailable';
      if (kind === 'gone' || Date.now() > until || deps.stopping.aborted) {
        return deps.warn({ error: String(error) }, 'an answer could not be delivered');
      }
      await pause(
        error instanceof PlatformError && error.retryAfterMs > 0 ? error.retryAfterMs : RETRY_MS,
        deps.stopping,
      );
    }
  }
}

async function respond(act: Act, card: Card): Promise<boolean> {
  try {
    await act.respond?.(renderCard(card, { alert: false }));
    return act.respond !== undefined;
  } catch {
    return false;
  }
}

/** An acknowledgement that does not get through is no reason to leave the act undone; Slack shows an error of its own. */
async function settle(deps: ActDeps, acknowledged: Promise<boolean>): Promise<boolean> {
  try {
    return await acknowledged;
  } catch (error) {
    deps.warn({ error: String(error) }, 'an acknowledgement did not get through');
    return false;
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
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
