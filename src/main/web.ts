import { createSecretSink } from '../adapters/secrets/sink.ts';
import type { Store } from '../adapters/store/open-store.ts';
import type { ChatPlatform, Health } from '../bot/platform.ts';
import { createWebConsole } from '../bot/platforms/web/web.ts';
import type { OpenSecretForm } from '../bot/secrets.ts';
import { assetRoutes } from '../bot/web/assets.ts';
import { operationsRoutes } from '../bot/web/operations.ts';
import { createSecretForms } from '../bot/web/secret-forms.ts';
import { secretPath, secretRoutes } from '../bot/web/secret-pages.ts';
import { createWebServer } from '../bot/web/server.ts';
import { createSignIn } from '../bot/web/sign-in.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { WebSettings } from '../domain/platform-settings.ts';
import { personOf } from '../domain/policy.ts';
import { secretUses } from '../domain/secret-refs.ts';
import type { Log } from '../jobs/engine/deps.ts';
import type { WakeUpQueues } from '../jobs/queue/queue.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createMetrics } from '../telemetry/metrics.ts';

/** What the web server of the bot is made from. */
export interface WebParts {
  readonly settings: WebSettings;
  readonly version: string;
  readonly store: Store;
  readonly queues: Pick<WakeUpQueues, 'waiting'>;
  /** With the links in it. */
  readonly inventory: () => Inventory;
  /** The chat platforms, for `/readyz`. */
  readonly platforms: readonly ChatPlatform[];
  readonly log: Log;
}

/** The one HTTP server of the bot: the console as a platform, one-time forms for secrets, health and figures. */
export interface Web {
  readonly console: ChatPlatform;
  readonly metrics: Metrics;
  readonly openSecretForm: OpenSecretForm;
  /** An address that signs in as that account of the console, for somebody at this very machine. Only after the start. */
  keyUrl(account: string): string;
  /** Settles when it listens. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createWeb({ settings, version, store, queues, inventory, platforms, log }: WebParts): Web {
  const warn = (fields: object, message: string): void => log.warn(fields, message);
  const metrics = createMetrics({ version, figures: store.figures });
  const signIn = createSignIn(settings);
  const forms = createSecretForms();
  const { board, runs, audit, watch } = store;
  const console = createWebConsole({ board, signIn, inventory, runs, audit, watch, now: () => new Date(), warn });
  const known = () => secretUses(inventory()).map(({ ref }) => ref);
  const secrets = secretRoutes({
    forms,
    sink: createSecretSink(known),
    personOf(request) {
      const who = signIn.who(request);
      return who && personOf(inventory(), who.platform, who.account)?.id;
    },
    note(fields) {
      if (fields.error === undefined) log.info(fields, 'a secret was delivered by its form');
      else log.warn(fields, 'a secret could not be stored');
    },
  });
  const probes = () => probesOf(store, queues, [...platforms, console]);
  const routes = [
    ...assetRoutes(),
    ...signIn.routes,
    ...secrets,
    ...operationsRoutes(probes, metrics),
    ...console.routes,
  ];
  const server = createWebServer({ settings, routes: () => routes, warn });
  let address = '';
  const publicUrl = (): string => (settings.publicUrl ?? address).replace(/\/$/, '');
  return {
    console,
    metrics,
    openSecretForm: (request) => `${publicUrl()}${secretPath(forms.open(request))}`,
    keyUrl: (account) => `${address}${signIn.keyPath({ platform: 'web', account })}`,
    async start() {
      address = await server.start();
      log.info({ address }, 'the web server listens');
    },
    stop: () => server.stop(),
  };
}

function probesOf(
  store: Store,
  queues: WebParts['queues'],
  platforms: readonly ChatPlatform[],
): Readonly<Record<string, () => Promise<Health>>> {
  const storeAnswers = async (): Promise<Health> => {
    await store.runs.list({ limit: 1 });
    return { ok: true, detail: '' };
  };
  const queueAnswers = async (): Promise<Health> => {
    await queues.waiting();
    return { ok: true, detail: '' };
  };
  const asked = platforms.map((one) => [one.id, () => one.health()]);
  return { store: storeAnswers, queue: queueAnswers, ...Object.fromEntries(asked) };
}
