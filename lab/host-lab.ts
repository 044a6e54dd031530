import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildArchive, serveArchive } from './archive.ts';
import type { Backend } from './backend.ts';
import { CertificateAuthority } from './ca.ts';
import { SystemDisk } from './disk.ts';
import { LabError } from './error.ts';
import { capture, must, type Output, until } from './exec.ts';
import { fill } from './fill.ts';
import { ensureKeys, furnishing, makeIdentity, type NewHost, roleOf } from './host.ts';
import { ensureInstalled } from './install.ts';
import type { ArchiveServer, HostStatus, Lab, LabHost, LabStatus, Say } from './lab.ts';
import { withLock } from './lock.ts';
import type { Machine } from './machine.ts';
import { Network } from './network.ts';
import type { HostRecord, LabOptions, LabState } from './state.ts';
import { installVendorBasebackup } from './vendor.ts';
import type { Volume } from './volume.ts';
import { ensureWindowsBase } from './windows/base.ts';

const DEFAULT_HOSTS = ['primary', 'standby', 'app'];

/** The lab, on either backend. */
export class HostLab implements Lab {
  readonly #backend: Backend;
  readonly #state: LabState;
  readonly #network: Network;
  readonly #ca: CertificateAuthority;
  readonly #say: Say;

  constructor(state: LabState, backend: Backend, say: Say) {
    this.#backend = backend;
    this.#state = state;
    this.#network = new Network(state);
    this.#ca = new CertificateAuthority(state);
    this.#say = say;
  }

  get backend(): Backend['name'] {
    return this.#backend.name;
  }

  get name(): string {
    return this.#state.name;
  }

  get dir(): string {
    return this.#state.dir;
  }

  get privateKeyPath(): string {
    return this.#state.path('keys', 'id_ed25519');
  }

  async up(hosts: readonly string[] = DEFAULT_HOSTS, options: Partial<LabOptions> = {}): Promise<readonly LabHost[]> {
    hosts.forEach(roleOf);
    await ensureInstalled(this.#backend.needs, this.#say);
    const newest = await this.#base(options);
    await this.#exclusively(async () => {
      this.#settle(options, newest);
      await ensureKeys(this.#state);
      await this.#ca.create();
      await this.#network.up();
      const known = this.#state.hosts();
      const fresh = this.#newHosts(hosts.filter((name) => !known.some((host) => host.name === name)));
      await Promise.all(fresh.map((host) => this.#create(host)));
      await Promise.all(known.filter((host) => hosts.includes(host.name)).map((host) => this.#boot(host)));
    });
    return hosts.map((name) => this.host(name));
  }

  async down(options: { readonly purge?: boolean } = {}): Promise<void> {
    await this.#exclusively(async () => {
      // Also what an interrupted "up" began, and what is left of a lab whose folder somebody has deleted.
      const begun = existsSync(this.#state.path('hosts')) ? readdirSync(this.#state.path('hosts')) : [];
      const purge = options.purge === true;
      const names = new Set([...begun, ...this.#backend.running(this.#state)]);
      await Promise.all(
        [...names].map(async (name) => {
          await (purge ? this.#kill(name) : this.#shutDown(name));
          await this.#volume(name).park(!purge);
        }),
      );
      await this.#network.down();
      if (purge) rmSync(this.dir, { recursive: true, force: true });
    });
  }

  async status(): Promise<LabStatus> {
    const hosts = await Promise.all(this.#state.hosts().map((host) => this.#statusOf(host)));
    return { name: this.name, backend: this.backend, dir: this.dir, hosts };
  }

  host(name: string): LabHost {
    const { address, hostKey } = this.#state.host(name);
    return { name, address, hostKey, sshPort: 22, user: 'zapas' };
  }

  async run(host: string, script: string): Promise<Output> {
    return capture(this.#rootShell(this.#state.host(host).name, script));
  }

  cut(host: string): Promise<void> {
    return this.#network.cut(this.#state.host(host).name);
  }

  heal(host: string): Promise<void> {
    return this.#network.heal(this.#state.host(host).name);
  }

  blackhole(a: string, b: string): Promise<void> {
    return this.#network.blackhole(this.#state.host(a), this.#state.host(b));
  }

  unblackhole(a: string, b: string): Promise<void> {
    return this.#network.unblackhole(this.#state.host(a), this.#state.host(b));
  }

  slow(host: string, rate: string): Promise<void> {
    return this.#network.slow(this.#state.host(host).name, rate);
  }

  unslow(host: string): Promise<void> {
    return this.#network.unslow(this.#state.host(host).name);
  }

  powerOff(host: string): Promise<void> {
    return this.#kill(this.#state.host(host).name);
  }

  async boot(host: string): Promise<void> {
    const record = this.#state.host(host);
    await this.#exclusively(async () => {
      await this.#network.up();
      await this.#boot(record);
    });
  }

  async killPostgres(host: string): Promise<void> {
    // Names are looked up in the host's own process table, so nobody else's server is in reach.
    await this.run(host, 'pkill -KILL -u postgres -x postgres || true');
    await until(
      `PostgreSQL on ${host} is dead`,
      async () => (await this.run(host, 'pgrep -u postgres -x postgres')).code === 1,
    );
  }

  fillDisk(host: string): Promise<void> {
    return fill((script) => this.#mustRun(host, script));
  }

  async freeDisk(host: string): Promise<void> {
    await this.#mustRun(host, 'rm -f /opt/mmedica/.filler');
  }

  async save(label: string): Promise<void> {
    const target = this.#snapshot(label);
    await this.#exclusively(async () => {
      rmSync(target, { recursive: true, force: true });
      await Promise.all(
        this.#state.hosts().map(async (host) => {
          const wasOn = this.#machine(host.name).leader() !== undefined;
          // Blocks that are free again need not be copied.
          if (wasOn) await this.#mustRun(host.name, 'fstrim --quiet-unsupported /opt/mmedica');
          await this.#shutDown(host.name);
          mkdirSync(`${target}/${host.name}`, { recursive: true });
          await this.#disk(host.name).save(`${target}/${host.name}`);
          await this.#volume(host.name).save(`${target}/${host.name}`);
          if (wasOn) await this.#boot(host);
        }),
      );
    });
  }

  async restore(label: string): Promise<void> {
    const source = this.#snapshot(label);
    if (!existsSync(source)) throw new LabError(`lab "${this.name}" has no snapshot "${label}"`);
    await this.#exclusively(async () => {
      await this.#network.up();
      await Promise.all(
        readdirSync(source).map(async (name) => {
          await this.#kill(name);
          await this.#disk(name).restore(`${source}/${name}`);
          await this.#volume(name).restore(`${source}/${name}`);
          await this.#boot(this.#state.host(name));
        }),
      );
      await this.#network.repair(this.#state.hosts());
    });
  }

  async archive(): Promise<{ readonly path: string; readonly sha256: string }> {
    return buildArchive(await this.#backend.base(this.#say), this.#say);
  }

  async serveArchive(): Promise<ArchiveServer> {
    return serveArchive(await this.archive(), this.#state.netns('ctl'));
  }

  vendorBasebackup(host: string): Promise<string> {
    return installVendorBasebackup((script) => this.run(host, script));
  }

  #base(options: Partial<LabOptions>): Promise<string> {
    const { system } = this.#state.exists() ? this.#state.options() : { system: options.system };
    return system === 'windows' ? ensureWindowsBase(this.#say) : this.#backend.base(this.#say);
  }

  /** Saves the options of a new lab, or holds those asked for against those it was made with. */
  #settle(options: Partial<LabOptions>, base: string): void {
    if (!this.#state.exists()) {
      mkdirSync(this.dir, { recursive: true, mode: 0o711 });
      this.#state.settle({ ...this.#backend.defaults, ...options }, base);
      return;
    }
    const made = this.#state.options();
    for (const [key, value] of Object.entries(options)) {
      if (made[key as keyof LabOptions] === value) continue;
      throw new LabError(
        `lab "${this.name}" was made with ${key}=${made[key as keyof LabOptions]}, not ${value}: ` +
          `"npm run lab -- down --purge --name ${this.name}" first, or use another name`,
      );
    }
  }

  #newHosts(names: readonly string[]): readonly NewHost[] {
    const made: NewHost[] = [];
    for (const name of names) {
      made.push({ name, role: roleOf(name), address: this.#state.addressFor(name, made) });
    }
    return made;
  }

  async #create(host: NewHost): Promise<void> {
    this.#say(`making ${host.name} (${host.address})`);
    // Without its host.json a host was never finished: begin anew.
    await this.#kill(host.name);
    await this.#volume(host.name).park(false);
    const dir = this.#state.hostPath(host.name);
    rmSync(dir, { recursive: true, force: true });
    const work = join(dir, 'identity');
    mkdirSync(work, { recursive: true });
    const { hostKey, seeds, volumeSeed } = await makeIdentity(this.#state, this.#ca, host, work);
    await this.#disk(host.name).create(this.#state.base(), seeds);
    await this.#volume(host.name).create(this.#state.options().volumeMiB, volumeSeed);
    rmSync(work, { recursive: true });
    const record: HostRecord = { ...host, hostKey };
    await this.#boot(record);
    await must(this.#rootShell(host.name, furnishing(this.#state, host.role)));
    this.#state.saveHost(record);
  }

  async #boot(host: HostRecord): Promise<void> {
    const machine = this.#machine(host.name);
    await this.#network.plug(host);
    if (machine.leader() === undefined) await this.#network.clearFilter(host.name);
    await this.#volume(host.name).attach(this.#state.options().volumeMiB);
    await machine.boot(this.#state.base());
    await until(`the services of ${host.name} have started`, async () => {
      const asked = await capture([...machine.enter(), 'systemctl', 'is-system-running']);
      return ['running', 'degraded'].includes(asked.stdout.trim());
    });
  }

  #rootShell(host: string, script: string): readonly string[] {
    return [...this.#machine(host).enter(), 'env', '-i', '-C', '/', ...ROOT_ENVIRONMENT, 'bash', '-c', script];
  }

  async #mustRun(host: string, script: string): Promise<string> {
    return must(this.#rootShell(this.#state.host(host).name, script));
  }

  async #statusOf(host: HostRecord): Promise<HostStatus> {
    const on = this.#machine(host.name).leader() !== undefined;
    const cut = await this.#network.isCut(host.name);
    const postgres = on ? await this.#postgresOf(host.name) : 'down';
    return { name: host.name, address: host.address, state: on ? 'on' : 'off', cut, postgres };
  }

  async #postgresOf(host: string): Promise<HostStatus['postgres']> {
    // A server that was frozen answers nobody.
    const ask =
      'psql=$(ls /opt/mmedica/pgsql-17/bin/psql) && cd / && timeout 5 runuser -u postgres -- $psql -XAtqc "select pg_is_in_recovery()" postgres';
    const { stdout } = await this.run(host, ask);
    return stdout.trim() === 'f' ? 'primary' : stdout.trim() === 't' ? 'standby' : 'down';
  }

  #snapshot(label: string): string {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(label)) throw new LabError(`"${label}" cannot be a snapshot's label`);
    return this.#state.path('snapshots', label);
  }

  async #kill(host: string): Promise<void> {
    await this.#machine(host).kill();
    await this.#volume(host).released();
  }

  async #shutDown(host: string): Promise<void> {
    await this.#machine(host).shutDown();
    await this.#volume(host).released();
  }

  #disk(host: string): SystemDisk {
    return new SystemDisk(this.#state.hostPath(host));
  }

  #volume(host: string): Volume {
    return this.#backend.volume(this.#state, host);
  }

  #machine(host: string): Machine {
    return this.#backend.machine(this.#state, host);
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    return withLock(this.#state.lockPath, work, () =>
      this.#say(`somebody else is working on lab "${this.name}", waiting`),
    );
  }
}

const ROOT_ENVIRONMENT = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'USER=root',
  'LANG=C.UTF-8',
  'TERM=dumb',
];
