import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** Waits until something holds; fails after `seconds` and says what. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, seconds = 15): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    if (await holds()) return;
    await pause(25);
  }
  throw new Error(`not within ${seconds} s: ${what}`);
}

/** Kills what is left of a test's own processes. */
export async function endAll(word: string): Promise<void> {
  for (const pid of await processesWith(word)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // Its parent took it along.
    }
  }
}

/** Processes of this machine that have exactly this word among their arguments. */
export async function processesWith(word: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const hits = await Promise.all(
    pids.map(async (pid) => {
      const cmdline = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return cmdline.split('\0').includes(word) ? [pid] : [];
    }),
  );
  return hits.flat();
}
