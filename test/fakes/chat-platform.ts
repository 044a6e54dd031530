import type {
  Account,
  Attachment,
  Capabilities,
  ChatPlatform,
  Handlers,
  MessageRef,
  Place,
  PlatformId,
} from '../../src/bot/platform.ts';
import { PlatformError } from '../../src/bot/platform.ts';
import type { Card } from '../../src/domain/card.ts';

/** A message as everybody at the place sees it. */
export interface Standing {
  readonly id: string;
  readonly place: Place;
  readonly key: string;
  card: Card;
  readonly bornAt: number;
  editedAt: number;
  readonly thread: Card[];
  readonly files: { readonly name: string; readonly alt: string; readonly bytes: number }[];
}

/** A platform in memory that keeps to the rules of the port, and notes whoever breaks them. */
export interface WallPlatform extends ChatPlatform {
  /** What stands there, oldest first. */
  at(channel: string): readonly Standing[];
  find(cardId: string, channel?: string): Standing | undefined;
  readonly notices: readonly { readonly to: Account; readonly place: Place; readonly card: Card }[];
  /** Files that one person alone was given. */
  readonly handed: readonly { readonly to: Account; readonly place: Place; readonly file: Attachment }[];
  /** Every call that reached it, with its time. */
  readonly calls: readonly { readonly what: string; readonly at: number }[];
  /** Rules that were broken. */
  readonly violations: readonly string[];
  /** What it was started with. */
  readonly handlers: Handlers | undefined;
  remove(id: string): void;
  archive(channel: string): void;
  /** Every write is refused for so long. */
  rateLimit(milliseconds: number): void;
  outage(milliseconds: number): void;
  /** The next write is carried out, but its answer gets lost. */
  loseNextAnswer(): void;
  /** Calls never come back until this is undone. */
  hang(on: boolean): void;
}

const CAPABILITIES: Capabilities = {
  maskedInput: false,
  completion: false,
  privateNotices: true,
  ackMs: 3_000,
  editMs: 2_000,
  oldAfterMs: Number.POSITIVE_INFINITY,
  perMinute: 40,
  images: false,
  shared: true,
  lasting: true,
  threads: true,
  files: true,
};

const MINUTE_MS = 60_000;

export function createWall(id: PlatformId = 'slack', over: Partial<Capabilities> = {}, latencyMs = 0): WallPlatform {
  const can = { ...CAPABILITIES, ...over };
  const messages = new Map<string, Standing>();
  const archived = new Set<string>();
  const underWay = new Set<string>();
  const calls: { what: string; at: number }[] = [];
  const violations: string[] = [];
  const notices: { to: Account; place: Place; card: Card }[] = [];
  const handed: { to: Account; place: Place; file: Attachment }[] = [];
  let [limitedUntil, downUntil, losing, hanging, made] = [0, 0, false, false, 0];
  let handlers: Handlers | undefined;

  const arrive = async (what: string, subject: string): Promise<void> => {
    const now = Date.now();
    calls.push({ what: `${what} ${subject}`, at: now });
    const edits = calls.filter(({ what: call, at }) => call.startsWith('update ') && at > now - MINUTE_MS);
    if (edits.length > can.perMinute)
      violations.push(`${what} ${subject}: more than ${can.perMinute} edits in a minute`);
    if (underWay.has(subject)) violations.push(`${what} ${subject}: two at once`);
    underWay.add(subject);
    try {
      if (latencyMs > 0) await pause(latencyMs);
      for (;;) {
        if (!hanging) break;
        await pause(50);
      }
    } finally {
      underWay.delete(subject);
    }
    if (Date.now() < downUntil) throw new PlatformError('unavailable');
    if (Date.now() < limitedUntil) throw new PlatformError('rate-limited', { retryAfterMs: limitedUntil - Date.now() });
  };
  const depart = (): void => {
    if (!losing) return;
    losing = false;
    throw new PlatformError('unavailable');
  };
  const standing = ({ message }: MessageRef): Standing => {
    const found = messages.get(message);
    if (!found || archived.has(found.place.channel)) throw new PlatformError('gone');
    return found;
  };
  return {
    id,
    can,
    notices,
    handed,
    calls,
    violations,
    get handlers() {
      return handlers;
    },
    start(given) {
      handlers = given;
      return Promise.resolve();
    },
    stop() {
      handlers = undefined;
      return Promise.resolve();
    },
    async publish(place, card, key) {
      if (place.platform !== id) violations.push(`publish ${key}: a place of ${place.platform}`);
      await arrive('publish', `${place.channel} ${key}`);
      if (archived.has(place.channel)) throw new PlatformError('gone');
      const known = [...messages.values()].find((one) => one.key === key && one.place.channel === place.channel);
      const message = known?.id ?? `${id}-${(made += 1)}`;
      const now = Date.now();
      if (!known)
        messages.set(message, { id: message, place, key, card, bornAt: now, editedAt: now, thread: [], files: [] });
      depart();
      return { place, message };
    },
    async update(ref, card) {
      await arrive('update', ref.message);
      const found = standing(ref);
      if (Date.now() - found.editedAt < can.editMs) violations.push(`update ${found.key}: too soon`);
      if (card.rev < found.card.rev) violations.push(`update ${found.key}: back from ${found.card.rev} to ${card.rev}`);
      found.card = card;
      found.editedAt = Date.now();
      depart();
    },
    async reply(ref, card) {
      await arrive('reply', `${ref.message} ${card.id}`);
      const { thread } = standing(ref);
      if (!thread.some((one) => one.id === card.id)) thread.push(card);
      depart();
    },
    async upload(ref, { name, alt, content }) {
      await arrive('upload', `${ref.message} ${name}`);
      standing(ref).files.push({ name, alt, bytes: content.length });
      depart();
    },
    async notice(to, place, card) {
      await arrive('notice', to.account);
      if (archived.has(place.channel)) throw new PlatformError('gone');
      notices.push({ to, place, card });
    },
    async hand(to, place, file) {
      await arrive('hand', to.account);
      handed.push({ to, place, file });
    },
    form: () => Promise.resolve(),
    person: (account) => Promise.resolve({ platform: id, account, kind: 'member' }),
    health: () => Promise.resolve({ ok: true, detail: '' }),
    at: (channel) => [...messages.values()].filter(({ place }) => place.channel === channel),
    find: (cardId, channel) =>
      [...messages.values()].findLast(
        ({ card, place }) => card.id === cardId && (channel === undefined || place.channel === channel),
      ),
    remove: (message) => void messages.delete(message),
    archive: (channel) => void archived.add(channel),
    rateLimit(milliseconds) {
      limitedUntil = Date.now() + milliseconds;
    },
    outage(milliseconds) {
      downUntil = Date.now() + milliseconds;
    },
    loseNextAnswer() {
      losing = true;
    },
    hang(on) {
      hanging = on;
    },
  };
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
