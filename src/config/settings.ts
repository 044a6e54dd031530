import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { OpsError } from '../domain/errors.ts';

/** Where this process finds its things. The only reader of the environment. */
export interface Settings {
  /** The inventory file. */
  readonly inventoryPath: string;
  /** Directory of the embedded database and of the approval keys. */
  readonly dataDir: string;
  /** A PostgreSQL of the administrator's own; without it the embedded one serves. */
  readonly databaseUrl?: string;
  /** A Redis for the queue; without it BullMQ runs on the database. */
  readonly redisUrl?: string;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug';
}

const environment = z.object({
  ZAPAS_INVENTORY: z.string().min(1).default('zapas.yaml'),
  ZAPAS_DATA: z.string().min(1).default('.zapas'),
  DATABASE_URL: z.string().min(1).optional(),
  DATABASE_URL_FILE: z.string().min(1).optional(),
  REDIS_URL: z.string().min(1).optional(),
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
  const databaseUrl = DATABASE_URL ?? (DATABASE_URL_FILE && (await readFile(DATABASE_URL_FILE, 'utf8')).trim());
  return {
    inventoryPath: resolve(ZAPAS_INVENTORY),
    dataDir: resolve(ZAPAS_DATA),
    logLevel: ZAPAS_LOG,
    ...(databaseUrl && { databaseUrl }),
    ...(REDIS_URL && { redisUrl: REDIS_URL }),
  };
}

/** Paths of the approval keys under the data directory. Only the bot may read the first one. */
export function keyPaths(dataDir: string): { readonly signing: string; readonly verifying: string } {
  return {
    signing: join(dataDir, 'keys', 'approval-signing.pem'),
    verifying: join(dataDir, 'keys', 'approval-verifying.pem'),
  };
}

/** The bot's key. Throws `config.secret-missing` with the way to make one. */
export async function readSigningKey(dataDir: string): Promise<KeyObject> {
  return createPrivateKey(await readKey(keyPaths(dataDir).signing));
}

/** The worker's key. Throws `config.secret-missing`. */
export async function readVerifyingKey(dataDir: string): Promise<KeyObject> {
  return createPublicKey(await readKey(keyPaths(dataDir).verifying));
}

async function readKey(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new OpsError('config.secret-missing', { ref: path }, error);
  }
}
