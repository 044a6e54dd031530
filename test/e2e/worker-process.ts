/**
 * A worker as a process of its own, which kills itself where the test wants: `KILL_AT` lists probe points, each with a step's id or for
 * all of them; each hits once per step and change.
 */
import { createPublicKey } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../src/adapters/store/open-store.ts';
import { loadInventory } from '../../src/config/load.ts';
import type { Probe } from '../../src/jobs/engine/deps.ts';
import { openQueues } from '../../src/jobs/queue/queue.ts';
import { startWorker } from '../../src/main/worker.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

const dir = process.env['OFFICE'] ?? '';
const killAt: readonly string[] = JSON.parse(process.env['KILL_AT'] ?? '[]');
const visited = join(dir, 'visited');

function wasHere(place: string): boolean {
  try {
    return readFileSync(visited, 'utf8').split('\n').includes(place);
  } catch {
    return false;
  }
}

const probe: Probe = (point, { step = '', change = '' }) => {
  const place = `${point} ${step} ${change}`;
  if (!(killAt.includes(point) || killAt.includes(`${point} ${step}`)) || wasHere(place)) return;
  appendFileSync(visited, `${place}\n`);
  process.kill(process.pid, 'SIGKILL');
};

const store = await openStore({ dataDir: join(dir, 'data') });
const log = createLogger(process.env['ZAPAS_LOG'] ?? 'fatal');
const redisUrl = process.env['REDIS_URL'];
const queues = await openQueues(redisUrl === undefined ? { pool: store.queuePool } : { redisUrl }, log);
const running = startWorker({
  store,
  queues,
  inventory: await loadInventory(join(dir, 'zapas.yaml')),
  verifyingKey: createPublicKey(readFileSync(join(dir, 'verify.pem'))),
  env: process.env,
  log,
  leaseMs: 1_500,
  probe,
});
process.once('SIGTERM', () => {
  void running
    .stop()
    .then(() => queues.close())
    .then(() => store.close())
    .then(() => process.exit(0));
});
