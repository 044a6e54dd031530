import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Settings } from '../config/settings.ts';

/**
 * Makes the Ed25519 pair of the approvals: the signing half for the bot (0600), the verifying half for the workers. Never overwrites: a
 * file that exists throws `EEXIST`, for approvals signed with the old key would no longer hold.
 */
export async function generateKeys({ dataDir, signingKeyPath, verifyingKeyPath }: Settings): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  // Passable for everybody: below it the embedded server works under an account of its own.
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  await mkdir(dirname(signingKeyPath), { recursive: true, mode: 0o700 });
  await mkdir(dirname(verifyingKeyPath), { recursive: true });
  await writeFile(signingKeyPath, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  await writeFile(verifyingKeyPath, publicKey.export({ type: 'spki', format: 'pem' }), { mode: 0o644, flag: 'wx' });
}
