import type { Account, Capabilities, ChatPlatform, Handlers, MessageRef, Who } from '../../platform.ts';
import { PlatformError } from '../../platform.ts';
import type { Route } from '../../web/http.ts';
import { actRoutes } from './acts.ts';
import type { Console, WebConsoleDeps } from './console.ts';
import { createInbox, keyOf } from './inbox.ts';
import { viewRoutes } from './views.ts';

export const WEB_CAPABILITIES: Capabilities = {
  maskedInput: true,
  completion: true,
  privateNotices: true,
  ackMs: 3_000,
  editMs: 250,
  oldAfterMs: Number.POSITIVE_INFINITY,
  perMinute: Number.POSITIVE_INFINITY,
  images: true,
  shared: true,
  lasting: true,
  threads: true,
  files: true,
};

/** The console: a platform like the others, whose other side is a browser. */
export interface WebConsole extends ChatPlatform {
  readonly id: 'web';
  /** Its pages, for the web server. */
  readonly routes: readonly Route[];
}

/** The web console over that board of messages; it draws runs itself, in each reader's own language. */
export function createWebConsole(deps: WebConsoleDeps): WebConsole {
  const listeners = new Set<{ readonly key: string; readonly news: () => void }>();
  const inbox = createInbox();
  let handlers: Handlers | undefined;
  let stopWatching: readonly (() => Promise<void>)[] = [];
  const changed = (who?: Who): void => {
    for (const { key, news } of listeners) if (!who || key === keyOf(who)) news();
  };
  const web: Console = {
    ...deps,
    inbox,
    handlers: () => handlers,
    changed,
    listen(who, news) {
      const listener = { key: keyOf(who), news };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  /** What the board did not take: it is not there, or the message is not. */
  const write = async <Value>(act: () => Promise<Value>): Promise<Value> => {
    const done = await act().catch((cause: unknown) => {
      throw cause instanceof PlatformError ? cause : new PlatformError('unavailable', { cause });
    });
    if (done === false) throw new PlatformError('gone');
    changed();
    return done;
  };
  return {
    id: 'web',
    can: WEB_CAPABILITIES,
    routes: [...viewRoutes(web), ...actRoutes(web)],
    async start(given) {
      handlers = given;
      const watches = [deps.runs.watch(() => changed()), deps.watch.watchAlerts(() => changed())];
      stopWatching = await Promise.all(watches);
    },
    async stop() {
      handlers = undefined;
      await Promise.all(stopWatching.map((stop) => stop()));
      stopWatching = [];
    },
    async publish(place, card, key) {
      const message = await write(() => deps.board.post(place.channel, key, card));
      return { place, message } satisfies MessageRef;
    },
    async update({ message }, card) {
      await write(() => deps.board.edit(message, card));
    },
    async reply({ message }, card, key) {
      await write(() => deps.board.reply(message, key, card));
    },
    notice(to, { channel }, card) {
      inbox.add(to, { kind: 'card', channel, card });
      changed(to);
      return Promise.resolve();
    },
    form(to, { channel }, form) {
      inbox.add(to, { kind: 'form', channel, form });
      changed(to);
      return Promise.resolve();
    },
    async upload({ message }, file) {
      await write(() => deps.board.attach(message, file));
    },
    hand(to, { channel }, file) {
      inbox.add(to, { kind: 'file', channel, file });
      changed(to);
      return Promise.resolve();
    },
    person: (account) => Promise.resolve(memberOf(deps, account)),
    async health() {
      const ok = await deps.board.list('ops', 1).then(
        () => true,
        () => false,
      );
      return { ok, detail: ok ? '' : 'the store does not answer' };
    },
  };
}

/** The members of the console are the people of the inventory. */
function memberOf({ inventory }: WebConsoleDeps, account: string): Account {
  const known = Object.values(inventory().people).some(({ accounts }) => accounts.web === account);
  return { platform: 'web', account, kind: known ? 'member' : 'gone' };
}
