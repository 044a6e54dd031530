import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { must, until } from './exec.ts';
import type { LabState } from './state.ts';

/** What to write onto a new host's system disk. */
export interface Seed {
  /** Absolute path inside the host. Folders above it are made as they are in the base system. */
  readonly path: string;
  readonly content: string | Buffer;
  readonly mode: number;
  /** Numeric ids; root when absent. They also own folders that the base system does not have. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/**
 * The disks of one host: an overlay over the shared base (its system disk) and an ext4 image of a bounded size, which the
 * host sees as /opt/mmedica. They are mounted by boot-host.sh, and only where that host can see them.
 */
export class Disk {
  readonly #state: LabState;
  readonly #host: string;

  constructor(state: LabState, host: string) {
    this.#state = state;
    this.#host = host;
  }

  /** Folder that boot-host.sh works in. */
  get dir(): string {
    return this.#state.hostPath(this.#host);
  }

  /** Makes new disks. The volume holds a copy of the folder `volumeSeed`, the system disk what `seeds` say. */
  async create(base: string, volumeMiB: number, seeds: readonly Seed[], volumeSeed: string | undefined): Promise<void> {
    for (const part of ['upper', 'work', 'root', 'volume']) mkdirSync(this.#path(part), { recursive: true });
    for (const seed of seeds) await this.#plant(base, seed);
    await must(['truncate', '--size', `${volumeMiB}M`, this.#image]);
    const content = volumeSeed === undefined ? [] : ['-d', volumeSeed];
    await must([
      'mkfs.ext4',
      '-q',
      '-m',
      '0',
      '-E',
      'lazy_itable_init=1,lazy_journal_init=1',
      ...content,
      '-F',
      this.#image,
    ]);
  }

  /** Waits until the kernel has let go of the disks of a host that has just died. */
  async released(): Promise<void> {
    await until(`the volume of ${this.#host} is released`, () => !isLoopOpen(this.#image));
  }

  /** Copies both disks of a host that is off into `target`. */
  async save(target: string): Promise<void> {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    await must(['cp', '-a', this.#path('upper'), target]);
    await must(['cp', '--sparse=always', this.#image, `${target}/volume.img`]);
  }

  /** Puts a copy back in the place of both disks of a host that is off. */
  async restore(source: string): Promise<void> {
    for (const part of ['upper', 'work']) rmSync(this.#path(part), { recursive: true, force: true });
    rmSync(this.#image, { force: true });
    mkdirSync(this.#path('work'));
    await must(['cp', '-a', `${source}/upper`, this.#path('upper')]);
    await must(['cp', '--sparse=always', `${source}/volume.img`, this.#image]);
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

  get #image(): string {
    return this.#path('volume.img');
  }

  #path(part: string): string {
    return this.#state.hostPath(this.#host, part);
  }
}

function isLoopOpen(image: string): boolean {
  return readdirSync('/sys/block')
    .filter((name) => name.startsWith('loop'))
    .some((name) => {
      try {
        return readFileSync(`/sys/block/${name}/loop/backing_file`, 'utf8').trim() === image;
      } catch {
        return false;
      }
    });
}
