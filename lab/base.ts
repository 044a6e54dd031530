import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture } from './exec.ts';
import { LabError } from './error.ts';
import { withLock } from './lock.ts';
import { cacheRoot } from './state.ts';

const RECIPE = join(dirname(fileURLToPath(import.meta.url)), 'build-base.sh');

/** Says a line to the person who waits. */
export type Say = (line: string) => void;

/** Where the base for the present recipe is, or would be. */
export function basePath(): string {
  const key = createHash('sha256').update(readFileSync(RECIPE)).update(process.arch).digest('hex').slice(0, 12);
  return join(cacheRoot(), `base-${key}`);
}

/**
 * The root file system under all hosts; built on first use (about half a minute) and kept in the cache folder. It is built aside and
 * renamed, so an interrupted build is never used; a second caller waits for the first.
 */
export async function ensureBase(say: Say): Promise<string> {
  const base = basePath();
  if (existsSync(base)) return base;
  const waiting = (): void => say('somebody else is building the base system, waiting');
  return withLock(`${base}.lock`, () => build(base, say), waiting);
}

async function build(base: string, say: Say): Promise<string> {
  if (existsSync(base)) return base;
  const aside = `${base}.part`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(dirname(base), { recursive: true });
  say('building the base system of the hosts (Debian 13 with PostgreSQL 17, about 140 MB to fetch); once only');
  const { code, stdout, stderr } = await capture([RECIPE, aside]);
  if (code !== 0) {
    rmSync(aside, { recursive: true, force: true });
    throw new LabError(
      `the base system could not be built:\n${(stderr || stdout).trim().split('\n').slice(-15).join('\n')}`,
    );
  }
  renameSync(aside, base);
  return base;
}
