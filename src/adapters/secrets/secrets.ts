import { readFile, stat } from 'node:fs/promises';
import { OpsError } from '../../domain/errors.ts';
import type { Secrets } from '../../domain/ports.ts';
import { Secret } from '../../domain/secret.ts';

/**
 * Secrets by reference: `env:NAME` or `file:/path` (one trailing line break is not part of it). Throws `config.secret-missing`
 * for what is absent, empty, or a file that every account of this machine may read; `detail` says which.
 */
export function createSecrets(env: Readonly<Record<string, string | undefined>>): Secrets {
  return {
    async get(ref) {
      const cut = ref.indexOf(':');
      const [kind, name] = [ref.slice(0, cut), ref.slice(cut + 1)];
      const value = kind === 'env' ? env[name]?.replace(/\r?\n$/, '') : await fromFile(name, ref);
      if (value === undefined) throw new OpsError('config.secret-missing', { ref, detail: 'not set' });
      if (value === '') throw new OpsError('config.secret-missing', { ref, detail: 'empty' });
      return new Secret(value);
    },
  };
}

async function fromFile(path: string, ref: string): Promise<string> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o004) !== 0)
      throw new OpsError('config.secret-missing', { ref, detail: `readable by everybody: chmod 600 ${path}` });
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof OpsError) throw error;
    throw new OpsError('config.secret-missing', { ref, detail: error instanceof Error ? error.message : '' }, error);
  }
}
