import { App } from '@slack/bolt';
import type { Logger } from '@slack/web-api';
import type { Handlers } from '../../platform.ts';
import { within } from './bounded.ts';
import type { IncomingDeps } from './incoming.ts';
import { listen } from './incoming.ts';
import { createReceiver } from './receivers.ts';
import type { SlackOptions } from './slack.ts';

/** One start of Bolt; a stopped one is never started again. */
export interface Session {
  /** Open sockets; undefined where there are none to open. */
  sockets(): number | undefined;
  /** Carries out and tells what people asked for, then closes. Takes ten seconds at most. */
  stop(): Promise<void>;
}

export interface SessionDeps extends Omit<IncomingDeps, 'track' | 'stopping'> {
  readonly options: SlackOptions;
  readonly apiUrl: string;
  readonly logger: Logger;
}

/** Longest wait for what is under way when the bot stops. */
const DRAIN_MS = 6_000;
const SIGN_IN_MS = 2_500;

/** Signs in and opens the way in. Rejects when Slack refuses or does not answer. */
export async function openSession(deps: SessionDeps, handlers: Handlers): Promise<Session> {
  const { options, apiUrl, logger, warn } = deps;
  const receiver = createReceiver(options.events, { logger, apiUrl, warn });
  const app = new App({
    token: options.botToken.reveal(),
    receiver,
    logger,
    // Otherwise the constructor signs in, and a bad token is a rejection that nobody can catch.
    deferInitialization: true,
    convoStore: false,
    clientOptions: { slackApiUrl: apiUrl, timeout: SIGN_IN_MS, retryConfig: { retries: 1 } },
  });
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const track = async (work: Promise<void>): Promise<void> => {
    underWay.add(work);
    await work.finally(() => underWay.delete(work));
  };
  listen(app, { ...deps, track, stopping: stopping.signal }, handlers);
  await app.init();
  try {
    await app.start();
  } catch (error) {
    await receiver.stop();
    throw error;
  }
  return {
    sockets: () => receiver.open(),
    async stop() {
      await within(DRAIN_MS, Promise.allSettled(underWay)).catch(() => undefined);
      stopping.abort();
      await receiver.stop();
    },
  };
}
