import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Disk } from './disk.ts';
import { until } from './exec.ts';
import { LabError } from './error.ts';
import type { Machine } from './machine.ts';
import { startTime } from './process.ts';
import type { LabState } from './state.ts';

const BOOT = join(dirname(fileURLToPath(import.meta.url)), 'boot-host.sh');

/** The hosts of a lab that have a cgroup: those that run, whatever the lab's own records say. */
export function runningHosts(state: LabState): readonly string[] {
  const prefix = state.netns('');
  return readdirSync(cgroupRoot())
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
}

/** One host as a systemd-nspawn container with systemd as its PID 1. */
export class NspawnMachine implements Machine {
  readonly #state: LabState;
  readonly #host: string;

  constructor(state: LabState, host: string) {
    this.#state = state;
    this.#host = host;
  }

  async boot(base: string): Promise<void> {
    if (this.leader() !== undefined) return;
    await this.#removeCgroup();
    mkdirSync(this.#cgroup, { recursive: true });
    const log = openSync(this.#state.hostPath(this.#host, 'console.log'), 'a');
    const [program, ...args] = this.#argv(base);
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
    });
    closeSync(log);
    const pid = child.pid;
    if (pid === undefined) throw new LabError('systemd-nspawn could not be started: npm run lab -- install');
    child.unref();
    writeFileSync(this.#pidFile, `${pid} ${startTime(pid)}\n`);
    await until(`${this.#host} starts`, () => {
      if (this.#supervisor() === undefined) throw new LabError(`${this.#host} does not start:\n${this.#lastWords()}`);
      return this.leader() !== undefined;
    });
  }

  async kill(): Promise<void> {
    // The kernel kills the whole cgroup at one stroke, PID 1 and all, whatever stage of starting or stopping the host is in.
    if (existsSync(this.#cgroup)) writeFileSync(join(this.#cgroup, 'cgroup.kill'), '1');
    await this.#gone();
  }

  async shutDown(): Promise<void> {
    const supervisor = this.#supervisor();
    // nspawn hands SIGTERM on to its systemd as an orderly power off.
    if (supervisor !== undefined && this.leader() !== undefined) process.kill(supervisor, 'SIGTERM');
    else await this.kill();
    await this.#gone();
  }

  leader(): number | undefined {
    const supervisor = this.#supervisor();
    if (supervisor === undefined) return undefined;
    const children = readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, 'utf8').trim().split(' ');
    return children.map(Number).find((pid) => pid > 0 && commandOf(pid) === 'systemd');
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
    await until(`${this.#host} goes off`, () => this.#supervisor() === undefined, 180_000);
    await new Disk(this.#state, this.#host).released();
    await this.#removeCgroup();
  }

  #supervisor(): number | undefined {
    if (!existsSync(this.#pidFile)) return undefined;
    const [pid, started] = readFileSync(this.#pidFile, 'utf8').trim().split(' ');
    return pid && started && startTime(Number(pid)) === started ? Number(pid) : undefined;
  }

  // Without a cgroup of its own each systemd would find the other's units, and "systemctl stop" would hang for minutes.
  get #cgroup(): string {
    return join(cgroupRoot(), `zapas-${this.#state.name}.${this.#host}`);
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

  get #pidFile(): string {
    return this.#state.hostPath(this.#host, 'nspawn.pid');
  }

  #lastWords(): string {
    const log = readFileSync(this.#state.hostPath(this.#host, 'console.log'), 'utf8');
    return log.trim().split('\n').slice(-8).join('\n');
  }
}

function cgroupRoot(): string {
  const hybrid = '/sys/fs/cgroup/unified';
  const root = existsSync(hybrid) ? hybrid : '/sys/fs/cgroup';
  if (existsSync(join(root, 'cgroup.procs'))) return root;
  throw new LabError(
    `no cgroup v2 tree below /sys/fs/cgroup. Inside "ip netns exec" it is hidden: use "npm run lab -- exec -- …" instead`,
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

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
