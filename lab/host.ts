import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CertificateAuthority } from './ca.ts';
import type { Disk } from './disk.ts';
import { must } from './exec.ts';
import { LabError } from './error.ts';
import { type HostRecord, type LabState, NETWORK, type Role } from './state.ts';

const GUEST = join(dirname(fileURLToPath(import.meta.url)), 'guest');

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

/** Writes what makes a host this host onto its fresh, mounted disks, before its first boot. Answers its ssh host key. */
export async function personalise(
  state: LabState,
  disk: Disk,
  ca: CertificateAuthority,
  host: Omit<HostRecord, 'hostKey'>,
): Promise<string> {
  const { root, volume } = disk;
  writeFileSync(join(root, 'etc/hostname'), `${host.name}\n`);
  writeFileSync(join(root, 'etc/machine-id'), `${randomBytes(16).toString('hex')}\n`);
  writeFileSync(join(root, 'etc/hosts'), hostsFile(host));
  await must([
    'ssh-keygen',
    '-q',
    '-t',
    'ed25519',
    '-N',
    '',
    '-C',
    host.name,
    '-f',
    join(root, 'etc/ssh/ssh_host_ed25519_key'),
  ]);
  await authorise(state, root);
  if (host.role !== 'bare') writeFileSync(join(root, 'root/secrets'), secrets(state), { mode: 0o600 });
  if (host.role === 'app') copyFileSync(ca.path('root.crt'), join(root, 'etc/mmedica-root.crt'));
  if (host.role === 'primary' || host.role === 'standby') await layCertificates(ca, host, join(volume, 'certs'));
  const [type = '', key = ''] = readFileSync(join(root, 'etc/ssh/ssh_host_ed25519_key.pub'), 'utf8').split(' ');
  return `${type} ${key}`;
}

/** The script that furnishes a host after its first boot, to be run as root inside it. */
export function furnishing(state: LabState, role: Role): string {
  const options = state.options();
  const settings = [
    'set -euo pipefail',
    `V=/opt/mmedica/pgsql-17 DATA_MIB=${options.dataMiB} WAL_SAFETY=${options.walSafety} MESSAGES=${options.lcMessages}`,
    `DB_ADDRESS=${NETWORK}.12`,
  ].join('\n');
  const parts = partsOf(role, options.binaries).map((part) => readFileSync(join(GUEST, `${part}.sh`), 'utf8'));
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

function hostsFile(host: Omit<HostRecord, 'hostKey'>): string {
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

async function authorise(state: LabState, root: string): Promise<void> {
  const key = state.path('keys', 'id_ed25519.pub');
  for (const [home, owner] of [
    ['root', '0:0'],
    ['home/zapas', owningIds(root, 'zapas')],
  ] as const) {
    const ssh = join(root, home, '.ssh');
    rmSync(ssh, { recursive: true, force: true });
    await must(['install', '-d', '-m', '700', ssh]);
    await must(['install', '-m', '600', key, join(ssh, 'authorized_keys')]);
    await must(['chown', '-R', owner, ssh]);
  }
}

async function layCertificates(
  ca: CertificateAuthority,
  host: Omit<HostRecord, 'hostKey'>,
  target: string,
): Promise<void> {
  await ca.issueServer(host.name, host.address);
  mkdirSync(target);
  copyFileSync(ca.path('root.crt'), join(target, 'root.crt'));
  for (const kind of ['crt', 'key']) {
    copyFileSync(ca.path(`server-${host.name}.${kind}`), join(target, `server.${kind}`));
    for (const user of ['admin', 'replication'])
      copyFileSync(ca.path(`${user}.${kind}`), join(target, `${user}.${kind}`));
  }
}

// Ids as the host knows them, not as this machine does.
function owningIds(root: string, user: string): string {
  const line = readFileSync(join(root, 'etc/passwd'), 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new LabError(`the base system has no user ${user}`);
  return `${uid}:${gid}`;
}
