import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Backend } from './backend.ts';
import { ensureBase } from './base.ts';
import { LabError } from './error.ts';
import { until } from './exec.ts';
import { COMMON_NEEDS } from './install.ts';
import { type Machine, Supervisor } from './machine.ts';
import { DEFAULT_OPTIONS, type LabState } from './state.ts';
import { ImageVolume } from './volume.ts';

const BOOT = join(dirname(fileURLToPath(import.meta.url)), 'boot-host.sh');

/** Hosts as systemd containers: needs root and a cgroup v2 tree. */
export const nspawnBackend: Backend = {
  name: 'nspawn',
  defaults: DEFAULT_OPTIONS,
  needs: { ...COMMON_NEEDS, 'systemd-nspawn': 'systemd-container', 'mkfs.ext4': 'e2fsprogs' },
  base: (say) => ensureBase('systemd', say),
  machine: (state, host) => new NspawnMachine(state, host),
  volume: (state, host) => new ImageVolume(state.hostPath(host)),
  running: (state) => {
    const prefix = state.netns('');
    return readdirSync(cgroupRoot())
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
  },
};

class NspawnMachine implements Machine {
  readonly #state: LabState;
  readonly #host: string;
  readonly #supervisor: Supervisor;

  constructor(state: LabState, host: string) {
    this.#state = state;
    this.#host = host;
    this.#supervisor = new Supervisor(state, host);
  }

  async boot(base: string): Promise<void> {
    if (this.leader() !== undefined) return;
    await this.#removeCgroup();
    mkdirSync(this.#cgroup, { recursive: true });
    await this.#supervisor.start(this.#argv(base), { SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' }, ['systemd']);
  }

  async kill(): Promise<void> {
    // The kernel kills the whole cgroup at one stroke, PID 1 and all, whatever stage of starting or stopping the host is in.
    if (existsSync(this.#cgroup)) writeFileSync(join(this.#cgroup, 'cgroup.kill'), '1');
    await this.#gone();
  }

  async shutDown(): Promise<void> {
    const supervisor = this.#supervisor.pid();
    // nspawn hands SIGTERM on to its systemd as an orderly power off.
    if (supervisor !== undefined && this.leader() !== undefined) process.kill(supervisor, 'SIGTERM');
    else await this.kill();
    await this.#gone();
  }

  leader(): number | undefined {
    return this.#supervisor.child(['systemd']);
  }

  enter(): readonly string[] {
    const leader = this.leader();
    if (leader === undefined) throw new LabError(`${this.#host} is off: npm run lab -- boot ${this.#host}`);
    return ['nsenter', '--target', String(leader), '--all', '--'];
  }

  #argv(base: string): readonly [string, ...string[]] {
    const dir = this.#state.hostPath(this.#host);
    return [
      'unshare',
      '--mount',
      '--propagation=slave',
      BOOT,
      this.#cgroup,
      base,
      dir,
      'systemd-nspawn',
      '--quiet',
      '--register=no',
      '--keep-unit',
      `--directory=${dir}/root`,
      `--bind=${dir}/volume:/opt/mmedica`,
      `--machine=${this.#host}`,
      `--network-namespace-path=/run/netns/${this.#state.netns(this.#host)}`,
      // nspawn takes this away where the namespace is not of its own making; a host without it has no firewall.
      '--capability=CAP_NET_ADMIN',
      '--boot',
      '--console=pipe',
      '--resolv-conf=off',
      '--timezone=off',
      '--link-journal=no',
    ];
  }

  async #gone(): Promise<void> {
    await this.#supervisor.gone();
    await this.#removeCgroup();
  }

  // Without a cgroup of its own each systemd would find the other's units, and "systemctl stop" would hang for minutes.
  get #cgroup(): string {
    return join(cgroupRoot(), this.#state.netns(this.#host));
  }

  async #removeCgroup(): Promise<void> {
    await until(`the cgroup of ${this.#host} is empty`, () => {
      try {
        removeTree(this.#cgroup);
        return true;
      } catch {
        return false;
      }
    });
  }
}

function cgroupRoot(): string {
  const hybrid = '/sys/fs/cgroup/unified';
  const root = existsSync(hybrid) ? hybrid : '/sys/fs/cgroup';
  if (existsSync(join(root, 'cgroup.procs'))) return root;
  throw new LabError(
    'no cgroup v2 tree below /sys/fs/cgroup. Inside "ip netns exec" it is hidden: use "npm run lab -- exec -- …" instead',
  );
}

// cgroups go away bottom-up, by rmdir alone: their files are the kernel's.
function removeTree(path: string): void {
  if (!existsSync(path)) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(path, entry.name));
  }
  rmdirSync(path);
}
