import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { LabError } from './error.ts';

/**
 * Holds a lock file (flock) for the time of `work`; whoever comes second waits. The kernel gives the lock back when the
 * holder dies, however it dies, because the helper that holds it lives only as long as our end of its standard input.
 * @param waiting called once when somebody else has the lock
 */
export async function withLock<T>(path: string, work: () => Promise<T>, waiting?: () => void): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const holder = spawn('flock', [path, 'sh', '-c', 'echo held; cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(holder, 'exit');
  const patience = setTimeout(() => waiting?.(), 300);
  try {
    const first = await Promise.race([once(holder.stdout, 'data'), gone.then(() => undefined)]);
    if (first === undefined) throw new LabError(`cannot lock ${path}`);
    clearTimeout(patience);
    return await work();
  } finally {
    clearTimeout(patience);
    holder.stdin.end();
    await gone;
  }
}
