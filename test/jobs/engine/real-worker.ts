import { createPublicKey } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from '../../../src/adapters/store/open-store.ts';
import { isFinal } from '../../../src/domain/run.ts';
import type { Task } from './real.ts';
import { probeOf, realEngine, toyFailover, toySetup } from './real.ts';

/** A worker process that looks after one run until it is over. */
const task: Task = JSON.parse(process.env.ZAPAS_TASK ?? '{}');
const store = await openStore({ dataDir: task.dataDir });
const first = await store.runs.load(task.run);
if (!first) throw new Error(`no run ${task.run}`);
const runbook = first.runbook === 'failover' ? toyFailover(task.dir) : toySetup(task.dir);
const probe = probeOf(task.fault);
const engine = realEngine(store, task, first.cluster, createPublicKey(task.verifyingKey), runbook, probe);
const forever = new AbortController().signal;
for (;;) {
  const run = await store.runs.load(task.run);
  if (!run || isFinal(run.state) || run.state === 'attention') break;
  await engine.advance(task.run, forever);
  await pause(50);
}
await store.close();
