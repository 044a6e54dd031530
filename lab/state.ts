import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './error.ts';

/** Which of the two ways makes hosts: systemd containers (root) or bare user namespaces (anybody). */
export type BackendName = 'nspawn' | 'userns';

/** What a host is from the beginning; the order is also the order of their addresses. */
export type Role = 'primary' | 'standby' | 'app' | 'bare';

/** How a new lab is furnished. Given once, when the lab is made; `up` later refuses other values. */
export interface LabOptions {
  /** Size of the sample database in MiB (default 30). */
  readonly dataMiB: number;
  /** What makes pg_rewind possible on the primary: `wal_log_hints` (default) or data checksums. */
  readonly walSafety: 'hints' | 'checksums';
  /** Language of the server's messages: `C` (default) or `pl_PL.UTF-8`. */
  readonly lcMessages: 'C' | 'pl_PL.UTF-8';
  /** Whether the standby already has the vendor's bin directory, or M06 has to unpack the archive (default `installed`). */
  readonly binaries: 'installed' | 'none';
  /** Size of the volume that holds /opt/mmedica on each database host, in MiB (default 4096). */
  readonly volumeMiB: number;
  /** `windows`: the two database hosts are Windows by Wine, see windows/ (default `linux`). */
  readonly system: 'linux' | 'windows';
}

/** What `up` uses where nothing was asked for. */
export const DEFAULT_OPTIONS: LabOptions = {
  dataMiB: 30,
  walSafety: 'hints',
  lcMessages: 'C',
  binaries: 'installed',
  volumeMiB: 4096,
  system: 'linux',
};

/** One host as the lab remembers it in hosts/NAME/host.json. */
export interface HostRecord {
  readonly name: string;
  readonly role: Role;
  readonly address: string;
  readonly hostKey: string;
}

/** Where everything of one lab lives. Names of kernel objects carry the lab's name, so labs do not meet. */
export class LabState {
  readonly name: string;
  readonly dir: string;

  constructor(name: string) {
    if (!/^[a-z][a-z0-9-]{0,19}$/.test(name)) {
      throw new LabError(`"${name}" cannot be a lab's name: use a letter, then up to 19 letters, digits or dashes`);
    }
    this.name = name;
    this.dir = join(stateRoot(), name);
  }

  path(...parts: readonly string[]): string {
    return join(this.dir, ...parts);
  }

  hostPath(host: string, ...parts: readonly string[]): string {
    return this.path('hosts', host, ...parts);
  }

  /** The lock of everybody who changes this lab. It outlives the lab: a lock that is deleted locks nobody out. */
  get lockPath(): string {
    return join(stateRoot(), '.locks', this.name);
  }

  /** The network namespace of a host, of the switch (`sw`) or of the controller (`ctl`). */
  netns(part: string): string {
    return `zapas-${this.name}.${part}`;
  }

  exists(): boolean {
    return existsSync(this.path('lab.json'));
  }

  options(): LabOptions {
    return this.#settled().options;
  }

  /** The root file system that this lab was made on; a newer one must not slip under disks that were written over this one. */
  base(): string {
    const { base } = this.#settled();
    if (existsSync(base)) return base;
    throw new LabError(
      `lab "${this.name}" was made on ${base}, which is gone: "npm run lab -- down --purge --name ${this.name}", then up`,
    );
  }

  /** Writes down, once, what a new lab is made of. */
  settle(options: LabOptions, base: string): void {
    writeAside(this.path('lab.json'), `${JSON.stringify({ base, options }, null, 2)}\n`);
  }

  #settled(): { readonly base: string; readonly options: LabOptions } {
    return readJson(this.path('lab.json')) as { readonly base: string; readonly options: LabOptions };
  }

  hosts(): readonly HostRecord[] {
    const dir = this.path('hosts');
    if (!existsSync(dir)) return [];
    return readdirSync(dir)
      .filter((name) => existsSync(join(dir, name, 'host.json')))
      .map((name) => readJson(join(dir, name, 'host.json')) as HostRecord)
      .sort((a, b) => octet(a) - octet(b));
  }

  host(name: string): HostRecord {
    const found = this.hosts().find((host) => host.name === name);
    if (found !== undefined) return found;
    const known = this.hosts().map((host) => host.name);
    throw new LabError(
      known.length === 0
        ? `lab "${this.name}" has no hosts: run "npm run lab -- up --name ${this.name}" first`
        : `lab "${this.name}" has no host "${name}"; it has ${known.join(', ')}`,
    );
  }

  saveHost(record: HostRecord): void {
    writeAside(this.hostPath(record.name, 'host.json'), `${JSON.stringify(record, null, 2)}\n`);
  }

  /** The address that a host of this name gets beside other new ones: fixed for the known roles, the next free one for others. */
  addressFor(name: string, beside: readonly Pick<HostRecord, 'address'>[]): string {
    const fixed: Readonly<Record<string, number>> = { primary: 12, standby: 13, app: 14 };
    const last = fixed[name] ?? Math.max(19, ...[...this.hosts(), ...beside].map(octet)) + 1;
    return `${NETWORK}.${last}`;
  }
}

/** The lab's network; it exists inside the lab's namespaces only. */
export const NETWORK = '10.77.0';
/** Address of the controller namespace, where the bot and the tests run. */
export const CONTROLLER_ADDRESS = `${NETWORK}.1`;

/** Folder of all labs' state: `ZAPAS_LAB_STATE`, by default below /var/lib for root and below HOME for others. */
export function stateRoot(): string {
  return process.env['ZAPAS_LAB_STATE'] ?? ownFolder('/var/lib/zapas-lab', '.local/state/zapas-lab');
}

/** The names of all labs that have a state folder. */
export function allLabs(): readonly string[] {
  if (!existsSync(stateRoot())) return [];
  return readdirSync(stateRoot()).filter((name) => existsSync(join(stateRoot(), name, 'lab.json')));
}

/** Folder of what is built once and used by all labs: `ZAPAS_LAB_CACHE`. */
export function cacheRoot(): string {
  return process.env['ZAPAS_LAB_CACHE'] ?? ownFolder('/var/cache/zapas-lab', '.cache/zapas-lab');
}

/** Writes a file so that a reader sees the old or the new one, never a half. */
export function writeAside(path: string, content: string, mode = 0o644): void {
  mkdirSync(join(path, '..'), { recursive: true });
  const aside = `${path}.${process.pid}.new`;
  writeFileSync(aside, content, { mode });
  renameSync(aside, path);
}

function ownFolder(system: string, home: string): string {
  return process.getuid?.() === 0 ? system : join(process.env['HOME'] ?? '/tmp', home);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new LabError(`cannot read ${path}: is the lab up? (npm run lab -- up)`, { cause });
  }
}

function octet(host: Pick<HostRecord, 'address'>): number {
  return Number(host.address.slice(host.address.lastIndexOf('.') + 1));
}
