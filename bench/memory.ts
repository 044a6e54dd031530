/**
 * Resident memory of the bot and of the worker, built for production and as processes of their own: idle, and the most while 20 runs
 * are asked for at once. See bench/README.md.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { labInventory } from '../lab/inventory.ts';
import { openLab } from '../lab/lab.ts';
import { openStore } from '../src/adapters/store/open-store.ts';
import { isFinal } from '../src/domain/run.ts';
import { ROUNDS, show } from './figures.ts';

const RUNS = 20;
const SAMPLE_MS = 50;
/** After the start, and between two rounds: garbage of what was before is collected. */
const REST_MS = 10_000;

const lab = openLab();
const home = await mkdtemp(join(tmpdir(), 'zapas-bench-'));
await chmod(home, 0o755);
execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
const env = { ...process.env, ZAPAS_INVENTORY: join(home, 'zapas.yaml'), ZAPAS_DATA: join(home, 'data') };
await writeFile(env.ZAPAS_INVENTORY, labInventory(lab));
const CLI = join(import.meta.dirname, '..', 'dist', 'src', 'main', 'cli.js');
execFileSync(process.execPath, [CLI, 'keys', 'generate'], { env, stdio: 'ignore' });
const store = await openStore({ dataDir: join(home, 'data', 'store') });
const serve = (part: string): ChildProcess =>
  spawn(process.execPath, [CLI, part], { env, stdio: ['ignore', 'ignore', 'inherit'] });
const processes = { bot: serve('bot'), worker: serve('worker') };

function residentOf({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Resident memory of both in MiB. */
function resident(): Record<keyof typeof processes, number> {
  return { bot: residentOf(processes.bot), worker: residentOf(processes.worker) };
}

async function ask(): Promise<string> {
  const { run } = await store.runs.request({
    type: 'requested',
    id: randomUUID(),
    asked: randomUUID(),
    runbook: 'check',
    cluster: 'demo',
    site: 'klinika',
    mutating: false,
    options: {},
    at: new Date().toISOString(),
    by: { person: 'anna', platform: 'terminal' },
  });
  return run.id;
}

/** The most that each had until all the runs were over. */
async function peak(ids: readonly string[]): Promise<ReturnType<typeof resident>> {
  let most = resident();
  for (;;) {
    const runs = await Promise.all(ids.map((id) => store.runs.load(id)));
    const now = resident();
    most = { bot: Math.max(most.bot, now.bot), worker: Math.max(most.worker, now.worker) };
    if (runs.every((run) => run && isFinal(run.state))) return most;
    await pause(SAMPLE_MS);
  }
}

try {
  await peak([await ask()]);
  const idle: ReturnType<typeof resident>[] = [];
  const busy: ReturnType<typeof resident>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await pause(REST_MS);
    idle.push(resident());
    busy.push(await peak(await Promise.all(Array.from({ length: RUNS }, ask))));
  }
  for (const part of ['bot', 'worker'] as const) {
    show(
      `${part}, idle`,
      idle.map((sample) => sample[part]),
      'MiB',
    );
    show(
      `${part}, ${RUNS} runs at once`,
      busy.map((sample) => sample[part]),
      'MiB',
    );
  }
} finally {
  for (const child of Object.values(processes)) child.kill('SIGTERM');
  await Promise.all(Object.values(processes).map((child) => new Promise((resolve) => child.once('exit', resolve))));
  await store.close();
  await rm(home, { recursive: true, force: true });
}
