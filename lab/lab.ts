import { existsSync } from 'node:fs';
import { LabError } from './error.ts';
import type { Output } from './exec.ts';
import { isInHolder, needsHolder, prepareHolder } from './holder.ts';
import { HostLab } from './host-lab.ts';
import { ensureInstalled } from './install.ts';
import { nspawnBackend } from './nspawn.ts';
import { type BackendName, type LabOptions, LabState } from './state.ts';
import { usernsBackend } from './userns.ts';

export type { LabOptions } from './state.ts';

/** How to reach one host by ssh from the controller namespace. */
export interface LabHost {
  readonly name: string;
  readonly address: string;
  readonly sshPort: number;
  /** An ordinary user with passwordless sudo; `root` has the same key. */
  readonly user: string;
  /** The host's public key as in known_hosts: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
}

/** What `status` sees of one host. */
export interface HostStatus {
  readonly name: string;
  readonly address: string;
  readonly state: 'on' | 'off';
  /** Whether its cable is pulled. */
  readonly cut: boolean;
  /** What its PostgreSQL says of itself, asked inside the host; `down` when it says nothing. */
  readonly postgres: 'primary' | 'standby' | 'down';
}

export interface LabStatus {
  readonly name: string;
  readonly backend: BackendName;
  readonly dir: string;
  /** Empty when the lab is down. */
  readonly hosts: readonly HostStatus[];
}

/** An HTTP server inside the controller namespace. */
export interface ArchiveServer {
  readonly url: string;
  readonly sha256: string;
  stop(): Promise<void>;
}

/** Real customer hosts on one machine, with faults on demand. Every method throws `LabError` with a hint for people. */
export interface Lab {
  readonly name: string;
  readonly backend: BackendName;
  /** State directory with keys/, ca/, hosts/ and snapshots/. */
  readonly dir: string;
  /** ed25519 key that logs into every host, as `zapas` and as `root`. */
  readonly privateKeyPath: string;
  /**
   * Makes what is missing and boots what is off; returns when every service of the hosts has started. Idempotent.
   * @param hosts default primary, standby, app; any other name makes a host with nothing but sshd
   * @param options count for a new lab; a lab that was made with other values refuses
   */
  up(hosts?: readonly string[], options?: Partial<LabOptions>): Promise<readonly LabHost[]>;
  /** Leaves no namespace, mount, process or cgroup behind; with `purge` no file either. Idempotent. */
  down(options?: { readonly purge?: boolean }): Promise<void>;
  status(): Promise<LabStatus>;
  host(name: string): LabHost;
  /** Runs a bash script as root inside a host without using its network. Daemons it leaves behind do not delay it. */
  run(host: string, script: string): Promise<Output>;
  /** Pulls and plugs a host's cable. */
  cut(host: string): Promise<void>;
  heal(host: string): Promise<void>;
  /** Two hosts do not see each other; everybody else sees both. */
  blackhole(a: string, b: string): Promise<void>;
  unblackhole(a: string, b: string): Promise<void>;
  /** Limits a host's line in both directions, for example to `10mbit`. */
  slow(host: string, rate: string): Promise<void>;
  unslow(host: string): Promise<void>;
  /** The power fails: PID 1 of the host and all its processes die at once. Its disks stay as they were. */
  powerOff(host: string): Promise<void>;
  /** Starts a host on its disks; returns when its services have started. */
  boot(host: string): Promise<void>;
  /** kill -9 of the postmaster and all its children. */
  killPostgres(host: string): Promise<void>;
  /** Leaves not one free byte below /opt/mmedica. */
  fillDisk(host: string): Promise<void>;
  freeDisk(host: string): Promise<void>;
  /** Keeps the disks of all hosts under a label. The hosts are shut down in order and booted again. */
  save(label: string): Promise<void>;
  /** Puts the disks back, undoes every network fault and boots the hosts that the snapshot holds. */
  restore(label: string): Promise<void>;
  /** The vendor's archive «PostgreSQL-17.x-Linux.tar»; built once per base system. It unpacks to a folder `pgsql-17`. */
  archive(): Promise<{ readonly path: string; readonly sha256: string }>;
  /** Serves the archive by HTTP on the controller's address until `stop` or the end of this process. */
  serveArchive(): Promise<ArchiveServer>;
  /** Puts a bin directory on a host whose pg_basebackup takes the vendor's four extra options (M14). Answers its path. */
  vendorBasebackup(host: string): Promise<string>;
}

/** Where progress and warnings go; by default to standard error. */
export type Say = (line: string) => void;

/**
 * Opens a lab by name; nothing happens before `up`. Labs of different names do not touch each other, though all use the same addresses.
 * @param name default: `ZAPAS_LAB`, which `lab exec` sets, else `demo`
 */
export function openLab(name: string = process.env['ZAPAS_LAB'] ?? 'demo', say: Say = tellStandardError): Lab {
  const state = new LabState(name);
  if (process.platform !== 'linux')
    throw new LabError("the lab needs Linux: its hosts are made of the kernel's namespaces");
  if (needsHolder()) {
    throw new LabError(
      'without root a program sees a lab only from inside: npm run lab -- up, then npm run lab -- exec -- PROGRAM…',
    );
  }
  return new HostLab(state, isInHolder() ? usernsBackend : nspawnBackend, say);
}

/** True where `openLab` can make hosts: as root with a cgroup v2 tree, or inside `lab exec`. Tests use it to skip aloud. */
export function labIsPossible(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  return isInHolder() || existsSync('/sys/fs/cgroup/unified') || existsSync('/sys/fs/cgroup/cgroup.procs');
}

/** Installs what the lab itself needs, builds the base system and says what it does. Instant when everything is there. */
export async function install(say: Say = tellStandardError): Promise<void> {
  if (needsHolder()) return prepareHolder(say);
  await ensureInstalled(nspawnBackend.needs, say);
  await nspawnBackend.base(say);
}

/** Says a line to the person at the terminal, beside a program's own output. */
export function tellStandardError(line: string): void {
  process.stderr.write(`lab: ${line}\n`);
}
