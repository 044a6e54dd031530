import type { Logger, WebClientOptions } from '@slack/web-api';
import { LogLevel, WebClient } from '@slack/web-api';
import type { Card } from '../../../domain/card.ts';
import type { Language } from '../../../domain/inventory.ts';
import type { Secret } from '../../../domain/secret.ts';
import type { Translator } from '../../../i18n/translate.ts';
import { createTranslator } from '../../../i18n/translate.ts';
import type { Account, Capabilities, ChatPlatform } from '../../platform.ts';
import { PlatformError } from '../../platform.ts';
import { createAccounts } from './accounts.ts';
import { Bounded } from './bounded.ts';
import { renderForm } from './form.ts';
import { checkHealth } from './health.ts';
import { PACE } from './limits.ts';
import { createMessages, mapped } from './messages.ts';
import type { SlackEvents } from './receivers.ts';
import type { Session, SessionDeps } from './session.ts';
import { openSession } from './session.ts';
import { handFile, uploadFile } from './upload.ts';

export interface SlackOptions {
  /** `xoxb-…`. */
  readonly botToken: Secret;
  readonly events: SlackEvents;
  /** The workspace whose members are members. */
  readonly team: string;
  /** The channels where the bot has to be able to write; the health check looks at them. */
  readonly channels: readonly string[];
  /** Of what the adapter says itself to somebody whose language Slack does not know. */
  readonly language: Language;
  /** Slack's own unless told otherwise. */
  readonly apiUrl?: string;
  readonly warn: (fields: object, message: string) => void;
}

export const SLACK_CAPABILITIES: Capabilities = {
  // node-slack-sdk #607: Block Kit has no element that hides what is typed.
  maskedInput: false,
  // docs.slack.dev/interactivity/implementing-slash-commands: the composer shows a fixed hint and nothing more.
  completion: false,
  // docs.slack.dev/reference/methods/chat.postEphemeral
  privateNotices: true,
  ackMs: PACE.ackMs,
  // docs.slack.dev/apis/web-api/rate-limits: a message a second in a channel; an edit in two seconds reads well.
  editMs: 2_000,
  // No document knows an age from which edits are rationed.
  oldAfterMs: Number.POSITIVE_INFINITY,
  perMinute: PACE.perMinute,
  // bolt-js #2115: a picture is refused inside a message until Slack has processed it, so pictures stand in the thread.
  images: false,
  shared: true,
  lasting: true,
  threads: true,
  files: true,
};

/** Longest wait for Slack to take a message. */
const WRITE_MS = 10_000;
/** Longest wait for an answer that somebody waits for: a form, an account. */
const READ_MS = 2_500;
const REMEMBERED_EVENTS = 10_000;
const REMEMBERED_TRIGGERS = 1_000;

/** Slack through Bolt. Starts and stops any number of times. */
export function createSlackPlatform(options: SlackOptions): ChatPlatform {
  const { team, warn } = options;
  const apiUrl = options.apiUrl ?? 'https://slack.com/api/';
  const logger = createLogger(warn);
  const client = (timeout: number): WebClient => {
    const own: WebClientOptions = {
      slackApiUrl: apiUrl,
      logger,
      rejectRateLimitedCalls: true,
      retryConfig: { retries: 0 },
    };
    return new WebClient(options.botToken.reveal(), { ...own, timeout });
  };
  // Two, because what people wait for must not stand behind messages.
  const [writer, reader] = [client(WRITE_MS), client(READ_MS)];
  const accounts = createAccounts(reader, team);
  const messages = createMessages({ writer, reader, warn });
  const triggers = new Bounded<{ readonly id: string; readonly at: number }>(REMEMBERED_TRIGGERS);
  const translator = ({ language }: Pick<Account, 'language'>): Translator =>
    createTranslator(language ?? options.language, 'UTC');
  const deps: SessionDeps = {
    options,
    apiUrl,
    logger,
    accounts,
    warn,
    seen: new Bounded(REMEMBERED_EVENTS),
    notice: messages.notice.bind(messages),
    say: (who, key) => sayingCard(translator(who).say(key)),
    remember: (user, id) => triggers.set(user, { id, at: Date.now() }),
    view: (form, to, { channel }) => renderForm(form, channel, translator(to)),
    async open(trigger, to, place, form) {
      triggers.delete(to.account);
      await reader.views.open({ trigger_id: trigger, view: deps.view(form, to, place) });
    },
  };
  let session: Session | undefined;
  return {
    id: 'slack',
    can: SLACK_CAPABILITIES,
    ...messages,
    async start(handlers) {
      session = await mapped(openSession(deps, handlers));
    },
    async stop() {
      const ended = session;
      session = undefined;
      await ended?.stop();
    },
    async form(to, place, form) {
      const trigger = triggers.get(to.account);
      if (!trigger || Date.now() - trigger.at > PACE.triggerMs) throw new PlatformError('gone');
      await mapped(deps.open(trigger.id, to, place, form));
    },
    async upload({ place, message }, file) {
      await mapped(uploadFile(writer, { channel: place.channel, thread: message }, file));
    },
    async hand({ account }, _place, file) {
      await mapped(handFile(writer, account, file));
    },
    person: async (account) => await mapped(accounts.fresh(account)),
    health: async () => {
      const { channels, events } = options;
      const sockets = events.by === 'socket' && {
        sockets: () => countSockets(session, apiUrl, logger, events.appToken),
      };
      return await checkHealth({ client: reader, team, channels, t: translator({}), ...sockets });
    },
  };
}

/** Open sockets of the session; before one there is no socket, but Slack says whether it would open one. */
async function countSockets(
  session: Session | undefined,
  slackApiUrl: string,
  logger: Logger,
  appToken: Secret,
): Promise<number> {
  const open = session?.sockets() ?? 0;
  if (open > 0) return open;
  const own: WebClientOptions = { slackApiUrl, logger, timeout: READ_MS, retryConfig: { retries: 0 } };
  await new WebClient(appToken.reveal(), own).apps.connections.open();
  return 0;
}

function sayingCard(text: string): Card {
  const blocks = [{ kind: 'text', style: 'plain', text }] as const;
  return { id: 'slack', rev: 0, tone: 'warning', title: 'Zapas', blocks, buttons: [], fallback: text };
}

/** The SDK's log without its details: those hold what people typed. */
function createLogger(warn: SlackOptions['warn']): Logger {
  const tell = (...words: readonly unknown[]): void => warn({ sdk: 'slack' }, words.map(String).join(' '));
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: tell,
    error: tell,
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}
