import { spawn } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { none } from '../../../src/adapters/become/become.ts';
import { createPosixGateway } from '../../../src/adapters/gateway/posix-gateway.ts';
import type { Store } from '../../../src/adapters/store/open-store.ts';
import { parseInventory } from '../../../src/config/load.ts';
import type { CommandLine } from '../../../src/domain/command.ts';
import { text } from '../../../src/domain/command.ts';
import type { Inventory } from '../../../src/domain/inventory.ts';
import { sha256 } from '../../../src/domain/plan.ts';
import type { Runbook } from '../../../src/domain/runbook.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Change, Effect, Fact, Step } from '../../../src/domain/step.ts';
import { defineStep } from '../../../src/domain/step.ts';
import type { Engine } from '../../../src/jobs/engine/advance.ts';
import { createEngine } from '../../../src/jobs/engine/advance.ts';
import type { Probe } from '../../../src/jobs/engine/deps.ts';
import { onBoth } from '../../../src/runbooks/facts/shell.ts';
import { exampleInventory } from '../../config/example.ts';
import { EVIDENCE } from '../../domain/runs.ts';
import { localConnection } from '../../fakes/local-connection.ts';

/**
 * Toy procedures that really happen: on the real store, through the real dialect and scripts, to files below one directory. Each
 * change writes its name to the file `effects` *before* its end state is there, so a change that is carried out twice shows.
 */
export interface Task {
  /** Of the embedded database. */
  readonly dataDir: string;
  readonly dir: string;
  readonly run: string;
  readonly verifyingKey: string;
  /** `kill point step` or `freeze point step`, see {@link probeOf}. */
  readonly fault?: string;
}

const sh = (script: string, ...values: readonly string[]): CommandLine => ({
  argv: ['/bin/sh', '-c', script, 'sh', ...values],
  timeoutMs: 20_000,
});

const file: Fact<string, string | undefined> = {
  id: 'toy.file',
  read: onBoth((path) => sh('if [ -e "$1" ]; then cat "$1"; else exit 1; fi', path)),
  parse: ({ code, stdout }) => (code === 0 ? text(stdout) : undefined),
};

const EFFECT = 'echo "$1" >>"$2/effects"; sleep "$(cat "$2/pace-$1" 2>/dev/null || echo 0.1)"; touch "$2/$1"';
const JOB = 'echo "$1" >>"$2/effects"; for i in 20 40 60 80 100; do echo "$i%"; sleep 0.1; done; touch "$2/$1"';

function fileStep(dir: string, name: string, effect: Effect, changes: readonly Change[], content = ''): Step {
  return defineStep<string | undefined>({
    id: `toy.${name}`,
    manual: [],
    effect,
    gather: (ask) => ask.fact('one', file, join(dir, name)),
    check: (found) => (found === content ? 'done' : 'needed'),
    apply: () => changes,
  });
}

const command = (dir: string, name: string): Change => ({ kind: 'exec', host: 'one', command: sh(EFFECT, name, dir) });

/** A failover in miniature: a command, a file, a job, the irreversible step behind its approval, and one after it. */
export function toyFailover(dir: string): Runbook {
  const validate = { command: sh('echo conf >>"$1/effects"', dir), rejected: 'postgresql-conf.rejected' } as const;
  const path = join(dir, 'conf');
  return {
    id: 'failover',
    options: z.object({}),
    swapsRolesAfter: 'toy.promote',
    steps: [
      defineStep<undefined>({
        id: 'toy.evidence',
        manual: [],
        effect: 'read',
        gather: () => Promise.resolve(undefined),
        check: () => 'done',
        evidence: () => EVIDENCE,
      }),
      fileStep(dir, 'fence', 'disruptive', [command(dir, 'fence')]),
      fileStep(
        dir,
        'conf',
        'reversible',
        [{ kind: 'write', host: 'one', path, content: 'a = 1', ifHash: 'absent', validate }],
        'a = 1',
      ),
      fileStep(dir, 'copy', 'reversible', [
        { kind: 'job', host: 'one', name: 'copy', command: sh(JOB, 'copy', dir), progress: 'percent' },
      ]),
      fileStep(dir, 'promote', 'irreversible', [command(dir, 'promote')]),
      fileStep(dir, 'redirect', 'reversible', [command(dir, 'redirect')]),
    ],
  };
}

export const TOY_EFFECTS = ['conf', 'copy', 'fence', 'promote', 'redirect'];

/** A long command, a long job, and a job that prints the run's secret before it fails. */
export function toySetup(dir: string): Runbook {
  const leaky: Step = defineStep<Secret>({
    id: 'toy.leak',
    manual: [],
    effect: 'reversible',
    gather: (ask) => ask.secret('env:CANARY'),
    check: (_secret, { options }) => (options.leak === true ? 'needed' : 'done'),
    apply: (secret) => [
      { kind: 'write', host: 'one', path: join(dir, 'passfile'), content: secret, ifHash: 'absent', mode: '0600' },
      {
        kind: 'job',
        host: 'one',
        name: 'leak',
        command: sh('cat "$1"; echo; base64 "$1"; printf "10%%\\n"; exit 3', join(dir, 'passfile')),
        progress: 'percent',
      },
    ],
  });
  const wait: Step = fileStep(dir, 'wait', 'reversible', [
    { kind: 'job', host: 'one', name: 'wait', command: sh('echo $$ >"$1/waiting"; sleep 300; touch "$1/wait"', dir) },
  ]);
  return { id: 'setup', options: z.object({ leak: z.boolean().default(false) }), steps: [leaky, wait] };
}

/** The inventory with one cluster of this name, whose hosts are this machine. */
function inventoryOf(task: Pick<Task, 'dir'>, cluster: string): Inventory {
  const source = exampleInventory
    .replace('      demo:', `      ${cluster}:`)
    .replaceAll('    os: linux', `    os: linux\n    stateDir: ${join(task.dir, 'state')}`);
  const parsed = parseInventory(source);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.inventory;
}

/** For worker processes; a test that works by itself keeps quiet. */
function log(fields: object, message: string): void {
  if (process.env.ZAPAS_TASK) process.stderr.write(`${JSON.stringify([fields, message])}\n`);
}

/** An engine on the real store and this machine. */
export function realEngine(
  store: Store,
  task: Pick<Task, 'dir'>,
  cluster: string,
  verifyingKey: KeyObject,
  runbook: Runbook,
  probe: Probe,
  now: () => Date = () => new Date(),
): Engine {
  const inventory = inventoryOf(task, cluster);
  return createEngine({
    runs: store.runs,
    clusters: store.clusters,
    hosts: {
      gateway: (host) => createPosixGateway(host, localConnection, none(userInfo().username)),
      close: () => Promise.resolve(),
    },
    secrets: { get: () => Promise.resolve(new Secret(CANARY)) },
    inventory,
    runbook: () => runbook,
    verifyingKey,
    owner: `worker ${process.pid}`,
    now,
    log: { info: log, warn: log, error: log },
    timing: {
      leaseMs: 1_500,
      retryDelaysMs: [50, 100],
      soonMs: 10_000,
      settleDelaysMs: [50, 100, 200],
      silenceMs: 5_000,
      jobPollMs: 100,
    },
    probe,
  });
}

export const CANARY = `canary-${sha256('engine').slice(0, 20)}`;

/** Starts a worker process for the task; settles with how it ended and what it logged. */
export function startWorker(task: Task): { readonly pid: number; readonly ended: Promise<Ended> } {
  const script = join(import.meta.dirname, 'real-worker.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    env: { ...process.env, ZAPAS_TASK: JSON.stringify(task) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, log }));
  });
  return { pid: child.pid ?? 0, ended };
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly log: string;
}

/**
 * A probe that does to its own process what the fault says, once: `kill point [step] [+ms]` ends it there (or so much later, in the
 * middle of what comes next), `freeze point [step]` stops it until somebody sends SIGCONT.
 */
export function probeOf(fault: string | undefined): Probe {
  const [act, point, ...rest] = fault?.split(' ') ?? [];
  const step = rest.find((word) => !word.startsWith('+'));
  const delay = Number(rest.find((word) => word.startsWith('+')) ?? 0);
  let happened = false;
  return async (reached, detail) => {
    if (happened || reached !== point || detail.step !== step) return;
    happened = true;
    const signal = act === 'kill' ? 'SIGKILL' : 'SIGSTOP';
    const struck = pause(delay).then(() => process.kill(process.pid, signal));
    // A signal arrives a moment later; nothing may happen in between.
    if (delay === 0) await struck.then(() => pause(50));
  };
}
