import { accessSync, constants, readFileSync } from 'node:fs';
import { LabError } from './error.ts';
import { capture } from './exec.ts';

/** Programs that every lab calls, and the Debian package of each. */
export const COMMON_NEEDS: Readonly<Record<string, string>> = {
  mmdebstrap: 'mmdebstrap',
  nft: 'nftables',
  ip: 'iproute2',
  tc: 'iproute2',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  openssl: 'openssl',
  nsenter: 'util-linux',
  flock: 'util-linux',
  mount: 'mount',
  tar: 'tar',
};

/**
 * Installs by apt what is missing of these programs, saying so before. Instant when nothing is missing.
 * @throws LabError that names the missing packages where they cannot be installed (not root, not Debian, apt fails)
 */
export async function ensureInstalled(
  needs: Readonly<Record<string, string>>,
  say: (line: string) => void,
): Promise<void> {
  const packages = missingPackages(needs);
  if (packages.length === 0) return;
  const list = packages.join(' ');
  if (!isDebian())
    throw new LabError(`missing: ${list} (Debian's names). This is not Debian; install them in your system's way`);
  if (process.getuid?.() !== 0) throw new LabError(`missing: ${list}. Get it with: sudo apt-get install ${list}`);
  say(`installing ${list} by apt`);
  const apt = ['apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300'];
  const env = { ...ownEnvironment(), DEBIAN_FRONTEND: 'noninteractive' };
  await capture([...apt, 'update'], { env });
  const done = await capture([...apt, 'install', '-y', '--no-install-recommends', ...packages], { env });
  if (done.code !== 0) throw new LabError(`apt-get install ${list} failed:\n${done.stderr.trim()}`);
}

function missingPackages(needs: Readonly<Record<string, string>>): readonly string[] {
  const missing = Object.entries(needs).filter(([program]) => !isOnPath(program));
  return [...new Set(missing.map(([, name]) => name))];
}

/** Is there a program of this name? */
export function isOnPath(program: string): boolean {
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

/** The environment of this process without holes. */
export function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
