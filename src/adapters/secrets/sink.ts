import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OpsError } from '../../domain/errors.ts';
import type { SecretRef } from '../../domain/formats.ts';
import type { SecretSink } from '../../domain/ports.ts';

/** Writes the files that the inventory names as secrets; `known` are its references at that moment. */
export function createSecretSink(known: () => readonly SecretRef[]): SecretSink {
  return {
    async put(ref, secret) {
      if (!ref.startsWith('file:')) throw new OpsError('secret.not-writable', { ref, detail: 'not a file' });
      if (!known().includes(ref)) throw new OpsError('secret.not-writable', { ref, detail: 'not in the inventory' });
      const path = resolve(ref.slice('file:'.length));
      try {
        await replaceFile(path, `${secret.reveal().replace(/\n+$/, '')}\n`);
      } catch (error) {
        throw new OpsError('secret.not-writable', { ref, detail: codeOf(error) }, error);
      }
    },
  };
}

/** A reader sees the old file or the new one, never a part of it; a link that stands there is replaced, not followed. */
async function replaceFile(path: string, content: string): Promise<void> {
  const beside = join(dirname(path), `.zapas-${randomBytes(9).toString('hex')}`);
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(content, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** The system's word for it (`EACCES`). Messages of the system may quote what they were given. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
