import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '../../../src/adapters/store/open-store.ts';
import { openStore } from '../../../src/adapters/store/open-store.ts';
import type { Claim } from '../../../src/domain/ports.ts';
import { SYSTEM } from '../../../src/domain/run.ts';

/**
 * A worker that is made to be killed: takes runs, finishes their steps one by one under its claim, and says so on standard output
 * only after the store has taken it.
 */
const [, , databaseUrl = '', owner = '', leaseMs = ''] = process.argv;
const { runs } = await open();

async function open(): Promise<Store> {
  try {
    return await openStore({ databaseUrl, dataDir: '' });
  } catch {
    await pause(50);
    return await open();
  }
}

async function work({ run, fence }: Claim): Promise<void> {
  const by = { by: SYSTEM, at: new Date().toISOString() };
  for (const { id: step, state } of run.steps) {
    if (state === 'done') continue;
    await pause(Math.random() * 60);
    await runs.apply(run.id, { ...by, type: 'step-finished', step, unchanged: false, findings: [] }, fence);
    process.stdout.write(`${run.id} ${step}\n`);
  }
  await runs.apply(run.id, { ...by, type: 'finished', state: 'succeeded' }, fence);
}

process.stdout.write('begun\n');
for (;;) {
  try {
    await runs.admit();
    for (const id of await runs.due()) {
      const claim = await runs.claim(id, owner, Number(leaseMs));
      if (claim) await work(claim);
    }
  } catch {
    // The lease was lost, or the store is away: the row tells what is next.
  }
  await pause(20);
}
