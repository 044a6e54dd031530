import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CertificateAuthority } from './ca.ts';
import type { Seed } from './disk.ts';
import { LabError } from './error.ts';
import { must } from './exec.ts';
import { type HostRecord, type LabState, NETWORK, type Role } from './state.ts';

const GUEST = join(dirname(fileURLToPath(import.meta.url)), 'guest');

/** A host that does not exist yet. */
export type NewHost = Omit<HostRecord, 'hostKey'>;

/** What a host is, by its name. */
export function roleOf(name: string): Role {
  if (!/^[a-z][a-z0-9-]{0,11}$/.test(name) || name === 'ctl' || name === 'sw') {
    throw new LabError(`"${name}" cannot be a host's name: use a letter, then up to 11 letters, digits or dashes`);
  }
  return name === 'primary' || name === 'standby' || name === 'app' ? name : 'bare';
}

/** Makes the lab's login key and the database passwords in keys/, once. */
export async function ensureKeys(state: LabState): Promise<void> {
  const dir = state.path('keys');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (!existsSync(join(dir, 'id_ed25519'))) {
    await must([
      'ssh-keygen',
      '-q',
      '-t',
      'ed25519',
      '-N',
      '',
      '-C',
      `lab ${state.name}`,
      '-f',
      join(dir, 'id_ed25519'),
    ]);
  }
  for (const role of ['admin', 'app']) {
    const file = join(dir, `${role}.password`);
    if (!existsSync(file)) writeFileSync(file, `${randomBytes(18).toString('base64url')}\n`, { mode: 0o600 });
  }
}

/** What makes a host this host, made before its first boot. */
export interface Identity {
  /** Its public host key, as in known_hosts. */
  readonly hostKey: string;
  /** Files of its system disk. */
  readonly seeds: readonly Seed[];
  /** Folder with what its volume holds at first; none for hosts without a database. */
  readonly volumeSeed: string | undefined;
}

/** Makes keys, certificates and files for a new host; `work` is an empty folder of the caller's. */
export async function makeIdentity(
  state: LabState,
  ca: CertificateAuthority,
  host: NewHost,
  work: string,
): Promise<Identity> {
  const key = join(work, 'ssh_host_ed25519_key');
  await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', host.name, '-f', key]);
  const [type = '', publicKey = ''] = readFileSync(`${key}.pub`, 'utf8').split(' ');
  const seeds: Seed[] = [
    { path: '/etc/hostname', content: `${host.name}\n`, mode: 0o644 },
    { path: '/etc/machine-id', content: `${randomBytes(16).toString('hex')}\n`, mode: 0o444 },
    { path: '/etc/hosts', content: hostsFile(host), mode: 0o644 },
    { path: '/etc/ssh/ssh_host_ed25519_key', content: readFileSync(key), mode: 0o600 },
    { path: '/etc/ssh/ssh_host_ed25519_key.pub', content: readFileSync(`${key}.pub`), mode: 0o644 },
    ...authorisedKeys(state),
  ];
  if (host.role !== 'bare') seeds.push({ path: '/root/secrets', content: secrets(state), mode: 0o600 });
  if (host.role === 'app')
    seeds.push({ path: '/etc/mmedica-root.crt', content: readFileSync(ca.path('root.crt')), mode: 0o644 });
  const hasDatabase = host.role === 'primary' || host.role === 'standby';
  const volumeSeed = hasDatabase ? await layCertificates(ca, host, join(work, 'volume')) : undefined;
  return { hostKey: `${type} ${publicKey}`, seeds, volumeSeed };
}

/** The script that furnishes a host after its first boot, to be run as root inside it. */
export function furnishing(state: LabState, role: Role): string {
  const options = state.options();
  const settings = [
    'set -euo pipefail',
    `V=/opt/mmedica/pgsql-17 DATA_MIB=${options.dataMiB} WAL_SAFETY=${options.walSafety} MESSAGES=${options.lcMessages}`,
    `DB_ADDRESS=${NETWORK}.12`,
  ].join('\n');
  const names = options.system === 'windows' ? windowsPartsOf(role, options.binaries) : partsOf(role, options.binaries);
  const parts = names.map((part) => readFileSync(join(GUEST, `${part}.sh`), 'utf8'));
  return [settings, ...parts].join('\n');
}

function partsOf(role: Role, binaries: 'installed' | 'none'): readonly string[] {
  switch (role) {
    case 'primary':
      return ['vendor-layout', 'primary'];
    case 'standby':
      return [binaries === 'installed' ? 'vendor-layout' : 'no-binaries', 'standby'];
    case 'app':
      return ['app'];
    case 'bare':
      return [];
  }
}

function windowsPartsOf(role: Role, binaries: 'installed' | 'none'): readonly string[] {
  if (role !== 'primary' && role !== 'standby') return [];
  const programs = role === 'primary' || binaries === 'installed' ? ['programs'] : [];
  return ['host', ...programs, role].map((part) => join('..', 'windows', 'guest', part));
}

function hostsFile(host: NewHost): string {
  const lines = [
    '127.0.0.1 localhost',
    '::1 localhost',
    `${NETWORK}.12 primary`,
    `${NETWORK}.13 standby`,
    `${NETWORK}.14 app`,
  ];
  if (host.role === 'bare') lines.push(`${host.address} ${host.name}`);
  return `${lines.join('\n')}\n`;
}

function secrets(state: LabState): string {
  const read = (role: string): string => readFileSync(state.path('keys', `${role}.password`), 'utf8').trim();
  return `ADMIN_PASSWORD=${read('admin')}\nAPP_PASSWORD=${read('app')}\n`;
}

function authorisedKeys(state: LabState): readonly Seed[] {
  const content = readFileSync(state.path('keys', 'id_ed25519.pub'));
  const owner = idsOf(state.base(), 'zapas');
  return [
    { path: '/root/.ssh/authorized_keys', content, mode: 0o600 },
    { path: '/home/zapas/.ssh/authorized_keys', content, mode: 0o600, owner },
  ];
}

async function layCertificates(ca: CertificateAuthority, host: NewHost, volume: string): Promise<string> {
  await ca.issueServer(host.name, host.address);
  const target = join(volume, 'certs');
  mkdirSync(target, { recursive: true });
  copyFileSync(ca.path('root.crt'), join(target, 'root.crt'));
  for (const kind of ['crt', 'key']) {
    copyFileSync(ca.path(`server-${host.name}.${kind}`), join(target, `server.${kind}`));
    for (const user of ['admin', 'replication'])
      copyFileSync(ca.path(`${user}.${kind}`), join(target, `${user}.${kind}`));
  }
  return volume;
}

// Ids as the host knows them, not as this machine does.
function idsOf(base: string, user: string): { readonly uid: number; readonly gid: number } {
  const line = readFileSync(join(base, 'etc/passwd'), 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new LabError(`the base system has no user ${user}`);
  return { uid: Number(uid), gid: Number(gid) };
}
