import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { capture, must } from './exec.ts';
import { LabError } from './error.ts';
import type { LabState } from './state.ts';

/**
 * The disks of one host: an overlay over the shared base (its system disk) and an ext4 image of a bounded size, which the
 * host sees as /opt/mmedica. Filling the second one up hurts nobody else.
 */
export class Disk {
  readonly #state: LabState;
  readonly #host: string;

  constructor(state: LabState, host: string) {
    this.#state = state;
    this.#host = host;
  }

  /** Folder on which the whole host is mounted while it runs. */
  get root(): string {
    return this.#path('root');
  }

  /** Folder on which the volume is mounted while the host runs. */
  get volume(): string {
    return this.#path('volume');
  }

  /** Makes empty disks. */
  async create(volumeMiB: number): Promise<void> {
    for (const part of ['upper', 'work', 'root', 'volume']) mkdirSync(this.#path(part), { recursive: true });
    await must(['truncate', '--size', `${volumeMiB}M`, this.#image]);
    await must(['mkfs.ext4', '-q', '-m', '0', '-E', 'lazy_itable_init=1,lazy_journal_init=1', '-F', this.#image]);
  }

  /** Mounts both; what is mounted already stays. */
  async mount(base: string): Promise<void> {
    if (!isMounted(this.root)) {
      const layers = `lowerdir=${base},upperdir=${this.#path('upper')},workdir=${this.#path('work')}`;
      await must(['mount', '-t', 'overlay', `zapas-${this.#state.name}.${this.#host}`, '-o', layers, this.root]);
    }
    if (!isMounted(this.volume)) await must(['mount', '-o', 'loop,noatime', this.#image, this.volume]);
    mkdirSync(`${this.root}/opt/mmedica`, { recursive: true });
  }

  /** Gives freed blocks of the volume back to this machine, so that a copy of the image holds only what is used. */
  async trim(): Promise<void> {
    if (isMounted(this.volume)) await must(['fstrim', this.volume]);
  }

  async unmount(): Promise<void> {
    for (const path of [this.volume, this.root]) {
      if (isMounted(path)) await must(['umount', path]);
    }
  }

  /** Leaves no free byte on the volume. Idempotent; the blocks are reserved, not written. */
  async fill(): Promise<void> {
    this.#needMounted();
    const filler = `${this.volume}/.filler`;
    // Reserving fails before the last block, so it is asked for ever smaller pieces.
    for (let round = 0; round < 20; round++) {
      const { free, size } = await this.usage();
      if (free === 0) break;
      const used = existsSync(filler) ? Number((await must(['stat', '-c', '%s', filler])).trim()) : 0;
      const grow = round < 3 ? Math.floor(free / 4096) * 4096 : Math.max(4096, Math.floor(free / 2 / 4096) * 4096);
      await capture(['fallocate', '--offset', String(used), '--length', String(Math.min(grow, size)), filler]);
    }
  }

  /** Gives the space back. */
  free(): void {
    this.#needMounted();
    rmSync(`${this.volume}/.filler`, { force: true });
  }

  /** Bytes of the volume: whole and free. */
  async usage(): Promise<{ readonly size: number; readonly free: number }> {
    const [size = 0, free = 0] = (await must(['df', '--block-size=1', '--output=size,avail', this.volume]))
      .split('\n')[1]!
      .trim()
      .split(/\s+/)
      .map(Number);
    return { size, free };
  }

  /** Copies both disks of a host that is off into `target`. */
  async save(target: string): Promise<void> {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    await must(['cp', '-a', this.#path('upper'), this.#path('host.json'), target]);
    await must(['cp', '--sparse=always', this.#image, `${target}/volume.img`]);
  }

  /** Puts a copy back in the place of both disks. */
  async restore(source: string): Promise<void> {
    rmSync(this.#path('upper'), { recursive: true, force: true });
    rmSync(this.#path('work'), { recursive: true, force: true });
    mkdirSync(this.#path('work'));
    await must(['cp', '-a', `${source}/upper`, this.#path('upper')]);
    await must(['cp', '--sparse=always', `${source}/volume.img`, this.#image]);
    await cp(`${source}/host.json`, this.#path('host.json'));
  }

  get #image(): string {
    return this.#path('volume.img');
  }

  #path(part: string): string {
    return this.#state.hostPath(this.#host, part);
  }

  #needMounted(): void {
    if (!isMounted(this.volume)) throw new LabError(`${this.#host} is off: boot it first`);
  }
}

/** True when something is mounted on exactly this path. */
export function isMounted(path: string): boolean {
  return readFileSync('/proc/mounts', 'utf8').includes(` ${path} `);
}
