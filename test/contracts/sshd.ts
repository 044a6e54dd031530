import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const SSHD = '/usr/sbin/sshd';

/** False where there is no sshd; then it has said so aloud, once per test file. */
export function haveSshd(): boolean {
  if (existsSync(SSHD)) return true;
  process.stderr.write(`\n*** SKIPPED: no ${SSHD}. Install the Debian package openssh-server. ***\n\n`);
  return false;
}

/** A real sshd of our own on 127.0.0.1, with keys made for it. */
export interface TestSshd {
  readonly port: number;
  readonly user: string;
  /** Public host keys by type, as in known_hosts. */
  readonly hostKeys: Readonly<Record<'ed25519' | 'rsa' | 'ecdsa', string>>;
  /** Paths of private keys that may log in: plain, and one with the passphrase `correct horse`. */
  readonly key: string;
  readonly lockedKey: string;
  stop(): Promise<void>;
}

/** Starts one, with further lines of configuration. It serves the account the tests run as. */
export async function startSshd(more = ''): Promise<TestSshd> {
  const dir = await mkdtemp(join(tmpdir(), 'zapas-sshd-'));
  const keygen = (name: string, ...options: string[]): void => {
    const { status, stderr } = spawnSync('ssh-keygen', ['-q', '-N', '', '-f', join(dir, name), ...options]);
    if (status !== 0) throw new Error(`ssh-keygen: ${String(stderr)}`);
  };
  for (const type of ['ed25519', 'rsa', 'ecdsa']) keygen(type, '-t', type);
  keygen('user', '-t', 'ed25519');
  await copyFile(join(dir, 'user'), join(dir, 'locked'));
  spawnSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'correct horse', '-f', join(dir, 'locked')]);
  await copyFile(join(dir, 'user.pub'), join(dir, 'authorized_keys'));
  const port = await freePort();
  await writeFile(join(dir, 'config'), configuration(dir, port) + more);
  // Where sshd puts its unprivileged part as root; Debian's unit makes it.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true });
  const daemon = spawn(SSHD, ['-D', '-e', '-f', join(dir, 'config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  daemon.stderr.on('data', (chunk) => (said += String(chunk)));
  for (let tries = 0; !said.includes('Server listening'); tries += 1) {
    if (tries > 200 || daemon.exitCode !== null) throw new Error(`sshd did not start: ${said}`);
    await pause(25);
  }
  const pub = async (name: string): Promise<string> => (await readFile(join(dir, `${name}.pub`), 'utf8')).trim();
  return {
    port,
    user: userInfo().username,
    hostKeys: { ed25519: await pub('ed25519'), rsa: await pub('rsa'), ecdsa: await pub('ecdsa') },
    key: join(dir, 'user'),
    lockedKey: join(dir, 'locked'),
    async stop() {
      const gone = once(daemon, 'exit');
      daemon.kill();
      await gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function configuration(dir: string, port: number): string {
  return `ListenAddress 127.0.0.1
Port ${port}
HostKey ${dir}/ed25519
HostKey ${dir}/rsa
HostKey ${dir}/ecdsa
PidFile none
AuthorizedKeysFile ${dir}/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
StrictModes no
UsePAM no
MaxStartups 100:30:200
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** A cable between us and a port: it can be cut, and it can freeze without a word. */
export interface Cable {
  readonly port: number;
  /** Connections made so far. */
  readonly count: () => number;
  /** Connections that are open. */
  readonly open: () => number;
  /** Ends every connection; new ones go through. */
  cut(): void;
  /** Nothing passes any more in either direction, and nothing is said. */
  freeze(): void;
  close(): void;
}

/** Lays a cable to a port of 127.0.0.1. */
export async function layCable(target: number): Promise<Cable> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((near) => {
    count += 1;
    const far = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    count: () => count,
    open: () => sockets.size / 2,
    cut,
    freeze() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close() {
      cut();
      server.close();
    },
  };
}
