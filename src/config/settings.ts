import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { OpsError } from '../domain/errors.ts';

/** Where this process finds its things. The only reader of the environment. */
export interface Settings {
  /** The inventory file. */
  readonly inventoryPath: string;
  /** Directory of the embedded database and, unless told otherwise, of the approval keys. */
  readonly dataDir: string;
  /** PEM of the Ed25519 key that signs approvals; only the bot may read it. */
  readonly signingKeyPath: string;
  /** PEM of the public half; the worker needs no more. */
  readonly verifyingKeyPath: string;
  /** A PostgreSQL of the administrator's own; without it the embedded one serves. */
  readonly databaseUrl?: string;
  /** A Redis for the queue; without it BullMQ runs on the database. */
  readonly redisUrl?: string;
  /** Where the chat platforms' interfaces are, when not where everybody finds them: behind a proxy. */
  readonly origins: { readonly slack?: string; readonly discord?: string };
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug';
}

const environment = z.object({
  ZAPAS_INVENTORY: z.string().min(1).default('zapas.yaml'),
  ZAPAS_DATA: z.string().min(1).default('.zapas'),
  ZAPAS_SIGNING_KEY: z.string().min(1).optional(),
  ZAPAS_VERIFYING_KEY: z.string().min(1).optional(),
  DATABASE_URL: z.string().min(1).optional(),
  DATABASE_URL_FILE: z.string().min(1).optional(),
  REDIS_URL: z.string().min(1).optional(),
  ZAPAS_SLACK_API: z.url().optional(),
  ZAPAS_DISCORD_API: z.url().optional(),
  ZAPAS_LOG: z.enum(['fatal', 'error', 'warn', 'info', 'debug']).default('warn'),
});

/** Reads the settings. `DATABASE_URL_FILE` names a file with the URL, as container secrets do. Throws `config.invalid`. */
export async function readSettings(env: Readonly<Record<string, string | undefined>>): Promise<Settings> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(present);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = String(issue?.path[0] ?? '');
    throw new OpsError('config.invalid', { file: 'environment', line: 0, key, detail: issue?.message ?? '', more: 0 });
  }
  const { ZAPAS_INVENTORY, ZAPAS_DATA, DATABASE_URL, DATABASE_URL_FILE, REDIS_URL, ZAPAS_LOG } = parsed.data;
  const { ZAPAS_SIGNING_KEY, ZAPAS_VERIFYING_KEY, ZAPAS_SLACK_API, ZAPAS_DISCORD_API } = parsed.data;
  const dataDir = resolve(ZAPAS_DATA);
  const databaseUrl = DATABASE_URL ?? (DATABASE_URL_FILE && (await readFile(DATABASE_URL_FILE, 'utf8')).trim());
  return {
    inventoryPath: resolve(ZAPAS_INVENTORY),
    dataDir,
    signingKeyPath: resolve(ZAPAS_SIGNING_KEY ?? join(dataDir, 'keys', 'approval-signing.pem')),
    verifyingKeyPath: resolve(ZAPAS_VERIFYING_KEY ?? join(dataDir, 'keys', 'approval-verifying.pem')),
    logLevel: ZAPAS_LOG,
    origins: {
      ...(ZAPAS_SLACK_API && { slack: ZAPAS_SLACK_API }),
      ...(ZAPAS_DISCORD_API && { discord: ZAPAS_DISCORD_API }),
    },
    ...(databaseUrl && { databaseUrl }),
    ...(REDIS_URL && { redisUrl: REDIS_URL }),
  };
}

/** The bot's key. Throws `config.secret-missing` that names the file. */
export async function readSigningKey(path: string): Promise<KeyObject> {
  return createPrivateKey(await readKey(path));
}

/** The worker's key. Throws `config.secret-missing` that names the file. */
export async function readVerifyingKey(path: string): Promise<KeyObject> {
  return createPublicKey(await readKey(path));
}

async function readKey(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new OpsError('config.secret-missing', { ref: path }, error);
  }
}
