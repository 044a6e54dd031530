import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBase, type Say } from './base.ts';
import { LabError } from './error.ts';
import { capture, interactive, until } from './exec.ts';
import { ensureInstalled, ownEnvironment } from './install.ts';
import { withLock } from './lock.ts';
import { startTime } from './process.ts';
import { cacheRoot, stateRoot } from './state.ts';
import { usernsBackend } from './userns.ts';

const HOLDER = join(dirname(fileURLToPath(import.meta.url)), 'holder.sh');

/** True when this process needs a holder to work on labs: it is not root, not even in a user namespace of a lab. */
export function needsHolder(): boolean {
  return process.platform === 'linux' && process.getuid?.() !== 0;
}

/** True when this process is root only inside a lab's user namespace. */
export function isInHolder(): boolean {
  return process.env['ZAPAS_LAB_USERNS'] === '1';
}

/** Installs or asks for what labs without root need, and builds their base system. Instant when all is there. */
export async function prepareHolder(say: Say): Promise<void> {
  await ensureInstalled(usernsBackend.needs, say);
  const tried = await capture(['unshare', '--user', '--map-auto', '--map-root-user', 'true']);
  if (tried.code !== 0) {
    throw new LabError(
      `the lab needs root, or user namespaces, and these are not allowed here (${tried.stderr.trim()}). Either run it as root, or: ` +
        'give this user a range in /etc/subuid and /etc/subgid (usermod --add-subuids 100000-165535 --add-subgids 100000-165535 NAME), ' +
        'and see that the sysctls kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0 hold where they exist',
    );
  }
  await ensureBase('userns', say);
}

/** Runs this very program again inside the lab's own user namespace, which is made first where there is none. Answers its exit code. */
export async function runInHolder(lab: string, say: Say): Promise<number> {
  const leader = await withLock(join(stateRoot(), '.locks', `${lab}.holder`), () => ensureHolder(lab, say));
  const env = {
    ...ownEnvironment(),
    PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
    ZAPAS_LAB_USERNS: '1',
    ZAPAS_LAB_STATE: stateRoot(),
    ZAPAS_LAB_CACHE: cacheRoot(),
  };
  // nsenter goes to the root folder.
  const program = ['env', '-C', process.cwd(), process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  return interactive(
    ['nsenter', '--target', String(leader), '--user', '--mount', '--pid', '--net', '--', ...program],
    env,
  );
}

/** Ends a lab's holder and with it every process and mount of the lab. Idempotent. */
export async function endHolder(lab: string): Promise<void> {
  const pid = holderPid(lab);
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  await until(`the holder of lab "${lab}" ends`, () => holderPid(lab) === undefined);
  rmSync(pidFile(lab), { force: true });
}

async function ensureHolder(lab: string, say: Say): Promise<number> {
  const running = holderPid(lab);
  if (running !== undefined) return leaderOf(running);
  say(
    'no root here: the hosts are made of user namespaces (no systemd, only a stand-in for systemctl; their volumes are in memory)',
  );
  const ready = `${pidFile(lab)}.ready`;
  mkdirSync(dirname(ready), { recursive: true });
  rmSync(ready, { force: true });
  const namespaces = [
    '--user',
    '--map-auto',
    '--map-root-user',
    '--mount',
    '--pid',
    '--net',
    '--fork',
    '--kill-child',
    '--mount-proc',
  ];
  const child = spawn('unshare', [...namespaces, HOLDER, ready], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
  if (child.pid === undefined) throw new LabError('unshare could not be started: npm run lab -- install');
  const { pid } = child;
  child.unref();
  writeFileSync(pidFile(lab), `${pid} ${startTime(pid)}\n`);
  await until(`the holder of lab "${lab}" is ready`, () => existsSync(ready), 10_000);
  return leaderOf(pid);
}

function holderPid(lab: string): number | undefined {
  if (!existsSync(pidFile(lab))) return undefined;
  const [pid, started] = readFileSync(pidFile(lab), 'utf8').trim().split(' ');
  return pid && started && startTime(Number(pid)) === started ? Number(pid) : undefined;
}

function leaderOf(holder: number): number {
  const [child] = readFileSync(`/proc/${holder}/task/${holder}/children`, 'utf8').trim().split(' ').map(Number);
  if (child === undefined || child === 0)
    throw new LabError("the lab's holder has lost its namespaces: npm run lab -- down");
  return child;
}

function pidFile(lab: string): string {
  return join(stateRoot(), '.holders', lab);
}
