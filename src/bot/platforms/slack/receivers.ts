import type { Server } from 'node:http';
import type { App, Receiver } from '@slack/bolt';
import { HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import type { AppsConnectionsOpenResponse, Logger } from '@slack/web-api';
import type { Secret } from '../../../domain/secret.ts';
import { within } from './bounded.ts';

/** How events come in. */
export type SlackEvents =
  | {
      readonly by: 'socket';
      readonly appToken: Secret;
      /** Milliseconds between the starts of the two sockets, so that Slack does not refresh both in one moment. */
      readonly apartMs: number;
    }
  | {
      readonly by: 'http';
      readonly signingSecret: Secret;
      /** Where requests are taken, at `/slack/events`. */
      readonly listen: { readonly host: string; readonly port: number };
    };

/** Longest wait for the first socket. */
const CONNECT_MS = 20_000;
/** Longest wait between two attempts to open a socket again. */
const LONGEST_WAIT_MS = 30_000;
/** What nobody looks at: the answer of a start that was given up. */
const NOT_CONNECTED: AppsConnectionsOpenResponse = { ok: false };
/** Longest wait for a goodbye. */
const GOODBYE_MS = 300;
/** Slack signs with its clock; a request from later than that is a forgery that wants to be replayed. */
const FUTURE_SECONDS = 60;

export interface SlackReceiver extends Receiver {
  /** Open sockets; undefined where there are none to open. */
  open(): number | undefined;
}

export interface ReceiverDeps {
  readonly logger: Logger;
  readonly apiUrl: string;
  readonly warn: (fields: object, message: string) => void;
}

export function createReceiver(events: SlackEvents, deps: ReceiverDeps): SlackReceiver {
  return events.by === 'socket' ? createSockets(events, deps) : createHttp(events, deps);
}

/** An event that broke on its way to a listener is acknowledged all the same: over a socket there is no way to say that it failed. */
function processEventErrorHandler(): Promise<boolean> {
  return Promise.resolve(true);
}

interface Socket {
  readonly receiver: SocketModeReceiver;
  /** Opens it for the first time. Rejects when Slack refuses. */
  readonly begin: () => Promise<unknown>;
  open: boolean;
  stopping: boolean;
}

/**
 * Two sockets: Slack closes each every few hours, and the SDK is back only five seconds later. Each event goes to one of them.
 */
function createSockets(
  { appToken, apartMs }: Extract<SlackEvents, { by: 'socket' }>,
  deps: ReceiverDeps,
): SlackReceiver {
  const [first, second] = [createSocket(appToken, deps), createSocket(appToken, deps)];
  const sockets = [first, second];
  let later: NodeJS.Timeout | undefined;
  return {
    init(app: App) {
      for (const { receiver } of sockets) receiver.init(app);
    },
    async start() {
      await within(CONNECT_MS, first.begin());
      later = setTimeout(() => void second.receiver.client.start(), apartMs);
    },
    async stop() {
      clearTimeout(later);
      for (const socket of sockets) socket.stopping = true;
      await Promise.all(sockets.map(({ receiver }) => close(receiver)));
    },
    open: () => sockets.filter(({ open }) => open).length,
  };
}

/** Slack leaves the connection open after the goodbye; the client tears it down when it is told so a second time. */
async function close({ client }: SocketModeReceiver): Promise<void> {
  const closed = client.disconnect();
  await within(GOODBYE_MS, closed).catch(() => undefined);
  await within(GOODBYE_MS, client.disconnect()).catch(() => undefined);
}

function createSocket(appToken: Secret, { logger, apiUrl, warn }: ReceiverDeps): Socket {
  const receiver = new SocketModeReceiver({
    appToken: appToken.reveal(),
    logger,
    processEventErrorHandler,
    // An object of its own: the client writes into it, and hands it on. Trying again is done below, where stopping ends it.
    installerOptions: {
      clientOptions: { slackApiUrl: apiUrl, timeout: 5_000, retryConfig: { retries: 0 } },
    },
  });
  const { client } = receiver;
  const begin = client.start.bind(client);
  const socket: Socket = { receiver, begin, open: false, stopping: false };
  client.on('connected', () => {
    socket.open = true;
    // It was on its way when it was told to stop.
    if (socket.stopping) void client.disconnect();
  });
  client.on('close', () => {
    socket.open = false;
  });
  // To reconnect, the client calls this and lets go of the promise: a rejection (of `undefined` when it was stopped meanwhile, of
  // an error when Slack was away) would end the process.
  client.start = async () => {
    for (let wait = 1_000; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        return await begin();
      } catch (error) {
        if (socket.stopping) return NOT_CONNECTED;
        warn({ error: String(error) }, 'a socket to slack could not be opened; it is tried again');
        await new Promise((resolve) => {
          setTimeout(resolve, wait).unref();
        });
        if (socket.stopping) return NOT_CONNECTED;
      }
    }
  };
  return socket;
}

function createHttp(
  { signingSecret, listen }: Extract<SlackEvents, { by: 'http' }>,
  deps: ReceiverDeps,
): SlackReceiver {
  const receiver = new HTTPReceiver({
    signingSecret: signingSecret.reveal(),
    endpoints: ['/slack/events'],
    logger: deps.logger,
    bodyLimit: '1mb',
    customPropertiesExtractor: ({ headers }) => {
      const ahead = Number(headers['x-slack-request-timestamp']) - Date.now() / 1_000;
      return { fromTheFuture: !(ahead < FUTURE_SECONDS) };
    },
  });
  let server: Server | undefined;
  return {
    init(app: App) {
      app.use(async ({ context, next }) => {
        if (context['fromTheFuture'] === true) throw new Error('a signed request is from the future');
        await next();
      });
      receiver.init(app);
    },
    async start() {
      server = await receiver.start({ host: listen.host, port: listen.port });
    },
    async stop() {
      if (!server) return;
      const closed = receiver.stop();
      // Slack keeps connections open; a new request finds the next process.
      await within(GOODBYE_MS, closed).catch(() => undefined);
      server.closeAllConnections();
    },
    open: () => undefined,
  };
}
