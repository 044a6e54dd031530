import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { must, until } from './exec.ts';

/** A disk of a bounded size, which the host sees as /opt/mmedica; filling it up hurts nobody else. */
export interface Volume {
  /** Makes it, with a copy of what is in the folder `seed`. */
  create(sizeMiB: number, seed: string | undefined): Promise<void>;
  /** Makes it ready to be mounted by a host that is about to boot. */
  attach(sizeMiB: number): Promise<void>;
  /** Waits until the kernel has let go of it after its host has died. */
  released(): Promise<void>;
  /** Copies it into the folder `target`, while the host is off. */
  save(target: string): Promise<void>;
  /** Puts such a copy in its place. */
  restore(source: string): Promise<void>;
  /** The lab goes down: takes it away from memory, with or without keeping the content. */
  park(keep: boolean): Promise<void>;
}

/** An ext4 image in a sparse file. boot-host.sh mounts it, and only where its host can see it. */
export class ImageVolume implements Volume {
  readonly #image: string;

  constructor(dir: string) {
    this.#image = join(dir, 'volume.img');
  }

  async create(sizeMiB: number, seed: string | undefined): Promise<void> {
    await must(['truncate', '--size', `${sizeMiB}M`, this.#image]);
    const content = seed === undefined ? [] : ['-d', seed];
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

  async attach(): Promise<void> {}

  async released(): Promise<void> {
    await until(`${this.#image} is released`, () => !isLoopOpen(this.#image));
  }

  async save(target: string): Promise<void> {
    await must(['cp', '--sparse=always', this.#image, join(target, 'volume.img')]);
  }

  async restore(source: string): Promise<void> {
    rmSync(this.#image, { force: true });
    await must(['cp', '--sparse=always', join(source, 'volume.img'), this.#image]);
  }

  async park(): Promise<void> {}
}

/** A tmpfs: an unprivileged user may mount nothing better. It lives as long as the lab's holder and is parked in a folder when that ends. */
export class TmpfsVolume implements Volume {
  readonly #mount: string;
  readonly #parked: string;

  constructor(dir: string) {
    this.#mount = join(dir, 'volume');
    this.#parked = join(dir, 'volume.parked');
  }

  async create(sizeMiB: number, seed: string | undefined): Promise<void> {
    await this.attach(sizeMiB);
    if (seed !== undefined) await must(['cp', '-a', `${seed}/.`, this.#mount]);
  }

  async attach(sizeMiB: number): Promise<void> {
    if (this.#isMounted()) return;
    mkdirSync(this.#mount, { recursive: true });
    await must(['mount', '-t', 'tmpfs', '-o', `size=${sizeMiB}m,mode=755`, 'tmpfs', this.#mount]);
    if (!existsSync(this.#parked)) return;
    await must(['cp', '-a', `${this.#parked}/.`, this.#mount]);
    rmSync(this.#parked, { recursive: true });
  }

  async released(): Promise<void> {}

  async save(target: string): Promise<void> {
    await must(['cp', '-a', this.#isMounted() ? this.#mount : this.#parked, join(target, 'volume')]);
  }

  async restore(source: string): Promise<void> {
    if (this.#isMounted()) await must(['umount', this.#mount]);
    rmSync(this.#parked, { recursive: true, force: true });
    await must(['cp', '-a', join(source, 'volume'), this.#parked]);
  }

  async park(keep: boolean): Promise<void> {
    if (!this.#isMounted()) return;
    rmSync(this.#parked, { recursive: true, force: true });
    if (keep) await must(['cp', '-a', this.#mount, this.#parked]);
    await must(['umount', this.#mount]);
  }

  #isMounted(): boolean {
    return readFileSync('/proc/mounts', 'utf8').includes(` ${this.#mount} `);
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
