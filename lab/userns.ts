import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Backend } from './backend.ts';
import { basePath, onceOnly } from './base.ts';
import { LabError } from './error.ts';
import { must } from './exec.ts';
import { COMMON_NEEDS } from './install.ts';
import { type Machine, Supervisor } from './machine.ts';
import { DEFAULT_OPTIONS, type LabState } from './state.ts';
import { TmpfsVolume } from './volume.ts';

const BOOT = join(dirname(fileURLToPath(import.meta.url)), 'boot-userns-host.sh');

/**
 * Hosts without root: namespaces inside a user namespace of the caller's own (see holder.ts, which brings the program there). They have
 * addresses, sshd, sudo and several users, but no systemd: `systemctl` is Debian's stand-in for it, which starts and stops units by itself.
 */
export const usernsBackend: Backend = {
  name: 'userns',
  // Volumes are in memory here.
  defaults: { ...DEFAULT_OPTIONS, volumeMiB: 1024 },
  needs: { ...COMMON_NEEDS, newuidmap: 'uidmap' },
  base: unpackedBase,
  machine: (state, host) => new UsernsMachine(state, host),
  volume: (state, host) => new TmpfsVolume(state.hostPath(host)),
  // With the holder everything dies, so nothing can be left that the lab's records do not know.
  running: () => [],
};

async function unpackedBase(say: (line: string) => void): Promise<string> {
  const tar = basePath('userns');
  if (!existsSync(tar)) throw new LabError('the base system is missing: npm run lab -- install');
  const folder = tar.slice(0, -'.tar'.length);
  await onceOnly(folder, say, async (aside) => {
    mkdirSync(aside);
    // Nobody but root may make device nodes; each host gets its own /dev when it boots.
    await must(['tar', '--extract', '--file', tar, '--directory', aside, '--exclude=./dev/*', '--numeric-owner']);
  });
  return folder;
}

class UsernsMachine implements Machine {
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
    const namespaces = ['--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child'];
    const network = `--net=/run/netns/${this.#state.netns(this.#host)}`;
    const dir = this.#state.hostPath(this.#host);
    await this.#supervisor.start(['nsenter', network, '--', 'unshare', ...namespaces, BOOT, base, dir], {}, LEADERS);
  }

  async kill(): Promise<void> {
    // The kernel kills everything in a pid namespace together with its first process.
    const victim = this.leader() ?? this.#supervisor.pid();
    if (victim !== undefined) process.kill(victim, 'SIGKILL');
    await this.#supervisor.gone();
  }

  async shutDown(): Promise<void> {
    const leader = this.leader();
    if (leader !== undefined) {
      const stop = 'for unit in $(ls /etc/systemd/system/multi-user.target.wants); do systemctl stop "$unit"; done';
      await must([...this.enter(), 'sh', '-c', stop]);
    }
    await this.kill();
  }

  leader(): number | undefined {
    return this.#supervisor.child(LEADERS);
  }

  enter(): readonly string[] {
    const leader = this.leader();
    if (leader === undefined) throw new LabError(`${this.#host} is off: npm run lab -- boot ${this.#host}`);
    return [
      'nsenter',
      '--target',
      String(leader),
      '--mount',
      '--uts',
      '--ipc',
      '--net',
      '--pid',
      '--root',
      '--wd',
      '--',
    ];
  }
}

const LEADERS = ['systemctl', 'python3'];
