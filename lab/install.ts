import { accessSync, constants, readFileSync } from 'node:fs';
import { capture } from './exec.ts';
import { LabError } from './error.ts';

/** What the lab calls, and the Debian package that has it. */
const NEEDS: Readonly<Record<string, string>> = {
  mmdebstrap: 'mmdebstrap',
  'systemd-nspawn': 'systemd-container',
  nft: 'nftables',
  ip: 'iproute2',
  tc: 'iproute2',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  openssl: 'openssl',
  nsenter: 'util-linux',
  flock: 'util-linux',
  'mkfs.ext4': 'e2fsprogs',
  mount: 'mount',
  setpriv: 'util-linux',
  tar: 'tar',
};

/**
 * Installs by apt what is missing of the lab's programs, saying so before. Instant when nothing is missing.
 * @throws LabError that names the missing packages where they cannot be installed (not root, not Debian, apt fails)
 */
export async function ensureInstalled(say: (line: string) => void): Promise<void> {
  const packages = missingPackages();
  if (packages.length === 0) return;
  const list = packages.join(' ');
  if (process.getuid?.() !== 0) throw new LabError(`missing: ${list}. Get it with: sudo apt-get install ${list}`);
  if (!isDebian())
    throw new LabError(`missing: ${list} (Debian's names). This is not Debian; install them in your system's way`);
  say(`installing ${list} by apt`);
  const apt = ['apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300'];
  const env = { ...ownEnvironment(), DEBIAN_FRONTEND: 'noninteractive' };
  await capture([...apt, 'update'], { env });
  const done = await capture([...apt, 'install', '-y', '--no-install-recommends', ...packages], { env });
  if (done.code !== 0) throw new LabError(`apt-get install ${list} failed:\n${done.stderr.trim()}`);
}

function missingPackages(): readonly string[] {
  const missing = Object.entries(NEEDS).filter(([program]) => !isOnPath(program));
  return [...new Set(missing.map(([, name]) => name))];
}

function isOnPath(program: string): boolean {
  // An ordinary user's PATH often lacks the sbin folders.
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function isDebian(): boolean {
  try {
    return /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
