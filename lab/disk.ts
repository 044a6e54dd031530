import { existsSync, lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { must } from './exec.ts';

/** What to write onto a new host's system disk. */
export interface Seed {
  /** Absolute path inside the host. Folders above it are made as they are in the base system. */
  readonly path: string;
  readonly content: string | Buffer;
  readonly mode: number;
  /** Numeric ids; root when absent. They also own folders that the base system does not have. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** The system disk of one host: an overlay over the shared base. boot-host.sh mounts it, and only where its host can see it. */
export class SystemDisk {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Makes a new one with these files on it. */
  async create(base: string, seeds: readonly Seed[]): Promise<void> {
    for (const part of ['upper', 'work', 'root', 'volume']) mkdirSync(this.#path(part), { recursive: true });
    for (const seed of seeds) await this.#plant(base, seed);
  }

  /** Copies it into the folder `target`, while the host is off. */
  async save(target: string): Promise<void> {
    await must(['cp', '-a', this.#path('upper'), target]);
  }

  /** Puts such a copy in its place. */
  async restore(source: string): Promise<void> {
    for (const part of ['upper', 'work']) rmSync(this.#path(part), { recursive: true, force: true });
    mkdirSync(this.#path('work'));
    await must(['cp', '-a', join(source, 'upper'), this.#path('upper')]);
  }

  async #plant(base: string, seed: Seed): Promise<void> {
    const target = join(this.#path('upper'), seed.path);
    await this.#mirrorFolder(base, dirname(seed.path), seed.owner);
    writeFileSync(target, seed.content, { mode: seed.mode });
    await chmod(target, seed.mode);
    if (seed.owner !== undefined) await chown(target, seed.owner.uid, seed.owner.gid);
  }

  // A folder of the upper layer hides the mode and owner of the one below it, so both are taken over.
  async #mirrorFolder(base: string, folder: string, owner: Seed['owner']): Promise<void> {
    const mirrored = join(this.#path('upper'), folder);
    if (existsSync(mirrored) && folder !== '/') return;
    if (folder !== '/') await this.#mirrorFolder(base, dirname(folder), owner);
    mkdirSync(mirrored, { recursive: true });
    const below = existsSync(join(base, folder)) ? lstatSync(join(base, folder)) : undefined;
    await chmod(mirrored, below === undefined ? 0o700 : below.mode & 0o7777);
    await chown(mirrored, below?.uid ?? owner?.uid ?? 0, below?.gid ?? owner?.gid ?? 0);
  }

  #path(part: string): string {
    return join(this.#dir, part);
  }
}
