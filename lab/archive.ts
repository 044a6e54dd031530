import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { onceOnly, type Say } from './base.ts';
import { LabError } from './error.ts';
import { must } from './exec.ts';
import type { ArchiveServer } from './lab.ts';
import { inNamespace } from './network.ts';
import { CONTROLLER_ADDRESS, cacheRoot } from './state.ts';

const HERE = dirname(fileURLToPath(import.meta.url));

/** An archive in the cache and its checksum. */
export interface Archive {
  readonly path: string;
  readonly sha256: string;
}

/** Packs PostgreSQL's programs of the base system as the vendor ships them (M06). Built once per base. */
export async function buildArchive(base: string, say: Say): Promise<Archive> {
  const folder = `${base}.archive`;
  await onceOnly(folder, say, (aside) => pack(base, aside));
  const [file] = readdirSync(folder);
  if (file === undefined) throw new LabError(`${folder} is empty: delete it and try again`);
  const path = join(folder, file);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { path, sha256: hash.digest('hex') };
}

/** Serves one file on the controller's address by a child process that ends with `stop` or with this process. */
export async function serveArchive(archive: Archive, namespace: string): Promise<ArchiveServer> {
  const server = join(HERE, 'serve-file.ts');
  const node = [process.execPath, '--import', import.meta.resolve('tsx'), server, CONTROLLER_ADDRESS, archive.path];
  const [program, ...args] = [...inNamespace(namespace), ...node] as [string, ...string[]];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const first = await Promise.race([once(child.stdout, 'data'), gone.then(() => undefined)]);
  if (first === undefined) throw new LabError('the archive server did not start: is the lab up?');
  return {
    url: String(first[0]).trim(),
    sha256: archive.sha256,
    stop: async () => {
      child.stdin.end();
      await gone;
    },
  };
}

async function pack(base: string, aside: string): Promise<void> {
  const work = mkdtempSync(join(cacheRoot(), 'archive-'));
  try {
    await must([join(HERE, 'pack-archive.sh'), base, work]);
    renameSync(join(work, 'out'), aside);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
