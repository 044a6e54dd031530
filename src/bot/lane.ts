/** How soon a message has to be seen, most urgent first. */
const PRIORITIES = ['approval', 'final', 'result', 'progress', 'log'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** The pace a platform allows, see `Capabilities`. */
export interface Pace {
  readonly editMs: number;
  readonly oldAfterMs: number;
  readonly perMinute: number;
}

/** A message that has to be written. */
export interface Due {
  readonly priority: Priority;
  /** When it was published; undefined: it does not stand there yet. */
  readonly bornAt: number | undefined;
}

/**
 * Which message of one platform is written when. Decides only: it does no I/O, and time is what it is told (milliseconds). Of
 * one message at most one write is under way; whatever is asked meanwhile is one more.
 */
export interface Lane {
  want(key: string, due: Due, now: number): void;
  /** Nothing is to be written there for now. */
  drop(key: string): void;
  /** Nothing will ever be written there again. */
  forget(key: string): void;
  /** How many runs will want to tell their outcome: so many writes are kept for that. */
  expect(outcomes: number): void;
  /** The message to write now, which is under way from then on; or when to ask again; undefined: when something changes. */
  take(now: number): { readonly key: string } | { readonly at: number } | undefined;
  /** It was written. */
  done(key: string, now: number): void;
  /**
   * It was not; wanted again, it waits a little longer each time. `retryAfterMs`: the platform takes nothing of the kind (new messages, or
   * edits, each counted by itself) for so long.
   */
  failed(key: string, now: number, retryAfterMs?: number): void;
  /** Is nothing due and nothing under way? */
  idle(): boolean;
}

/** A little more than the platform's minute: calls travel. */
const MINUTE_MS = 61_000;
/** Writes under way at once. */
const AT_ONCE = 4;
/** An old message is edited once a minute, unless it is the last time. */
const OLD_EDIT_MS = 60_000;
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** So many failures in a row are the platform's, not a message's: everything waits. */
const OUTAGE = 3;
const LONGEST_OUTAGE_MS = 30_000;

interface Entry {
  due: Due | undefined;
  busy: boolean;
  /** What is under way, or was, makes the message. */
  makes: boolean;
  /** Since when it is due. */
  since: number;
  wroteAt: number;
  notBefore: number;
  failures: number;
}

export function createLane(pace: Pace): Lane {
  const entries = new Map<string, Entry>();
  const budget = createBudget(pace.perMinute);
  /** Nothing at all, no new messages, no edits before. */
  const closedUntil = { all: 0, new: 0, edit: 0 };
  let failures = 0;

  const start = (key: string, entry: Entry, now: number): { readonly key: string } => {
    entry.makes = entry.due !== undefined && isNew(entry.due);
    if (entry.due && !entry.makes) budget.spend(entry.due.priority, now);
    entry.due = undefined;
    entry.busy = true;
    return { key };
  };
  return {
    want(key, due, now) {
      const entry = entries.get(key) ?? fresh();
      entries.set(key, entry);
      if (!entry.due) entry.since = now;
      entry.due = due;
    },
    drop(key) {
      const entry = entries.get(key);
      if (entry) entry.due = undefined;
    },
    forget: (key) => void entries.delete(key),
    expect: (outcomes) => budget.expect(outcomes),
    take(now) {
      const waiting = byRank(entries);
      if (waiting.size === 0 || [...entries.values()].filter(({ busy }) => busy).length >= AT_ONCE) return undefined;
      if (now < closedUntil.all) return { at: closedUntil.all };
      let soonest = Number.POSITIVE_INFINITY;
      let ahead = 0;
      for (const priority of PRIORITIES) {
        const here = waiting.get(priority) ?? [];
        // A write is kept for each more urgent message that waits, also while it may not be edited yet.
        const first = firstReady(here, pace, now, closedUntil);
        const unrationed = 'key' in first && first.entry.due !== undefined && isNew(first.entry.due);
        const rationed = here.length > 0 ? budget.freeAt(priority, ahead, now) : Number.POSITIVE_INFINITY;
        const free = unrationed ? now : rationed;
        if (free <= now && 'key' in first) return start(first.key, first.entry, now);
        soonest = Math.min(soonest, Math.max(free, 'at' in first ? first.at : now));
        ahead += here.length;
      }
      return { at: soonest };
    },
    done(key, now) {
      const entry = entries.get(key);
      failures = 0;
      if (!entry) return;
      Object.assign(entry, { busy: false, wroteAt: now, notBefore: 0, failures: 0 });
    },
    failed(key, now, retryAfterMs) {
      const entry = entries.get(key);
      if (entry) entry.busy = false;
      if (retryAfterMs !== undefined) {
        const kind = entry?.makes === true ? 'new' : 'edit';
        closedUntil[kind] = Math.max(closedUntil[kind], now + (retryAfterMs > 0 ? retryAfterMs : RETRY_MS));
        return;
      }
      if (entry) {
        entry.failures += 1;
        entry.notBefore = now + Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (entry.failures - 1));
      }
      failures += 1;
      if (failures >= OUTAGE) closedUntil.all = now + Math.min(LONGEST_OUTAGE_MS, RETRY_MS * 2 ** (failures - OUTAGE));
    },
    idle: () => [...entries.values()].every(({ due, busy }) => !due && !busy),
  };
}

interface Budget {
  expect(outcomes: number): void;
  /** From when on the account may write with that priority, and keeps a write for each of so many more urgent ones. */
  freeAt(priority: Priority, ahead: number, now: number): number;
  spend(priority: Priority, now: number): void;
}

/** The account's edits in any minute: a fifth, and one for the end of every run under way as far as half of all goes, is kept. */
function createBudget(perMinute: number): Budget {
  /** When the writes of the last minute began, oldest first. */
  const writes: number[] = [];
  let expected = 0;
  let lastCasual = Number.NEGATIVE_INFINITY;
  const kept = (priority: Priority, ahead: number): number => {
    const ends = Math.min(expected, perMinute / 2);
    if (!isUrgent(priority)) return Math.max(perMinute / 5, ends, ahead);
    return priority === 'result' ? Math.min(ends + ahead, perMinute / 2) : 0;
  };
  return {
    expect(outcomes) {
      expected = outcomes;
    },
    freeAt(priority, ahead, now) {
      if (!Number.isFinite(perMinute)) return now;
      while ((writes[0] ?? now) <= now - MINUTE_MS) writes.shift();
      const most = Math.floor(perMinute - kept(priority, ahead));
      if (most <= 0) return Number.POSITIVE_INFINITY;
      const free = writes.length < most ? now : (writes[writes.length - most] ?? now) + MINUTE_MS;
      // Spread over the minute: after a burst everybody would look at an old picture for the rest of it.
      return isUrgent(priority) ? free : Math.max(free, lastCasual + MINUTE_MS / most);
    },
    spend(priority, now) {
      if (Number.isFinite(perMinute)) writes.push(now);
      if (!isUrgent(priority)) lastCasual = now;
    },
  };
}

function fresh(): Entry {
  return {
    due: undefined,
    busy: false,
    makes: false,
    since: 0,
    wroteAt: Number.NEGATIVE_INFINITY,
    notBefore: 0,
    failures: 0,
  };
}

/** What people wait for or have to act on. */
function isUrgent(priority: Priority): boolean {
  return priority !== 'progress' && priority !== 'log';
}

/** Least milliseconds since the last write of the message. */
function spacing({ priority, bornAt }: Due, { editMs, oldAfterMs }: Pace, now: number): number {
  if (bornAt === undefined) return 0;
  const old = now - bornAt > oldAfterMs && !isUrgent(priority);
  return old ? Math.max(OLD_EDIT_MS, editMs) : editMs;
}

type Waiting = readonly [key: string, entry: Entry & { readonly due: Due }];

/** What is due and not under way. */
function byRank(entries: ReadonlyMap<string, Entry>): ReadonlyMap<Priority, readonly Waiting[]> {
  const ranks = new Map<Priority, Waiting[]>();
  for (const [key, entry] of entries) {
    if (!isWaiting(entry)) continue;
    const here = ranks.get(entry.due.priority) ?? [];
    ranks.set(entry.due.priority, here);
    here.push([key, entry]);
  }
  return ranks;
}

function isWaiting(entry: Entry): entry is Entry & { readonly due: Due } {
  return entry.due !== undefined && !entry.busy;
}

/** It does not stand there yet. Platforms ration the account's edits; what is new goes at its channel's own pace. */
function isNew({ bornAt }: Due): boolean {
  return bornAt === undefined;
}

function comesBefore(one: Waiting[1], other: Waiting[1]): boolean {
  return isNew(one.due) === isNew(other.due) ? one.since < other.since : isNew(one.due);
}

/** Of those that may be written now a new one, else the one that has waited longest; else when the first of them may. */
function firstReady(
  waiting: readonly Waiting[],
  pace: Pace,
  now: number,
  closedUntil: { readonly new: number; readonly edit: number },
): { readonly key: string; readonly entry: Entry } | { readonly at: number } {
  let first: Waiting | undefined;
  let at = Number.POSITIVE_INFINITY;
  for (const one of waiting) {
    const [, { due, wroteAt, notBefore }] = one;
    const ready = Math.max(notBefore, wroteAt + spacing(due, pace, now), closedUntil[isNew(due) ? 'new' : 'edit']);
    at = Math.min(at, ready);
    if (ready <= now && (!first || comesBefore(one[1], first[1]))) first = one;
  }
  return first ? { key: first[0], entry: first[1] } : { at };
}
