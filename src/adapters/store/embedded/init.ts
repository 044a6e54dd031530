import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OpsError } from '../../../domain/errors.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { isAlive, passwordPath, USER } from './postmaster.ts';

const run = promisify(execFile);

/** Small, local, and quiet; statements stay out of the log, for they hold data. */
const CONFIGURATION = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = '32MB'
log_min_messages = warning
log_min_error_statement = panic
log_checkpoints = off
`;

/**
 * Makes the data directory if there is none. It is made aside and renamed when complete, so a crash leaves no half of one, and of
 * several first starters one wins. Throws `store.start-failed`.
 */
export async function initialise(binaries: Binaries, home: string, account: Account | undefined): Promise<void> {
  const data = join(home, 'data');
  await sweep(home);
  if (existsSync(data)) return;
  const aside = join(home, `init-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await makeAside(binaries, aside, account);
    await rename(join(aside, 'data'), data);
  } catch (error) {
    if (!existsSync(data)) throw startFailed(home, error);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function makeAside(binaries: Binaries, aside: string, account: Account | undefined): Promise<void> {
  const data = join(aside, 'data');
  const password = join(aside, 'password');
  await mkdir(aside, { mode: 0o700 });
  await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (account) for (const path of [aside, password]) await chown(path, account.uid, account.gid);
  const words = ['-D', data, '-U', USER, `--pwfile=${password}`, '--auth=scram-sha-256', '--encoding=UTF8'];
  await run(binaries.initdb, [...words, '--locale-provider=builtin', '--locale=C.UTF-8'], {
    cwd: '/',
    env: { ...binaries.env },
    ...account,
  });
  await appendFile(join(data, 'postgresql.conf'), CONFIGURATION);
  await rename(password, passwordPath(data));
}

/** Removes what starters that died left behind. */
async function sweep(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const [, pid] = /^init-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(home, name), { recursive: true, force: true });
  }
}

function startFailed(home: string, error: unknown): OpsError {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  const detail = said || (error instanceof Error ? error.message : String(error));
  return new OpsError('store.start-failed', { log: home, detail }, error);
}
