import { createHosts } from '../adapters/gateway/hosts.ts';
import { plotPng } from '../adapters/plot/png.ts';
import { createSecrets } from '../adapters/secrets/secrets.ts';
import { defineCommands } from '../bot/commands.ts';
import { openLinkBook } from '../bot/link-book.ts';
import type { CliServices, Diagnosis, Office, Serving } from '../cli/services.ts';
import { inventoryJsonSchema, parseInventory, readInventory } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';
import { readSigningKey, readVerifyingKey } from '../config/settings.ts';
import type { ErrorRef } from '../domain/errors.ts';
import { RUNBOOKS } from '../runbooks/registry.ts';
import type { Base } from './base.ts';
import { openBase } from './base.ts';
import type { RunningBot } from './bot.ts';
import { startBot } from './bot.ts';
import { createChatPlatforms } from './chat.ts';
import { examine, examineHosts, examinePlatforms, examineSecrets } from './doctor.ts';
import { examineRedirects } from './doctor-redirects.ts';
import { generateKeys } from './keys.ts';
import { startWorker } from './worker.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Everything the command line can do, over the real adapters. */
export function createServices(settings: Settings, env: Environment, version: string): CliServices {
  return {
    version,
    runbooks: RUNBOOKS,
    openOffice: () => openOffice(settings),
    serve: (what, signal) => serve({ settings, env, version }, what, signal),
    health: () => health(settings),
    examine: () => examineAll(settings, env),
    checkInventory: () => checkInventory(settings),
    inventorySchema: inventoryJsonSchema,
    async generateKeys() {
      await generateKeys(settings);
      return { signing: settings.signingKeyPath, verifying: settings.verifyingKeyPath };
    },
  };
}

async function openOffice(settings: Settings): Promise<Office> {
  const signingKey = await readSigningKey(settings.signingKeyPath);
  const base = await openBase(settings);
  const { inventory, store, queues } = base;
  const links = await openLinkBook(store.links, () => inventory);
  return {
    inventory: () => links.inventory(),
    links,
    runs: store.runs,
    audit: store.audit,
    watch: store.watch,
    signingKey,
    wake: queues.wakeUps,
    paint: plotPng,
    async close() {
      links.close();
      await base.close();
    },
  };
}

interface Process {
  readonly settings: Settings;
  readonly env: Environment;
  readonly version: string;
}

async function serve(
  { settings, env, version }: Process,
  { parts, console }: Serving,
  signal: AbortSignal,
): Promise<void> {
  const base = await openBase(settings);
  try {
    const worker = parts === 'bot' ? undefined : await workerOver(base, env);
    const bot = parts === 'worker' ? undefined : await botOver(base, env, version);
    if (console && bot?.keyUrl) console.show(bot.keyUrl(console.account));
    await aborted(signal);
    // The worker first: what its runs come to in the end is still shown.
    await worker?.stop();
    await bot?.stop();
  } finally {
    await base.close();
  }
}

async function workerOver(
  { settings, store, queues, inventory, log }: Base,
  env: Environment,
): Promise<{ stop(): Promise<void> }> {
  const verifyingKey = await readVerifyingKey(settings.verifyingKeyPath);
  return startWorker({ store, queues, inventory, verifyingKey, env, log });
}

async function botOver(
  { settings, store, queues, inventory, log }: Base,
  env: Environment,
  version: string,
): Promise<RunningBot> {
  const signingKey = await readSigningKey(settings.signingKeyPath);
  const platforms = await createChatPlatforms({
    inventory,
    secrets: createSecrets(env),
    commands: defineCommands(RUNBOOKS),
    warn: (fields, message) => log.warn(fields, message),
    origins: settings.origins,
  });
  return await startBot({ store, queues, inventory, signingKey, platforms, version, log });
}

async function health(settings: Settings): Promise<void> {
  const base = await openBase(settings);
  await base.close();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function checkInventory({ inventoryPath }: Settings): Promise<readonly ErrorRef[]> {
  const parsed = parseInventory(await readInventory(inventoryPath));
  if (parsed.ok) return [];
  return parsed.problems.map(({ line, key, message }) => ({
    code: 'config.invalid',
    params: { file: inventoryPath, line, key, detail: message, more: 0 },
  }));
}

async function examineAll(settings: Settings, env: Environment): Promise<readonly Diagnosis[]> {
  const problems = await checkInventory(settings);
  const [first] = problems;
  const read: Diagnosis = { what: 'inventory', subject: settings.inventoryPath, ...(first && { error: first }) };
  const keys = await Promise.all([
    examine('key', settings.signingKeyPath, () => readSigningKey(settings.signingKeyPath)),
    examine('key', settings.verifyingKeyPath, () => readVerifyingKey(settings.verifyingKeyPath)),
  ]);
  if (first) return [read, ...keys];
  const opened = await examine(
    'store',
    settings.databaseUrl === undefined ? settings.dataDir : 'DATABASE_URL',
    async () => {
      await (await openBase(settings)).close();
    },
  );
  return [read, ...keys, opened, ...(await examineInventory(settings, env))];
}

async function examineInventory({ inventoryPath, origins }: Settings, env: Environment): Promise<readonly Diagnosis[]> {
  const parsed = parseInventory(await readInventory(inventoryPath));
  if (!parsed.ok) return [];
  const secrets = createSecrets(env);
  const hosts = createHosts(parsed.inventory, secrets, env['SSH_AUTH_SOCK']);
  try {
    const { inventory } = parsed;
    const commands = defineCommands(RUNBOOKS);
    const chats = () => createChatPlatforms({ inventory, secrets, commands, origins, warn: () => undefined });
    return [
      ...(await examineSecrets(inventory, secrets)),
      ...(await examinePlatforms(chats)),
      ...(await examineHosts(inventory, hosts)),
      ...(await examineRedirects(inventory, hosts)),
    ];
  } finally {
    await hosts.close();
  }
}
