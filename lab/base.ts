import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LabError } from './error.ts';
import { capture } from './exec.ts';
import { withLock } from './lock.ts';
import { cacheRoot } from './state.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const RECIPE = join(HERE, 'build-base.sh');

/** Says a line to the person who waits. */
export type Say = (line: string) => void;

/** `systemd` is a folder that root has made, `userns` a tar file that anybody can make. */
export type BaseKind = 'systemd' | 'userns';

/** Where the base for the present recipe is, or would be. */
export function basePath(kind: BaseKind): string {
  const hash = createHash('sha256').update(kind).update(process.arch);
  for (const part of [RECIPE, join(HERE, 'guest', 'base.sh')]) hash.update(readFileSync(part));
  return join(cacheRoot(), `base-${kind}-${hash.digest('hex').slice(0, 12)}${kind === 'userns' ? '.tar' : ''}`);
}

/**
 * The root file system under all hosts; built on first use (about half a minute) and kept in the cache folder. It is built aside and
 * renamed, so an interrupted build is never used; a second caller waits for the first.
 */
export async function ensureBase(kind: BaseKind, say: Say): Promise<string> {
  const base = basePath(kind);
  await onceOnly(base, say, async (aside) => {
    say('building the base system of the hosts (Debian 13 with PostgreSQL 17, about 145 MB to fetch); once only');
    const { code, stdout, stderr } = await capture([RECIPE, kind, aside]);
    if (code === 0) return;
    const words = (stderr || stdout).trim().split('\n').slice(-15).join('\n');
    throw new LabError(`the base system could not be built:\n${words}`);
  });
  return base;
}

/** Makes a file or folder of the cache unless it is there; `make` gets the place to make it in. */
export async function onceOnly(path: string, say: Say, make: (aside: string) => Promise<void>): Promise<void> {
  if (existsSync(path)) return;
  const waiting = (): void => say(`somebody else is making ${path}, waiting`);
  const work = async (): Promise<void> => {
    if (existsSync(path)) return;
    const aside = `${path}.part`;
    rmSync(aside, { recursive: true, force: true });
    mkdirSync(dirname(path), { recursive: true });
    try {
      await make(aside);
      renameSync(aside, path);
    } finally {
      rmSync(aside, { recursive: true, force: true });
    }
  };
  await withLock(`${path}.lock`, work, waiting);
}
