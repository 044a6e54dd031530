import type { MessageBoard } from '../../../domain/board.ts';
import type { Inventory } from '../../../domain/inventory.ts';
import type { AuditLog, RunStore } from '../../../domain/ports.ts';
import type { WatchStore } from '../../../domain/watch-store.ts';
import type { Handlers, Who } from '../../platform.ts';
import type { WebRequest } from '../../web/http.ts';
import { Refusal } from '../../web/http.ts';
import type { SignIn } from '../../web/sign-in.ts';
import type { Inbox } from './inbox.ts';
import type { Reader } from './reader.ts';
import { readerOf } from './reader.ts';

export interface WebConsoleDeps {
  readonly board: MessageBoard;
  readonly signIn: Pick<SignIn, 'who'>;
  /** With the links in it. */
  readonly inventory: () => Inventory;
  readonly runs: Pick<RunStore, 'list' | 'load' | 'progress' | 'watch'>;
  readonly audit: AuditLog;
  readonly watch: Pick<WatchStore, 'latest' | 'openAlerts' | 'alert' | 'watchAlerts'>;
  readonly now: () => Date;
  readonly warn: (fields: object, message: string) => void;
}

/** What the pages and acts of one console share. */
export interface Console extends WebConsoleDeps {
  readonly inbox: Inbox;
  /** Undefined until the platform is started, and after it was stopped. */
  readonly handlers: () => Handlers | undefined;
  /** Something on the pages of this account, or of everybody, may have changed. */
  readonly changed: (who?: Who) => void;
  /** Calls back on every change that concerns the account; returns how to stop. */
  readonly listen: (who: Who, news: () => void) => () => void;
}

/** Whoever is signed in; throws {@link Refusal} 401 when nobody is. */
export function signedIn(web: Console, request: WebRequest): Reader {
  const who = web.signIn.who(request);
  if (!who) throw new Refusal(401);
  return readerOf(who, web.inventory(), web.now(), request);
}

/** What is called when something comes in; throws {@link Refusal} 503 before the start. */
export function started(web: Console): Handlers {
  const handlers = web.handlers();
  if (!handlers) throw new Refusal(503);
  return handlers;
}
