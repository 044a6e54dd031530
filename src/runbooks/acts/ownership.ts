import type { Host } from '../../domain/inventory.ts';
import type { ExecChange, WriteChange } from '../../domain/step.ts';
import type { DataDirectory, TextFile } from '../facts/files.ts';
import { granteeOf } from './account.ts';
import { onFamily } from './family.ts';

/** Whose a new file in the data directory is. On Windows it is whoever's the directory is: access lists are inherited. */
export function ownFile(host: Host, account: string): Pick<WriteChange, 'mode' | 'owner'> {
  return onFamily(host, { posix: () => ({ mode: '0600', owner: account }), windows: () => ({}) });
}

/** A new file with a secret in it that only this account and the host's administrators can read. H25. */
export function closedFile(host: Host, account: string): Pick<WriteChange, 'mode' | 'owner'> {
  return { mode: '0600', owner: onFamily(host, { posix: () => account, windows: () => granteeOf(account) }) };
}

/**
 * What it takes until an existing file is readable for this account alone; empty when it is. On Windows a file of ours was closed
 * before its first byte, and replacing it keeps its access list. H25.
 */
export function closeFile(
  host: Host,
  path: string,
  file: Pick<TextFile, 'owner' | 'mode'>,
  account: string,
): readonly ExecChange[] {
  const run = (...argv: [string, ...string[]]): ExecChange => ({
    kind: 'exec',
    host: host.id,
    command: { argv, env: { LC_ALL: 'C' }, timeoutMs: 15_000 },
  });
  return onFamily(host, {
    posix: () =>
      file.owner === account && file.mode === '600' ? [] : [run('chown', account, path), run('chmod', '600', path)],
    windows: () => [],
  });
}

/** Is the directory there, and the account's? On Windows it got its access list when it was made. */
export function isOwnDirectory(host: Host, found: DataDirectory, account: string): boolean {
  return onFamily(host, { posix: () => found.owner === account, windows: () => found.kind !== 'absent' });
}
