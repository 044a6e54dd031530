import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OpsError } from '../../../domain/errors.ts';

/** The account a server runs as; undefined means: as this process. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The account `nobody`, which every Linux has and which owns nothing. */
const NOBODY: Account = { uid: 65_534, gid: 65_534 };

/** PostgreSQL refuses to run as root: then it runs as the owner of its data, at first as `nobody`. */
export async function serverAccount(dataDirectory: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(dataDirectory).catch(() => undefined);
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : NOBODY;
}

/** Throws `store.not-traversable`, naming the first directory on the way to `path` that this account may not pass. */
export async function assertTraversable(path: string, account: Account | undefined): Promise<void> {
  if (!account) return;
  for (const directory of ancestors(await realpath(path))) {
    const { uid, gid, mode } = await stat(directory);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) throw new OpsError('store.not-traversable', { path: directory, uid: account.uid });
  }
}

/** From the root down to the path itself. */
function ancestors(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...ancestors(parent), path];
}
